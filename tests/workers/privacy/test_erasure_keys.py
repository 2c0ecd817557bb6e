"""Rotating ERASE_SECRET restores nothing: earlier secrets are recognised, and a lost one is reported."""

from dataclasses import replace

from structlog.testing import capture_logs

from server.config.sections import Secrets
from server.store.privacy.account_erasures import begin_account_erasure, was_erased
from server.store.privacy.erasure_digests import NameHasher, count_missing_keys
from tests.support.worker_harness import WorkerHarness
from tests.workers.privacy.test_erase_contacts import MARK, PHONE, erase, past, traces
from workers.privacy.erasure_keys import check_erasure_keys

NEW, THIRD = "a new erase secret of some length", "a third erase secret of some length"


def with_keys(harness: WorkerHarness, secret: str, previous: str) -> WorkerHarness:
    """The same worker, restarted with these settings."""
    secrets = Secrets(erase_secret=secret, erase_secret_previous=previous)
    return WorkerHarness(replace(harness.parts, name_hasher=NameHasher(secrets.erasure_keys)))


async def test_a_contact_stays_erased_while_the_secret_is_rotated_twice(harness: WorkerHarness) -> None:
    old = harness.parts.config.secrets.jwt_secret
    await harness.store(*past())
    await erase(harness)
    for rotated in (with_keys(harness, NEW, old), with_keys(harness, THIRD, f"{NEW}, {old}")):
        await rotated.store(*past())
        assert await traces(harness, MARK, PHONE) == []
    # The refusal: without the old secret they are not recognised, and a start says so.
    lost = with_keys(harness, NEW, "")
    with capture_logs() as lines:
        await check_erasure_keys(lost.parts)
        await check_erasure_keys(with_keys(harness, NEW, old).parts)
    assert [(line["event"], line["missing"]) for line in lines] == [("erasure_key_missing", 1)]
    assert old not in str(lines)
    await lost.store(*past())
    assert await traces(harness, MARK, PHONE) != []


async def test_an_erased_account_is_recognised_by_every_key(harness: WorkerHarness) -> None:
    (account,) = await harness.fetch("select id from channels_account")
    read, old = harness.parts.database.write, NameHasher(["old"])
    await read(begin_account_erasure, old, account["id"], None)
    for hasher, is_known in ((NameHasher(["new", "old"]), True), (NameHasher(["new"]), False)):
        assert await read(was_erased, hasher, "whatsapp", "acc-1") is is_known
        assert await read(count_missing_keys, hasher) == (0 if is_known else 1)


def test_an_earlier_secret_may_contain_a_comma() -> None:
    assert Secrets(erase_secret="new", erase_secret_previous="a,b").erasure_keys == ("new", "a", "b", "a,b")
    assert Secrets(jwt_secret="jwt").erasure_keys == ("jwt",)

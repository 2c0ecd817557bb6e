"""The state of the installation: for owners of the team, the findings of doctor and what needs an action."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from arq.constants import job_key_prefix, retry_key_prefix

from server import VERSION
from server.process.migrate import latest
from server.queue import SEND_CHAT, enqueue, heartbeat
from server.system import checking
from server.web.app_keys import REDIS, UNIPILE
from tests.support.dead_letters import insert_dead
from tests.support.factories import make_account, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

HEALTH = "/api/admin/health"


@pytest.fixture
async def owner(web_only: Stack) -> AsyncIterator[Peer]:
    await heartbeat(web_only.app[REDIS])
    yield await sign_in_as(web_only, "owner")


async def checks(owner: Peer) -> dict[str, tuple[str, str]]:
    body = await owner.ok("GET", HEALTH)
    return {check["name"]: (check["state"], check["message"]) for check in body["checks"]}


async def test_owners_see_all_checks_and_versions(web_only: Stack, owner: Peer) -> None:
    body = await owner.ok("GET", HEALTH)
    states = {check["name"]: check["state"] for check in body["checks"]}
    assert body["ok"] is True
    doctors = {
        "public url",
        "database",
        "connections",
        "migrations",
        "clock",
        "usage",
        "chat counts",
        "filter counts",
    }
    assert doctors <= set(states)
    assert {"redis", "redis keeps", "redis writes", "media", "unipile", "webhooks"} <= set(states)
    fine = ("worker", "queues", "jobs", "dead letters", "accounts", "database", "migrations", "media")
    assert {name: states[name] for name in fine} == dict.fromkeys(fine, "ok")
    assert states["backup"] == "warning"
    versions = body["versions"]
    assert (versions["confab"], versions["schema"]) == (VERSION, latest())
    assert versions["redis"].split()[0] in ("Redis", "Valkey")
    assert (body["dead_letters"], body["accounts"], body["failing_jobs"]) == (0, [], [])
    assert body["backup"] is None


@pytest.mark.parametrize("role", ["admin", "agent", "viewer"])
async def test_others_do_not_see_it(web_only: Stack, role: str) -> None:
    other = await sign_in_as(web_only, role)
    assert "run_system" not in (await other.ok("GET", "/api/auth/me"))["permissions"]
    assert (await other.call("GET", HEALTH)).status == 403


async def test_no_key_of_an_owner_sees_it(web_only: Stack, owner: Peer) -> None:
    key = await owner.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send", "manage"]})
    program = Peer(owner.session, owner.url, key["secret"], owner.user_id)
    assert (await program.call("GET", HEALTH)).status == 403


async def test_what_waits_for_somebody_is_named(web_only: Stack, owner: Peer) -> None:
    account_id = await make_account(web_only, await web_only.sign_in("ana"))
    await web_only.execute(
        "update channels_account set status = 'needs_action', next_step = 'reconnect' where id = %s returning id",
        account_id,
    )
    await insert_dead(web_only)
    redis = web_only.app[REDIS]
    await enqueue(redis, SEND_CHAT, 1, delay_seconds=60)
    (job,) = [key async for key in redis.scan_iter(match=f"{job_key_prefix}*")]
    body = await owner.ok("GET", HEALTH)
    # It waits for its time, and was never tried.
    assert body["failing_jobs"] == []
    await redis.set(job.decode().replace(job_key_prefix, retry_key_prefix), 3)
    body = await owner.ok("GET", HEALTH)
    assert [account["id"] for account in body["accounts"]] == [account_id]
    assert body["dead_letters"] == 1
    assert body["failing_jobs"] == [{"job": SEND_CHAT, "queue": "outbox", "jobs": 1, "tries": 3}]
    outbox = next(queue for queue in body["queues"] if queue["name"] == "outbox")
    assert (outbox["jobs"], outbox["age_seconds"]) == (1, 0)
    found = await checks(owner)
    for name in ("accounts", "dead letters", "jobs"):
        assert found[name][0] == "warning", name


async def test_without_a_worker_a_check_fails(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    assert (await owner.ok("GET", HEALTH))["ok"] is False
    assert (await checks(owner))["worker"][0] == "failed"


async def test_what_is_silent_or_breaks_is_a_finding(
    web_only: Stack, owner: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_silent() -> None:
        await asyncio.Event().wait()

    async def fail(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(checking, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(checking, "check_counters", fail)
    monkeypatch.setattr(web_only.app[UNIPILE], "list_webhooks", be_silent)
    found = await checks(owner)
    unipile = next(check for check in (await owner.ok("GET", HEALTH))["checks"] if check["name"] == "unipile")
    assert (unipile["code"], unipile["params"]) == ("check_silent", {"seconds": 0.5})
    assert found["unipile"] == ("warning", "did not answer within 0.5 s")
    assert found["counters"] == ("failed", "the check failed with LookupError: see the log")
    assert found["database"][0] == "ok"

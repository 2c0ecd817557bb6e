"""Sweeps and imports keep reading an erased contact's data from UniPile, and never store it."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.rules.account_states import Seen
from server.store.privacy.contact_erasures import begin_erasure
from tests.support.fixtures_stack import Stack
from tests.support.worker_harness import WorkerHarness
from tests.workers.privacy.test_erase_contacts import MARK, PHONE, traces
from workers.context import open_parts
from workers.privacy.erase_contacts import erase_contacts
from workers.sync.import_history import import_history
from workers.sync.sweeps import sweep_account

HER = {"phone_number": PHONE, "name": f"{MARK} Prado"}
HIM = {"phone_number": "5511977770002", "name": "Caio Reis"}
YESTERDAY = """update channels_account set last_sweep_at = now() - interval '1 day',
    connected_at = now() - interval '1 day'"""


class PastAtUnipile:
    """An account at UniPile with two contacts, without webhook and worker."""

    def __init__(self, stack: Stack, harness: WorkerHarness, account_id: int) -> None:
        self.stack = stack
        self.harness = harness
        self.account_id = account_id

    async def write(self, who: dict[str, str], text: str, minutes_ago: float, **more: Any) -> dict[str, Any]:
        (row,) = await self.harness.fetch(
            "select rfc3339(now() - make_interval(secs => %(seconds)s)) as at", seconds=minutes_ago * 60
        )
        body = {"from": who, "silent": True, "timestamp": row["at"], **more}
        return await self.stack.write("acc-1", text, **body)

    async def erase_her(self) -> None:
        (contact,) = await self.harness.fetch(
            "select id from channels_contact where name = %(name)s", name=HER["name"]
        )
        parts = self.harness.parts
        begun = await parts.database.write(
            begin_erasure, parts.name_hasher, self.account_id, contact["id"], self.harness.user_id
        )
        assert begun is not None
        await erase_contacts(parts)

    async def sweep(self) -> None:
        await self.harness.execute(YESTERDAY)
        await sweep_account(self.harness.context(), self.account_id, time.time())

    async def import_again(self) -> None:
        """As if UniPile had reported more history."""
        await self.harness.execute("update channels_account set import_wanted = true, import_state = 'done'")
        await import_history(self.harness.context(), self.account_id)

    async def bodies(self) -> set[str]:
        return {message["body"] for message in await self.harness.messages() if not message["is_event"]}


@pytest.fixture
async def past_there(web_only: Stack) -> AsyncIterator[PastAtUnipile]:
    """Both have written, their messages were stored, and she was erased."""
    async with open_parts(web_only.config) as parts:
        harness = await WorkerHarness(parts).open()
        await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
        account_id = await harness.make_account("acc-1", Seen.WORKS)
        opened = PastAtUnipile(web_only, harness, account_id)
        await opened.write(HER, f"{MARK} writes", 60)
        await opened.write(HER, f"Dear {MARK}", 50, is_sender=True)
        group = {"account_id": "acc-1", "name": "Crew", "members": [HIM, HER]}
        chat = {"chat_id": (await web_only.sandbox.ok("POST", "/sandbox/groups", group))["id"]}
        answered = await opened.write(HER, f"{MARK} asks", 40, **chat)
        await opened.write(HIM, "I agree", 30, quote=answered["message_id"], **chat)
        await opened.sweep()
        assert await opened.bodies() == {f"{MARK} writes", f"{MARK} asks", f"Dear {MARK}", "I agree"}
        await opened.erase_her()
        yield opened


async def test_a_sweep_does_not_restore_an_erased_contact(past_there: PastAtUnipile) -> None:
    await past_there.write(HER, f"{MARK} was missed", 20)
    await past_there.write(HIM, "So was I", 20)
    for _ in range(2):
        await past_there.sweep()
        assert await traces(past_there.harness, MARK, PHONE) == []
        assert await past_there.bodies() == {"I agree", "So was I"}


async def test_an_import_does_not_restore_an_erased_contact(past_there: PastAtUnipile) -> None:
    await past_there.write(HER, f"{MARK} from long ago", 60 * 24 * 90)
    await past_there.write(HIM, "From long ago", 60 * 24 * 90)
    for _ in range(2):
        await past_there.import_again()
        assert await traces(past_there.harness, MARK, PHONE) == []
        assert await past_there.bodies() == {"I agree", "From long ago"}


async def test_messages_after_the_erasure_are_swept_as_new(past_there: PastAtUnipile) -> None:
    await past_there.write(HER, "Hello again", -1)
    await past_there.sweep()
    assert await past_there.bodies() == {"I agree", "Hello again"}

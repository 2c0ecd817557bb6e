"""The clocks of chats: which runs, and what changes them."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiopg import Cursor

from server.automation.clocks import compute_clocks
from server.store.accounts.accounts import lock_account
from server.store.conversations.conversations import refresh_conversations
from tests.support.factories import CHANNELS, make_target
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received
from tests.support.timed import Timed, timing
from workers.automation import targets
from workers.automation.targets import recount_targets


@pytest.fixture
async def timed(web_only: Stack) -> AsyncIterator[Timed]:
    async with timing(web_only) as opened:
        yield opened


async def test_a_chat_shows_the_clock_that_ends_first(timed: Timed) -> None:
    await timed.target(first_reply_minutes=60, next_reply_minutes=30, close_minutes=600)
    clock, chat = await timed.shown(), await timed.ruled.chat()
    assert clock is not None
    began = datetime.fromisoformat(chat["waiting_since"])
    assert (clock["kind"], clock["began_at"]) == ("first_reply", chat["waiting_since"])
    assert datetime.fromisoformat(clock["at_risk_at"]) == began + timedelta(minutes=30)
    assert datetime.fromisoformat(clock["due_at"]) == began + timedelta(minutes=60)
    # As every change of a chat, clients hear of it.
    socket = await timed.agent.listen()
    await timed.answer()
    assert await timed.kind() == "close"
    await socket.wait_for_event("chat:updated", target=clock)
    await socket.wait_for_event("chat:updated", target=(await timed.ruled.chat())["target"])
    await timed.write()
    assert await timed.kind() == "next_reply"
    await timed.ruled.set_status("snoozed", until="2100-01-01T00:00:00Z", wake_on_message=False)
    assert await timed.kind() == "next_reply"
    await timed.ruled.set_status("closed")
    assert await timed.shown() is None


async def test_programs_and_rules_are_no_first_reply(timed: Timed) -> None:
    await timed.target(first_reply_minutes=60, next_reply_minutes=60)
    key = {"name": "crm", "scopes": ["send"]}
    secret = (await timed.agent.ok("POST", "/api/keys", key))["secret"]
    program = Peer(timed.agent.session, timed.agent.url, secret, timed.agent.user_id)
    await timed.answer(program)
    assert await timed.kind() == "first_reply"
    await timed.answer()
    assert await timed.kind() is None
    # What the contact waits for they do answer.
    await timed.write()
    assert await timed.kind() == "next_reply"
    await timed.answer(program)
    assert await timed.kind() is None


async def test_accounts_without_targets_have_no_cursor_and_no_clocks(timed: Timed) -> None:
    rows = "select account_id from feed_cursor union all select account_id from target_recount"
    own = await make_target(timed.agent, timed.ruled.account_id, is_on=False)
    await timed.follow()
    assert await timed.harness.fetch(rows) == []
    path = f"/api/targets/{own}"
    await timed.agent.ok("PATCH", path, {"is_on": True})
    assert await timed.kind() == "first_reply"
    assert len(await timed.harness.fetch(rows)) == 2
    await timed.agent.ok("PATCH", path, {"is_on": False})
    assert await timed.kind() is None
    assert await timed.harness.fetch(rows) == []


async def test_the_first_target_that_fits_counts(timed: Timed) -> None:
    new = {"kind": "new_contact", "test": "yes"}
    await timed.target(name="New", first_reply_minutes=5, conditions=[new])
    owned = {"kind": "assignee", "test": "one_of", "ids": [timed.agent.user_id]}
    second = await timed.target(name="Own", first_reply_minutes=50, conditions=[owned])
    last = await timed.target(name="All", first_reply_minutes=None, close_minutes=100)
    assert await timed.kind() == "close"
    await timed.ruled.assign(timed.agent.user_id)
    assert await timed.kind() == "first_reply"
    await timed.agent.ok("PATCH", f"/api/targets/{last}", {"after_id": None})
    assert await timed.kind() == "close"
    for target_id in (last, second):
        assert (await timed.agent.call("DELETE", f"/api/targets/{target_id}")).status == 204
    assert await timed.shown() is None


async def test_what_no_event_says_changes_clocks_too(timed: Timed) -> None:
    await timed.target(first_reply_minutes=None, next_reply_minutes=30)
    await timed.answer()
    await timed.write()
    assert await timed.kind() == "next_reply"

    async def delete(cursor: Cursor) -> None:
        """As an amendment does."""
        await lock_account(cursor, timed.ruled.account_id)
        await cursor.execute("update channels_message set deleted_at = now() where direction = 'in'")
        await refresh_conversations(cursor, [timed.ruled.chat_id])

    await timed.harness.parts.database.write(delete)
    assert await timed.kind() is None


async def test_a_deleted_team_has_no_targets(web_only: Stack, timed: Timed) -> None:
    admin = await web_only.sign_in("admin")
    await web_only.execute("update users set role = 'admin' where id = %s", admin.user_id)
    team = (await admin.ok("POST", "/api/teams", {"name": "Sales"}))["team"]["id"]
    await timed.target(conditions=[{"kind": "team", "test": "one_of", "ids": [team]}])
    await timed.agent.ok("PUT", timed.ruled.path("/assignee"), {"user_id": None, "team_id": team})
    assert await timed.kind() == "first_reply"
    assert (await admin.call("DELETE", f"/api/teams/{team}")).status == 204
    assert await timed.kind() is None


async def test_other_office_hours_are_other_clocks(timed: Timed) -> None:
    await timed.target(first_reply_minutes=60, office_hours=True)
    before = await timed.shown()
    closed = {"time_zone": "UTC", "week": [[]] * 7, "holidays": []}
    path = f"{CHANNELS}/{timed.ruled.account_id}/hours"
    await timed.agent.ok("PUT", path, closed)
    assert await timed.shown() is None
    await timed.agent.ok("PUT", path, closed | {"week": [[[0, 1440]]] * 7})
    assert await timed.shown() == before
    assert (await timed.agent.call("DELETE", path)).status == 204
    assert await timed.shown() == before


async def test_a_recount_goes_on_where_it_was(timed: Timed, monkeypatch: pytest.MonkeyPatch) -> None:
    for chat in ("chat-2", "chat-3"):
        await timed.harness.store(message_received("acc-1", chat_id=chat, message_id=chat))
    monkeypatch.setattr(targets, "CHATS", 2)
    await make_target(timed.agent, timed.ruled.account_id)
    counted = "select count(*) as n from channels_chat where target_kind is not null"
    # A worker is killed after its first page.
    await timed.harness.parts.database.write(targets._recount_page, timed.ruled.account_id)
    assert await timed.harness.fetch(counted) == [{"n": 2}]
    await recount_targets(timed.harness.parts)
    assert await timed.harness.fetch(counted) == [{"n": 3}]
    assert await timed.harness.fetch("select next_id from target_recount") == [{"next_id": None}]


async def test_an_account_that_fails_holds_up_no_other(
    web_only: Stack, timed: Timed, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await web_only.sign_in("other")
    await make_target(other, (await web_only.make_account(other, "acc-0"))["id"])
    await timed.target()

    async def fails_first(cursor: Cursor, account_id: int, *rest: Any, **more: Any) -> Any:
        if account_id != timed.ruled.account_id:
            raise ValueError("Oi")
        return await compute_clocks(cursor, account_id, *rest, **more)

    monkeypatch.setattr(targets, "compute_clocks", fails_first)
    await timed.ruled.set_status("closed")
    assert await timed.shown() is None

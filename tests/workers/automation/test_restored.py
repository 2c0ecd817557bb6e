"""A restored system: nothing is sent, asked, pushed or mailed a second time for the time that is lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.backups.settling import Settled, settle
from server.store.db.seq import EPOCH_BITS
from server.store.notifying import digests
from server.store.people import notifications
from tests.support.fixtures_stack import Stack
from tests.support.route_cases import in_a_week
from tests.support.ruled import Ruled, ruling
from tests.support.worker_harness import WorkerHarness
from workers.automation.surveys import ask_due
from workers.planned import send_planned

BACKUP_AT = "2026-03-01T00:00:00.000Z"
# As if what the tests write from now on had been sent after it.
LONG_AGO = "update installation set restored_at = '2026-01-01'"
MAIL = {"notifications": {"unassigned": {"mail": True}, "mine": {"mail": True}}}


@pytest.fixture
async def ruled(web_only: Stack) -> AsyncIterator[Ruled]:
    async with ruling(web_only) as opened:
        yield opened


async def restore(harness: WorkerHarness) -> Settled:
    return await harness.parts.database.write(settle, "a-backup", BACKUP_AT)


async def notify(ruled: Ruled) -> list[dict[str, Any]]:
    """The contact's messages are looked at; what was noted, newest last."""
    await ruled.harness.parts.database.write(notifications.notify_of_messages, 100)
    return await ruled.harness.fetch("select by_mail, push_due_at from notification order by id")


async def test_rules_leave_out_what_happened_before_the_restore(ruled: Ruled) -> None:
    rule = await ruled.make_rule()
    await restore(ruled.harness)
    await ruled.write("Found by a sweep")
    await ruled.follow()
    assert await ruled.runs(rule) == []
    await ruled.harness.execute(LONG_AGO)
    await ruled.write("New")
    await ruled.follow()
    assert len(await ruled.runs(rule)) == 1


async def test_time_rules_and_woken_chats_are_silent(ruled: Ruled) -> None:
    late = await ruled.make_rule("unreplied", minutes=30)
    woke = await ruled.make_rule("woke")
    await ruled.set_status("snoozed", until=in_a_week())
    await ruled.harness.execute("update channels_chat set snoozed_until = now() - interval '1 hour'")
    await ruled.let_wait("waiting_since", 31)
    await restore(ruled.harness)
    assert (await ruled.chat())["status"] == "open"
    await ruled.harness.execute("update channels_chat set waiting_since = now() - interval '31 minutes'")
    await ruled.follow()
    assert [await ruled.runs(rule) for rule in (late, woke)] == [[], []]


async def test_found_messages_are_lines_behind_the_bell_only(ruled: Ruled) -> None:
    await ruled.agent.ok("PATCH", "/api/me/preferences", MAIL)
    assert [line["by_mail"] for line in await notify(ruled)] == [True]
    await ruled.harness.execute("update notification set push_due_at = now()")
    await restore(ruled.harness)
    waiting = await ruled.harness.parts.database.read(digests.list_waiting, 10)
    assert ([line["push_due_at"] for line in await notify(ruled)], waiting) == ([None], [])
    await ruled.harness.execute("update notification set read_at = now()")
    await ruled.write("Found by a sweep")
    assert [line["by_mail"] for line in await notify(ruled)] == [True, False]
    await ruled.harness.execute("update notification set read_at = now()")
    await ruled.harness.execute(LONG_AGO)
    await ruled.write("New")
    assert [line["by_mail"] for line in await notify(ruled)] == [True, False, True]


async def test_the_outbox_is_unconfirmed_and_what_was_planned_has_failed(ruled: Ruled) -> None:
    agent, harness = ruled.agent, ruled.harness
    for text in ("Under way", "Queued"):
        await agent.ok("POST", ruled.path("/send"), {"text": text})
    (head,) = await harness.fetch("select seq from channels_account")
    own = (await agent.ok("GET", "/api/me/changes?since=0"))["seq"]
    await harness.execute(
        "update channels_message set attempted_at = sent_at + interval '1 second' where body = 'Under way'"
    )
    for text in ("Missed", "Later"):
        await agent.ok("POST", ruled.path("/planned"), {"text": text, "send_at": in_a_week()})
    await harness.execute("update channels_planned_message set send_at = now() where body = 'Missed'")
    settled = await restore(harness)
    assert (settled.unconfirmed, settled.planned, len(settled.account_ids)) == (2, 1, 1)
    sends = await harness.fetch(
        """select body, m.status, next_look_at <= now() as is_due, m.attempted_at - m.sent_at as after,
               outcome, error ->> 'code' as code
           from channels_message m join channels_send_attempt k on k.message_id = m.id order by m.id"""
    )
    assert [(send["body"], send["status"], send["outcome"], send["code"]) for send in sends] == [
        (text, "unconfirmed", "unconfirmed", "restored") for text in ("Under way", "Queued")
    ]
    assert [(send["is_due"], send["after"].total_seconds()) for send in sends] == [(True, 1.0), (True, 0.0)]
    await send_planned(harness.parts)
    states = await harness.fetch("select body, state from channels_planned_message order by id")
    assert [(one["body"], one["state"]) for one in states] == [("Missed", "failed"), ("Later", "planned")]
    lines = await harness.fetch("select kind from notification where kind = 'scheduled_failed'")
    assert len(lines) == 1
    # A cursor of before, also one that a new change has overtaken.
    (now,) = await harness.fetch("select seq from channels_account")
    assert now["seq"] >> EPOCH_BITS > head["seq"] >> EPOCH_BITS
    session = await harness.fetch("select count(*) as n from sessions where revoked_at is null")
    assert session[0]["n"] == 0
    again = await ruled.stack.stranger.sign_in("agent")
    account = f"/api/channels/whatsapp/{ruled.account_id}/changes"
    for path in (f"{account}?since={head['seq']}", f"/api/me/changes?since={own}"):
        answer = await again.ok("GET", path)
        assert (answer["items"], answer["reset"]) == ([], True), path
    assert "reset" not in await again.ok("GET", f"{account}?since={now['seq'] - 1}")


async def test_a_due_survey_is_not_asked(ruled: Ruled) -> None:
    harness = ruled.harness
    await harness.execute(
        """insert into account_survey (account_id, is_on, delay_minutes, pause_days)
           select id, true, 5, 30 from channels_account"""
    )
    await ruled.set_status("closed")
    await ruled.follow()
    await harness.execute(
        """insert into channels_survey (account_id, chat_id, conversation_id, due_at)
           select account_id, chat_id, id, now() from channels_conversation on conflict do nothing"""
    )
    await harness.execute("update channels_survey set due_at = now() - interval '1 minute'")
    assert len(await harness.fetch("select id from channels_survey")) == 1
    await restore(harness)
    await ask_due(harness.parts)
    assert await harness.fetch("select id from channels_survey") == []


async def test_a_socket_of_before_reads_everything_again(ruled: Ruled) -> None:
    (head,) = await ruled.harness.fetch("select seq from channels_account")
    await restore(ruled.harness)
    again = await ruled.stack.stranger.sign_in("agent")
    socket = await again.open_socket()
    assert (await socket.command("auth", token=again.token))["ok"]
    joined = await socket.command(
        "join-user", user_id=again.user_id, cursors={str(ruled.account_id): head["seq"]}, since=1
    )
    assert joined["data"]["accounts"][str(ruled.account_id)] >> EPOCH_BITS > 0
    reset = [frame for frame in socket.frames if frame.get("event") == "reset"]
    assert [frame["data"] for frame in reset] == [
        {"account_id": ruled.account_id},
        {"user_id": again.user_id},
    ]
    await asyncio.gather(socket.close())

"""Usage matches the rows after any mix of events; a definite failure refunds the send's reservation."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import Config
from server.metrics import USAGE_DRIFT
from server.store.plans import usage_checks
from server.store.plans.usage_checks import Drift
from tests.properties.strategies import repeatable
from tests.support.factories import CHANNELS
from tests.support.fixtures_tiny import give_plan, used
from tests.support.peers import message_received
from tests.support.send_harness import (
    FORGET_USAGE,
    POST_MESSAGE,
    SendHarness,
    open_limited_sender,
    post,
)
from tests.support.worker_harness import receipt, written_by_us
from workers.people.usage import check_usage
from workers.sync import import_history, sweeps

REJECTED = POST_MESSAGE | {"status": 422, "times": 1}
LOST = POST_MESSAGE | {"status": 500, "times": 1}
ERASE = """
    delete from channels_message
    where id = (select max(id) from channels_message where status <> 'failed')"""
MONTH_AGO = "now() - interval '1 month'"


@pytest.fixture
async def sender(small_plans: Config) -> AsyncIterator[SendHarness]:
    async with open_limited_sender(small_plans) as opened:
        yield opened


async def drift(sender: SendHarness) -> list[Drift]:
    return await sender.worker.parts.database.write(usage_checks.list_drift)


async def fail_one(sender: SendHarness, text: str, fault: dict[str, Any]) -> int:
    """Send it with this fault at UniPile; returns the message's id."""
    message = await sender.post_send(text, f"c-{text}")
    await sender.fail(routes=[fault])
    await sender.run_outbox()
    await sender.fail()
    return int(message["id"])


async def retry(sender: SendHarness, message_id: int) -> int:
    path = f"{CHANNELS}/{sender.account_id}/messages/{message_id}/retry"
    return (await sender.agent.call("POST", path)).status


async def test_a_definite_failure_refunds_once_and_a_retry_reserves_again(sender: SendHarness) -> None:
    message_id = await fail_one(sender, "a", REJECTED)
    assert await used(sender.agent) == (0, 0, 0)
    for _ in range(3):  # no late event refunds it again
        await sender.run_outbox()
        await sender.worker.answer_send((await messages_of(sender))[message_id], None)
        assert await used(sender.agent) == (0, 0, 0)
    assert await retry(sender, message_id) == 200
    assert await used(sender.agent) == (1, 0, 1)
    await sender.run_outbox()
    assert await used(sender.agent) == (1, 0, 1)
    assert await drift(sender) == []


async def messages_of(sender: SendHarness) -> dict[int, Any]:
    """Only what answer_send looks at: the id."""
    rows = await sender.worker.fetch("select id from channels_message")
    return {row["id"]: type("Message", (), {"id": row["id"]})() for row in rows}


async def test_an_unknown_outcome_refunds_nothing(sender: SendHarness) -> None:
    message_id = await fail_one(sender, "a", LOST)
    assert await used(sender.agent) == (1, 0, 1)
    assert await retry(sender, message_id) == 200
    assert await used(sender.agent) == (1, 0, 1)
    assert await drift(sender) == []


async def test_refunded_units_can_be_sent_and_a_retry_beyond_the_limit_cannot(
    sender: SendHarness,
) -> None:
    failed = await fail_one(sender, "a", REJECTED)
    assert [await post(sender, f"b{n}") for n in range(6)] == [201] * 5 + [402]
    assert await retry(sender, failed) == 402
    assert await used(sender.agent) == (5, 0, 5)
    (row,) = await sender.worker.fetch("select status from channels_message where id = %(id)s", id=failed)
    assert row["status"] == "failed"
    assert await drift(sender) == []


async def test_messages_from_the_phone_are_counted_and_never_rejected(sender: SendHarness) -> None:
    for n in range(8):
        await sender.worker.store(written_by_us(f"typed {n}", chat_id=sender.chat["provider_chat_id"]))
    assert await used(sender.agent) == (8, 0, 0)
    assert await post(sender, "a") == 201
    assert await used(sender.agent) == (9, 0, 1)


async def test_a_retry_counts_in_the_month_it_is_made_in(sender: SendHarness) -> None:
    failed, unknown = await fail_one(sender, "a", REJECTED), await fail_one(sender, "b", LOST)
    await sender.worker.execute(
        f"""update channels_message set created_at = {MONTH_AGO};
            update channels_usage set period_ym = usage_month({MONTH_AGO});
            update channels_usage_day set day = ({MONTH_AGO})::date"""
    )
    assert await drift(sender) == []
    assert [await retry(sender, message_id) for message_id in (failed, unknown)] == [200, 200]
    assert await used(sender.agent) == (2, 0, 2)
    (past,) = await sender.worker.fetch(
        f"select messages_sent, sent_here from channels_usage where period_ym = usage_month({MONTH_AGO})"
    )
    assert (past["messages_sent"], past["sent_here"]) == (0, 0)
    assert await drift(sender) == []


async def test_usage_of_erased_chats_and_accounts_stays_counted(sender: SendHarness) -> None:
    await post(sender, "a")
    await post(sender, "b")
    await sender.worker.store(message_received("acc-1", chat_id=sender.chat["provider_chat_id"]))
    await sender.worker.execute("delete from channels_message where body = 'a'")
    assert await drift(sender) == []
    await sender.worker.execute("delete from channels_account")
    assert await drift(sender) == []
    assert await used(sender.agent) == (2, 1, 2)


async def test_the_checker_reports_drift_and_repairs_nothing(sender: SendHarness) -> None:
    await post(sender, "a")
    await sender.worker.execute("update channels_usage set messages_sent = 7")
    before = await sender.worker.fetch("select messages_sent from channels_usage")
    (found,) = await drift(sender)
    assert (found.sent, found.rows_sent, found.days_sent) == (7, 1, 1)
    await check_usage(sender.worker.parts)
    assert USAGE_DRIFT._value.get() == 1
    assert await sender.worker.fetch("select messages_sent from channels_usage") == before
    await sender.worker.execute("update channels_usage set messages_sent = 1")
    await sender.worker.execute("update channels_usage_day set messages_rcvd = 3")
    assert [row.days_received for row in await drift(sender)] == [3]
    await sender.worker.execute("delete from channels_usage; delete from channels_usage_day")
    assert [(row.sent, row.rows_sent) for row in await drift(sender)] == [(0, 1)]


# -- any mix of events -----------------------------------------------------------------------------------------------

WEBHOOKS = ("in", "in again", "phone", "system", "tick", "deletion", "import", "sweep")
SENDS = ("send", "send again", "send refused", "send lost", "retry", "start", "erase")
STEPS = st.lists(st.sampled_from([*WEBHOOKS, *SENDS]), min_size=1, max_size=14)


class Mix:
    """Applies steps one by one, and tracks the expected usage."""

    def __init__(self, sender: SendHarness) -> None:
        self.sender = sender
        self.sent = self.received = self.here = 0
        self.step_count = 0
        self.has_erased = False
        self.delivered: list[dict[str, Any]] = []
        self.failed: list[int] = []

    async def do(self, step: str) -> None:
        self.step_count += 1
        if step in WEBHOOKS:
            await self._webhook(step)
        else:
            await self._send(step, f"text {self.step_count}")

    async def _webhook(self, step: str) -> None:
        sender, chat_id = self.sender, self.sender.chat["provider_chat_id"]
        if step == "in":
            self.delivered.append(message_received("acc-1", f"in {self.step_count}", chat_id=chat_id))
            self.received += 1
            await sender.worker.store(self.delivered[-1])
        elif step == "in again" and self.delivered:
            await sender.worker.store(self.delivered[0], self.delivered[-1], self.delivered[0])
        elif step == "phone":
            self.delivered.append(written_by_us(f"phone {self.step_count}", chat_id=chat_id))
            self.sent += 1
            await sender.worker.store(self.delivered[-1], self.delivered[-1])
        elif step == "system":
            await sender.worker.store(
                message_received("acc-1", None, is_event=1, event_type=1, chat_id=chat_id)
            )
        elif step == "tick" and self.delivered:
            await sender.worker.store(receipt("message_read", self.delivered[-1]["message_id"]))
        elif step == "deletion" and self.delivered:
            await sender.worker.store(
                {
                    "event": "message_deleted",
                    "account_id": "acc-1",
                    "message_id": self.delivered[-1]["message_id"],
                }
            )
        elif self.has_erased:
            pass  # an import would find the erased messages at UniPile and count them as new
        elif step == "import":
            await import_history.import_history(sender.worker.context(), sender.account_id)
        elif step == "sweep":
            await sweeps.sweep_account(sender.worker.context(), sender.account_id, 0.0)

    async def _send(self, step: str, text: str) -> None:
        sender = self.sender
        if step == "erase":
            self.has_erased = True
            await sender.worker.execute(ERASE)
        elif step == "retry" and self.failed:
            assert await retry(sender, self.failed.pop()) == 200
            await sender.run_outbox()
            self._count()
        elif step == "start":
            path = f"{CHANNELS}/{sender.account_id}/chats"
            body = {"to": f"+55119777700{self.step_count:02}", "text": text}
            assert (await sender.agent.call("POST", path, body)).status == 201
            self._count()
        elif step == "send refused":
            self.failed.append(await fail_one(sender, text, REJECTED))
        elif step in ("send", "send again", "send lost"):
            await fail_one(sender, text, LOST) if step == "send lost" else await self._post(text, step)
            self._count()

    async def _post(self, text: str, step: str) -> None:
        for _ in range(3 if step == "send again" else 1):
            assert await post(self.sender, text) == 201
        await self.sender.run_outbox()

    def _count(self) -> None:
        self.sent += 1
        self.here += 1


@pytest.fixture
async def wide(sender: SendHarness) -> SendHarness:
    """Unlimited, and with earlier messages at UniPile that must not be counted."""
    await give_plan(sender.stack, sender.agent, "open")
    await sender.stack.sandbox.ok("PUT", "/sandbox/faults", {"webhooks_off": True})
    return sender


@repeatable(25)
@given(steps=STEPS)
async def test_usage_matches_the_rows_after_any_mix_of_events(wide: SendHarness, steps: list[str]) -> None:
    await wide.worker.execute(FORGET_USAGE)
    # Messages of an earlier example predate this connection and are not counted.
    await wide.worker.execute("update channels_account set connected_at = now()")
    mix = Mix(wide)
    for step in steps:
        await mix.do(step)
        assert await drift(wide) == [], step
        assert await used(wide.agent) == (mix.sent, mix.received, mix.here), (step, steps)

"""Usage matches the rows after any mix of events; a definite failure refunds the send's reservation."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.config import Config
from server.metrics import USAGE_DRIFT
from server.store.plans import usage_checks
from server.store.plans.usage_checks import Drift
from tests.support.factories import CHANNELS
from tests.support.fixtures_tiny import give_plan, used
from tests.support.peers import message_received
from tests.support.send_harness import FORGET_USAGE, POST_MESSAGE, Desk, open_small_desk, post
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
async def desk(small_plans: Config) -> AsyncIterator[Desk]:
    async with open_small_desk(small_plans) as opened:
        yield opened


async def drift(desk: Desk) -> list[Drift]:
    return await desk.harness.parts.database.write(usage_checks.list_drift)


async def fail_one(desk: Desk, text: str, fault: dict[str, Any]) -> int:
    """Send it with this fault at UniPile; returns the message's id."""
    message = await desk.ask(text, f"c-{text}")
    await desk.fail(routes=[fault])
    await desk.work()
    await desk.fail()
    return int(message["id"])


async def retry(desk: Desk, message_id: int) -> int:
    path = f"{CHANNELS}/{desk.account_id}/messages/{message_id}/retry"
    return (await desk.agent.call("POST", path)).status


async def test_a_definite_failure_refunds_once_and_a_retry_reserves_again(desk: Desk) -> None:
    message_id = await fail_one(desk, "a", REJECTED)
    assert await used(desk.agent) == (0, 0, 0)
    for _ in range(3):  # no late event refunds it again
        await desk.work()
        await desk.harness.answer_send((await messages_of(desk))[message_id], None)
        assert await used(desk.agent) == (0, 0, 0)
    assert await retry(desk, message_id) == 200
    assert await used(desk.agent) == (1, 0, 1)
    await desk.work()
    assert await used(desk.agent) == (1, 0, 1)
    assert await drift(desk) == []


async def messages_of(desk: Desk) -> dict[int, Any]:
    """Only what answer_send looks at: the id."""
    rows = await desk.harness.fetch("select id from channels_message")
    return {row["id"]: type("Message", (), {"id": row["id"]})() for row in rows}


async def test_an_unknown_outcome_refunds_nothing(desk: Desk) -> None:
    message_id = await fail_one(desk, "a", LOST)
    assert await used(desk.agent) == (1, 0, 1)
    assert await retry(desk, message_id) == 200
    assert await used(desk.agent) == (1, 0, 1)
    assert await drift(desk) == []


async def test_refunded_units_can_be_sent_and_a_retry_beyond_the_limit_cannot(desk: Desk) -> None:
    failed = await fail_one(desk, "a", REJECTED)
    assert [await post(desk, f"b{n}") for n in range(6)] == [201] * 5 + [402]
    assert await retry(desk, failed) == 402
    assert await used(desk.agent) == (5, 0, 5)
    (row,) = await desk.harness.fetch("select status from channels_message where id = %(id)s", id=failed)
    assert row["status"] == "failed"
    assert await drift(desk) == []


async def test_messages_from_the_phone_are_counted_and_never_rejected(desk: Desk) -> None:
    for n in range(8):
        await desk.harness.store(written_by_us(f"typed {n}", chat_id=desk.chat["provider_chat_id"]))
    assert await used(desk.agent) == (8, 0, 0)
    assert await post(desk, "a") == 201
    assert await used(desk.agent) == (9, 0, 1)


async def test_a_retry_counts_in_the_month_it_is_made_in(desk: Desk) -> None:
    failed, unknown = await fail_one(desk, "a", REJECTED), await fail_one(desk, "b", LOST)
    await desk.harness.execute(
        f"""update channels_message set created_at = {MONTH_AGO};
            update channels_usage set period_ym = usage_month({MONTH_AGO});
            update channels_usage_day set day = ({MONTH_AGO})::date"""
    )
    assert await drift(desk) == []
    assert [await retry(desk, message_id) for message_id in (failed, unknown)] == [200, 200]
    assert await used(desk.agent) == (2, 0, 2)
    (past,) = await desk.harness.fetch(
        f"select messages_sent, sent_here from channels_usage where period_ym = usage_month({MONTH_AGO})"
    )
    assert (past["messages_sent"], past["sent_here"]) == (0, 0)
    assert await drift(desk) == []


async def test_usage_of_erased_chats_and_accounts_stays_counted(desk: Desk) -> None:
    await post(desk, "a")
    await post(desk, "b")
    await desk.harness.store(message_received("acc-1", chat_id=desk.chat["provider_chat_id"]))
    await desk.harness.execute("delete from channels_message where body = 'a'")
    assert await drift(desk) == []
    await desk.harness.execute("delete from channels_account")
    assert await drift(desk) == []
    assert await used(desk.agent) == (2, 1, 2)


async def test_the_checker_reports_drift_and_repairs_nothing(desk: Desk) -> None:
    await post(desk, "a")
    await desk.harness.execute("update channels_usage set messages_sent = 7")
    before = await desk.harness.fetch("select messages_sent from channels_usage")
    (found,) = await drift(desk)
    assert (found.sent, found.rows_sent, found.days_sent) == (7, 1, 1)
    await check_usage(desk.harness.parts)
    assert USAGE_DRIFT._value.get() == 1
    assert await desk.harness.fetch("select messages_sent from channels_usage") == before
    await desk.harness.execute("update channels_usage set messages_sent = 1")
    await desk.harness.execute("update channels_usage_day set messages_rcvd = 3")
    assert [row.days_received for row in await drift(desk)] == [3]
    await desk.harness.execute("delete from channels_usage; delete from channels_usage_day")
    assert [(row.sent, row.rows_sent) for row in await drift(desk)] == [(0, 1)]


# -- any mix of events -----------------------------------------------------------------------------------------------

WEBHOOKS = ("in", "in again", "phone", "system", "tick", "deletion", "import", "sweep")
SENDS = ("send", "send again", "send refused", "send lost", "retry", "start", "erase")
STEPS = st.lists(st.sampled_from([*WEBHOOKS, *SENDS]), min_size=1, max_size=14)


class Mix:
    """Applies steps one by one, and tracks the expected usage."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
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
        desk, chat_id = self.desk, self.desk.chat["provider_chat_id"]
        if step == "in":
            self.delivered.append(message_received("acc-1", f"in {self.step_count}", chat_id=chat_id))
            self.received += 1
            await desk.harness.store(self.delivered[-1])
        elif step == "in again" and self.delivered:
            await desk.harness.store(self.delivered[0], self.delivered[-1], self.delivered[0])
        elif step == "phone":
            self.delivered.append(written_by_us(f"phone {self.step_count}", chat_id=chat_id))
            self.sent += 1
            await desk.harness.store(self.delivered[-1], self.delivered[-1])
        elif step == "system":
            await desk.harness.store(
                message_received("acc-1", None, is_event=1, event_type=1, chat_id=chat_id)
            )
        elif step == "tick" and self.delivered:
            await desk.harness.store(receipt("message_read", self.delivered[-1]["message_id"]))
        elif step == "deletion" and self.delivered:
            await desk.harness.store(
                {
                    "event": "message_deleted",
                    "account_id": "acc-1",
                    "message_id": self.delivered[-1]["message_id"],
                }
            )
        elif self.has_erased:
            pass  # an import would find the erased messages at UniPile and count them as new
        elif step == "import":
            await import_history.import_history(desk.harness.context(), desk.account_id)
        elif step == "sweep":
            await sweeps.sweep_account(desk.harness.context(), desk.account_id, 0.0)

    async def _send(self, step: str, text: str) -> None:
        desk = self.desk
        if step == "erase":
            self.has_erased = True
            await desk.harness.execute(ERASE)
        elif step == "retry" and self.failed:
            assert await retry(desk, self.failed.pop()) == 200
            await desk.work()
            self._count()
        elif step == "start":
            path = f"{CHANNELS}/{desk.account_id}/chats"
            body = {"to": f"+55119777700{self.step_count:02}", "text": text}
            assert (await desk.agent.call("POST", path, body)).status == 201
            self._count()
        elif step == "send refused":
            self.failed.append(await fail_one(desk, text, REJECTED))
        elif step in ("send", "send again", "send lost"):
            await fail_one(desk, text, LOST) if step == "send lost" else await self._post(text, step)
            self._count()

    async def _post(self, text: str, step: str) -> None:
        for _ in range(3 if step == "send again" else 1):
            assert await post(self.desk, text) == 201
        await self.desk.work()

    def _count(self) -> None:
        self.sent += 1
        self.here += 1


@pytest.fixture
async def wide(desk: Desk) -> Desk:
    """Unlimited, and with earlier messages at UniPile that must not be counted."""
    await give_plan(desk.stack, desk.agent, "open")
    await desk.stack.sandbox.ok("PUT", "/sandbox/faults", {"webhooks_off": True})
    return desk


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_usage_matches_the_rows_after_any_mix_of_events(wide: Desk, steps: list[str]) -> None:
    await wide.harness.execute(FORGET_USAGE)
    # Messages of an earlier example predate this connection and are not counted.
    await wide.harness.execute("update channels_account set connected_at = now()")
    mix = Mix(wide)
    for step in steps:
        await mix.do(step)
        assert await drift(wide) == [], step
        assert await used(wide.agent) == (mix.sent, mix.received, mix.here), (step, steps)

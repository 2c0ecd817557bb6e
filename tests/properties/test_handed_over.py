"""An account changes its payer within a month: each message stays counted for its payer, to the unit."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import Config
from server.realtime.broker import publish_to_user
from server.store.plans import usage, usage_checks
from server.web.app_keys import ENTITLEMENTS, UNIPILE
from tests.properties.payer_model import PayerModel
from tests.properties.strategies import repeatable
from tests.support.factories import add_member
from tests.support.fixtures_stack import run_stack
from tests.support.fixtures_tiny import give_plan, used
from tests.support.peers import Peer, message_received
from tests.support.send_harness import POST_MESSAGE, open_sender
from workers.people.usage import UsagePushes

FORGET = """
    delete from channels_message; delete from channels_chat_start;
    delete from channels_usage; delete from channels_usage_day; delete from channels_usage_gone"""
MONTH_AGO = "now() - interval '1 month'"


@pytest.fixture
async def payers(small_plans: Config) -> AsyncIterator[PayerModel]:
    """Two users on unlimited plans; the test runs the jobs."""
    unipile = replace(small_plans.unipile, total_timeout_seconds=0.5)
    config = replace(small_plans, unipile=unipile, pace=replace(small_plans.pace, enabled=False))
    async with run_stack(config, with_workers=False) as stack, open_sender(stack) as sender:
        await sender.worker.execute(FORGET)
        ana, bia = sender.agent, await stack.sign_in("bia")
        for peer in (ana, bia):
            await give_plan(stack, peer, "open")
        await add_member(stack, sender.account_id, bia, "agent")
        await sender.fail(webhooks_off=True)
        yield PayerModel(sender, (ana, bia), ana)


STEPS = (
    *("in", "phone", "hand over", "hand over", "reserve", "sent", "refused", "lost", "retry"),
    *("start", "begin", "echo", "erase"),
)


@repeatable(40)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=16))
async def test_each_unit_stays_with_the_payer_it_was_taken_from(payers: PayerModel, steps: list[str]) -> None:
    await payers.sender.worker.execute(FORGET)
    # All texts are unique, so that messages of another example are not matched to this one.
    now = PayerModel(payers.sender, payers.people, payers.payer, payers.step_count)
    try:
        for step in steps:
            await now.do(step)
            await now.check((step, steps))
    finally:
        payers.payer, payers.step_count = now.payer, now.step_count


@pytest.mark.parametrize("how", ["sent", "refused", "lost"])
async def test_a_send_in_flight_stays_with_its_payer(payers: PayerModel, how: str) -> None:
    for step in ("reserve", "hand over", how, "retry", "hand over", "sent", "hand over", "erase", "in"):
        await payers.do(step)
        await payers.check(step)


async def test_a_first_message_in_flight_stays_with_its_payer(
    payers: PayerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payer changes during the UniPile call, and the echo arrives before the response."""
    client, released = payers.sender.stack.app[UNIPILE], asyncio.Event()
    ask, asked = client.start_chat, asyncio.Event()

    async def wait(*arguments: str) -> Any:
        found = await ask(*arguments)
        asked.set()
        await released.wait()
        return found

    monkeypatch.setattr(client, "start_chat", wait)
    sending = asyncio.create_task(payers._post_start(payers._start_body()))
    await asked.wait()
    payers.count(payers.payer, here=1)
    await payers.hand_over()
    await payers.check("on its way")
    released.set()
    assert (await sending).status == 201
    payers.count(payers.other, sent=1)
    await payers.check("sent")
    for step in ("begin", "hand over", "hand over", "begin", "hand over", "echo", "echo"):
        await payers.do(step)
        await payers.check(step)


async def test_a_refund_for_a_past_month_goes_to_its_payer(payers: PayerModel) -> None:
    await payers.do("reserve")
    await payers.do("lost")
    await payers.sender.worker.execute(
        f"""update channels_message set created_at = {MONTH_AGO};
            update channels_usage set period_ym = usage_month({MONTH_AGO});
            update channels_usage_day set day = ({MONTH_AGO})::date"""
    )
    payers.counted.clear()
    past = f"select user_id, sent_here from channels_usage where period_ym = usage_month({MONTH_AGO})"
    ana, bia = payers.people
    await payers.hand_over()
    await payers.check("another month")
    assert await payers.sender.worker.fetch(past) == [{"user_id": ana.user_id, "sent_here": 1}]
    (message_id, _) = payers.again.pop()
    await bia.ok("POST", f"{payers.path}/messages/{message_id}/retry")
    payers.count(bia, sent=1, here=1)
    await payers.check("tried again")
    assert await payers.sender.worker.fetch(past) == [{"user_id": ana.user_id, "sent_here": 0}]


async def test_an_erased_account_leaves_the_counts_of_all_payers(payers: PayerModel) -> None:
    for step in ("in", "begin", "hand over", "phone", "start", "reserve", "hand over", "in"):
        await payers.do(step)
    await payers.sender.worker.execute("delete from channels_account")
    await payers.check("gone")


async def test_the_schema_accepts_only_owners_as_payers(payers: PayerModel) -> None:
    """Whatever writes the rows: otherwise the payer could be removed from the account."""
    values = {"id": payers.sender.account_id, "user_id": payers.people[1].user_id}
    with pytest.raises(psycopg2.errors.RestrictViolation):
        await payers.sender.worker.execute(
            "update channels_account set user_id = %(user_id)s where id = %(id)s", **values
        )


# -- at the same time ------------------------------------------------------------------------------------------------


async def test_concurrent_handovers_lose_and_double_nothing(payers: PayerModel) -> None:
    """Sends of two users, incoming messages and the outbox run concurrently with repeated payer changes."""
    sender, chat_id = payers.sender, payers.sender.chat["provider_chat_id"]
    ended = asyncio.Event()

    async def send(peer: Peer) -> int:
        path = f"{payers.path}/chats/{sender.chat['id']}/send"
        for n in range(12):
            await peer.ok("POST", path, {"text": f"{peer.user_id} {n}", "client_id": f"{peer.user_id}-{n}"})
        return 12

    async def receive() -> int:
        for n in range(12):
            await sender.worker.store(message_received("acc-1", f"in {n}", chat_id=chat_id))
        return 12

    async def swap() -> int:
        swaps = 0
        while not ended.is_set():
            await payers.hand_over()
            swaps += 1
        return swaps

    async def settle() -> None:
        while not ended.is_set():
            await sender.run_outbox()

    await sender.fail(routes=[POST_MESSAGE | {"status": 422, "probability": 0.5}], webhooks_off=True)
    swapping, settling = asyncio.create_task(swap()), asyncio.create_task(settle())
    sent, _, received = await asyncio.gather(*(send(peer) for peer in payers.people), receive())
    ended.set()
    assert await swapping > 1
    await settling
    await sender.run_outbox()
    rows = await sender.sent()
    assert (len(rows), {row["status"] for row in rows}) == (2 * sent, {"sent", "failed"})
    good = sum(row["status"] == "sent" for row in rows)
    counted = [await used(peer) for peer in payers.people]
    assert [sum(column) for column in zip(*counted, strict=True)] == [good, received, good]
    assert await sender.worker.parts.database.write(usage_checks.list_drift) == []
    await sender.worker.execute(FORGET)


async def test_the_previous_payer_receives_refunds_live(payers: PayerModel) -> None:
    """Their usage decreases by refunds of an account that they no longer pay for."""
    parts, pushes = payers.sender.worker.parts, UsagePushes()
    socket = await payers.people[0].listen()
    await payers.do("reserve")
    await pushes.push(parts)
    await socket.wait_for_event("usage:updated", sent_here=1)
    await payers.hand_over()
    await payers.sender.worker.execute("update channels_usage set pushed_at = now() - interval '1 hour'")
    await payers.do("refused")
    await pushes.push(parts)
    await socket.wait_for_event("usage:updated", sent_here=0)
    # And is not notified of the next payer's usage.
    await payers.sender.worker.execute("update channels_usage set updated_at = now() - interval '1 minute'")
    await payers.do("in")
    await pushes.push(parts)
    assert await parts.database.read(usage.list_owners, [payers.sender.account_id]) == [payers.payer.user_id]
    await publish_to_user(parts.redis, payers.people[0].user_id, b'{"event": "end", "data": {}}')
    await socket.wait_for_event("end")
    assert len(socket.events("usage:updated")) == 2


async def test_the_limit_is_that_of_the_current_payer(
    payers: PayerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on an instance that does not know the new payer yet."""
    ana, bia = payers.people
    await give_plan(payers.sender.stack, bia, "tiny")
    await payers.hand_over()

    async def stale(*_: object) -> int:
        return ana.user_id

    monkeypatch.setattr(payers.sender.stack.app[ENTITLEMENTS], "owner_of", stale)
    path = f"{payers.path}/chats/{payers.sender.chat['id']}/send"
    answers = await asyncio.gather(*(ana.call("POST", path, {"text": str(n)}) for n in range(8)))
    assert sorted(answer.status for answer in answers) == [201] * 5 + [402] * 3
    assert (await payers._post_start(payers._start_body())).status == 402
    assert (await used(ana), await used(bia)) == ((0, 0, 0), (5, 0, 5))
    monkeypatch.undo()
    await payers.hand_over()
    assert (await ana.call("POST", path, {"text": "one more"})).status == 201

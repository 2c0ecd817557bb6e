"""Reactions, edits and deletions in any order, repeated, before or after their message, give the same rows, whether
UniPile can be read or only its webhooks are available.
"""

from typing import Any, NamedTuple

import orjson
import pytest
from arq.constants import job_key_prefix
from hypothesis import given
from hypothesis import strategies as st

from server.queue import AMEND_MESSAGE, QueuedEvent
from server.rules.amendments import ProviderReaction
from server.unipile.errors import Rejected
from server.unipile.message_state import MessageState
from tests.properties.strategies import delivery_orders, repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, delivery, written_by_us
from workers.messages import ingest
from workers.messages.amendments import amend_message

MESSAGES = 3
EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat),
        u as (delete from channels_usage), k as (delete from channels_contact), r as (delete from channels_amendment)
    update channels_account set seq = 0"""
ROWS = """
    select m.provider_msg_id, m.body, m.attachments::text, m.reactions::text, m.edited_at is not null as is_edited,
        m.deleted_at is not null as is_deleted, m.status, c.last_message_preview, c.unread_count
    from channels_message m join channels_chat c on c.id = m.chat_id order by 1"""
SEQS = """
    select a.seq, array_agg(r.seq order by r.seq) as taken from channels_account a
    join (select account_id, seq from channels_message union all select account_id, seq from channels_chat) r
        on r.account_id = a.id group by 1"""


class Amendment(NamedTuple):
    """An amendment of a message; its index in the list is its time."""

    kind: str
    message: int
    person: str
    value: str


AMENDMENT = st.one_of(
    st.builds(
        Amendment,
        st.just("message_reaction"),
        st.integers(0, MESSAGES - 1),
        st.sampled_from(("Bia", "Caio", "me")),
        st.sampled_from(("👍", "❤️", "")),
    ),
    st.builds(
        Amendment,
        st.just("message_edited"),
        st.integers(0, MESSAGES - 1),
        st.just(""),
        st.sampled_from(("um", "dois", "três")),
    ),
    st.builds(Amendment, st.just("message_deleted"), st.integers(0, MESSAGES - 1), st.just(""), st.just("")),
)


class Plan(NamedTuple):
    """The amendments, and two delivery orders: batches of indexes, messages first, some repeated."""

    done: tuple[Amendment, ...]
    ways: tuple[list[list[int]], list[list[int]]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    done = tuple(draw(st.lists(AMENDMENT, min_size=1, max_size=8)))
    count = MESSAGES + len(done)
    return Plan(done, (draw(delivery_orders(count, max_cuts=4)), draw(delivery_orders(count, max_cuts=4))))


def person(name: str) -> dict[str, Any]:
    phones = {"Bia": "5511988880000", "Caio": "5511988880001", "me": "5511900000001"}
    found: dict[str, Any] = message_received("acc-1", phone=phones[name], name=name)["sender"]
    return found


def messages() -> list[dict[str, Any]]:
    """Two from the customer and one of ours, at different times."""
    bodies = [message_received("acc-1", f"texto {n}", message_id=f"m-{n}") for n in range(MESSAGES - 1)]
    bodies.append(written_by_us("texto nosso", message_id=f"m-{MESSAGES - 1}"))
    return [
        body | {"timestamp": f"2026-03-02T09:00:0{n}.000Z", "chat_id": "chat-1"}
        for n, body in enumerate(bodies)
    ]


def event_of(done: Amendment, written: list[dict[str, Any]], index: int) -> QueuedEvent:
    """The webhook of §4.4 in the web process's envelope, timestamped in the order of the amendments."""
    body = written[done.message] | {"event": done.kind}
    if done.kind == "message_reaction":
        body |= {"reaction": done.value, "reaction_sender": person(done.person)}
    else:
        body |= {"message": done.value or None, "attachments": []}
    return delivery(body) | {"received_at": f"2026-03-02T10:00:{index:02}.000+00:00"}


def state_of(done: tuple[Amendment, ...], message: int, written: list[dict[str, Any]]) -> MessageState:
    """UniPile's final state."""
    body, is_edited, is_deleted = written[message]["message"], False, False
    reactions: dict[str, str] = {}
    for change in done:
        if change.message != message or is_deleted:
            continue
        if change.kind == "message_reaction":
            reactions[change.person] = change.value
        elif change.kind == "message_edited":
            body, is_edited = change.value, True
        else:
            body, is_deleted, reactions = None, True, {}
    shown: list[ProviderReaction] = [
        {"value": value, "provider_id": person(who)["attendee_provider_id"], "is_own": who == "me"}
        for who, value in reactions.items()
        if value
    ]
    return MessageState(body, is_edited, is_deleted, shown)


async def run_queued_reads(harness: WorkerHarness) -> None:
    """Run the queued reads."""
    for key in await harness.parts.redis.keys(job_key_prefix + "*"):
        job = orjson.loads(await harness.parts.redis.get(key))
        await harness.parts.redis.delete(key)
        if job["f"] == AMEND_MESSAGE:
            await amend_message(harness.context(), *job["a"])


async def outcome_of(
    harness: WorkerHarness, events: list[QueuedEvent], batches: list[list[int]]
) -> list[dict[str, Any]]:
    await harness.execute(EMPTY)
    for batch in batches:
        await ingest.store_events(harness.context(), [events[index] for index in batch])
        await run_queued_reads(harness)
    for account in await harness.fetch(SEQS):
        assert len(set(account["taken"])) == len(account["taken"])
        assert max(account["taken"]) <= account["seq"]
    return await harness.fetch(ROWS)


@pytest.mark.parametrize("is_readable", [True, False])
@repeatable(40)
@given(plan=plans())
async def test_any_order_of_amendments_gives_the_same_rows(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch, plan: Plan, is_readable: bool
) -> None:
    written = messages()
    events = [delivery(body) for body in written]
    events += [event_of(done, written, index) for index, done in enumerate(plan.done)]
    states = {f"m-{n}": state_of(plan.done, n, written) for n in range(MESSAGES)}

    async def fetch_message(provider_msg_id: str) -> MessageState:
        if not is_readable:
            raise Rejected("resource_not_found", "No message with this id.", 404)
        return states[provider_msg_id]

    monkeypatch.setattr(harness.parts.unipile, "fetch_message", fetch_message)
    first, second = plan.ways
    rows = await outcome_of(harness, events, first)
    assert rows == await outcome_of(harness, events, second)
    assert await harness.usage() == (1, 2)
    for row in rows:
        state = states[row["provider_msg_id"]]
        shown = {(r["value"], r["is_own"]) for r in orjson.loads(row["reactions"])}
        assert (row["body"], row["is_deleted"]) == (state.body, state.is_deleted)
        assert shown == {(r["value"], r["is_own"]) for r in state.reactions}
        assert row["is_edited"] == (state.is_edited and not state.is_deleted)

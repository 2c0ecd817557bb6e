"""Any order, duplication and batching of contact reports gives the same contacts, however they are linked."""

from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import delivery_orders, repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness

EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat),
        u as (delete from channels_usage), k as (delete from channels_contact)
    update channels_account set seq = 0"""
CONTACTS = """
    select k.provider_id, k.name, k.phone,
        array(select a.alias from channels_contact_alias a where a.contact_id = k.id
              order by a.alias collate "C") as names
    from channels_contact k order by 1"""
SEQS = """
    select a.seq, array_agg(r.seq order by r.seq) as taken from channels_account a
    join (select account_id, seq from channels_message union all select account_id, seq from channels_chat
          union all select account_id, seq from channels_contact where seq > 0) r on r.account_id = a.id group by 1"""


class Glimpse(NamedTuple):
    """The identifiers of a contact in one event, one or more."""

    lid: int | None
    phone: int | None
    attendee: int | None
    name: str | None
    second: int
    is_direct: bool


GLIMPSE = st.builds(
    Glimpse,
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(1, 4)),
    st.one_of(st.none(), st.integers(1, 4)),
    st.sampled_from((None, "", "Bia", "Bia Lima", "Álvaro")),
    st.integers(0, 3),
    st.booleans(),
).filter(lambda seen: seen.lid is not None or seen.phone is not None)


class Plan(NamedTuple):
    """The same glimpses in two delivery orders: batches of indexes, some repeated."""

    seen: tuple[Glimpse, ...]
    ways: tuple[list[list[int]], list[list[int]]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    seen = tuple(draw(st.lists(GLIMPSE, min_size=2, max_size=7)))
    return Plan(
        seen, (draw(delivery_orders(len(seen), max_cuts=6)), draw(delivery_orders(len(seen), max_cuts=6)))
    )


def body_of(position: int, seen: Glimpse) -> dict[str, Any]:
    """A message whose author has these identifiers, in a group or in the chat with the author."""
    lid = None if seen.lid is None else f"{seen.lid}00@lid"
    digits = None if seen.phone is None else f"551190000000{seen.phone}"
    jid = digits and f"{digits}@s.whatsapp.net"
    sender = {
        "attendee_id": None if seen.attendee is None else f"attendee-{seen.attendee}",
        "attendee_provider_id": lid or jid,
        "attendee_name": seen.name,
        "attendee_public_identifier": jid,
        "attendee_specifics": {"phone_number": f"+{digits}" if digits else "hidden", "lid": lid},
    }
    return message_received(
        "acc-1",
        f"texto {position}",
        message_id=f"m-{position}",
        timestamp=f"2026-03-02T09:00:0{seen.second}.000Z",
        chat_id=f"d-{lid or jid}" if seen.is_direct else "g-1",
        provider_chat_id=(lid or jid) if seen.is_direct else "9@g.us",
        is_group=not seen.is_direct,
    ) | {"sender": sender, "attendees": [sender] if seen.is_direct else []}


async def outcome_of(harness: WorkerHarness, bodies: list[dict[str, Any]], way: list[list[int]]) -> Any:
    await harness.execute(EMPTY)
    for batch in way:
        await harness.store(*(bodies[index] for index in batch))
    (account,) = await harness.fetch(SEQS)
    assert len(set(account["taken"])) == len(account["taken"]) and max(account["taken"]) <= account["seq"]
    return await harness.fetch(CONTACTS)


def expected_contacts(seen: tuple[Glimpse, ...]) -> list[set[str]]:
    """Reference implementation: identifiers that were ever seen together belong to one contact."""
    groups: list[set[str]] = []
    for glimpse in seen:
        names = {
            f"{kind}{position}"
            for kind, position in zip("lpa", glimpse[:3], strict=True)
            if position is not None
        }
        same = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names] + [names.union(*same)]
    return groups


@repeatable(60)
@given(plan=plans())
async def test_any_order_gives_the_same_contacts(harness: WorkerHarness, plan: Plan) -> None:
    bodies = [body_of(position, seen) for position, seen in enumerate(plan.seen)]
    first, second = [await outcome_of(harness, bodies, way) for way in plan.ways]
    assert first == second
    assert sorted(len(contact["names"]) for contact in first) == sorted(
        map(len, expected_contacts(plan.seen))
    )

"""Any order, duplication and batching of the same events gives the same rows, unread counts and usage."""

from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import delivery_orders, repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, receipt

ACCOUNTS = ("acc-1", "acc-2")
PHONES = ("5511911110001", "5511911110002")
NAMES = (None, "Bia", "Bia Lima", "Álvaro")
# Few, so that equal times are common: WhatsApp has a resolution of one second.
MOMENTS = tuple(f"2026-03-02T09:00:0{second}.000Z" for second in range(4))
EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat),
        u as (delete from channels_usage), k as (delete from channels_contact), r as (delete from channels_receipt)
    update channels_account set seq = 0"""

# Rows by provider id; our own ids and times differ from run to run.
MESSAGES = """
    select a.external_account_id, c.provider_chat_id, m.provider_msg_id, m.direction, m.status, m.body,
        m.is_event, m.event_type, rfc3339(m.sent_at), m.sender::text
    from channels_message m join channels_chat c on c.id = m.chat_id
    join channels_account a on a.id = m.account_id order by 1, 3"""
CHATS = """
    select a.external_account_id, c.provider_chat_id, c.kind, c.title, c.unread_count, c.last_message_preview,
        rfc3339(c.last_message_at), last.provider_msg_id, c.titled_at
    from channels_chat c join channels_account a on a.id = c.account_id
    left join channels_message last on last.id = c.last_message_id order by 1, 2"""
CONTACTS = """
    select a.external_account_id, k.provider_id, k.name, k.phone
    from channels_contact k join channels_account a on a.id = k.account_id order by 1, 2"""
# One for a customer's message changes nothing, and is removed with the next that does.
WAITING = """
    select r.account_id, r.provider_msg_id, r.status from channels_receipt r
    where not exists (select from channels_message m where m.account_id = r.account_id
        and m.provider_msg_id = r.provider_msg_id and m.direction = 'in') order by 1, 2"""
# The counters beside what the rows say.
UNREAD = """
    select c.provider_chat_id, c.unread_count, (select count(*) from channels_message m where m.chat_id = c.id
        and m.direction = 'in' and not m.is_event and m.inserted_seq > c.read_seq) as unread
    from channels_chat c"""
COUNTED = """
    select count(*) filter (where direction = 'out') as sent,
        count(*) filter (where direction = 'in') as received
    from channels_message where not is_event"""
SEQS = """
    select a.external_account_id, a.seq, array_agg(r.seq order by r.seq) as taken from channels_account a
    join (select account_id, seq from channels_message union all select account_id, seq from channels_chat) r
        on r.account_id = a.id group by 1, 2"""


class Message(NamedTuple):
    """A message to deliver."""

    account: str
    phone: str
    name: str | None
    moment: str
    is_own: bool
    is_system: bool
    is_group: bool


class Tick(NamedTuple):
    account: str
    kind: str
    message: int


class Plan(NamedTuple):
    """The same events in two delivery orders: batches of indexes, some repeated."""

    events: tuple[Message | Tick, ...]
    ways: tuple[list[list[int]], list[list[int]]]


MESSAGE = st.builds(
    Message,
    st.sampled_from(ACCOUNTS),
    st.sampled_from(PHONES),
    st.sampled_from(NAMES),
    st.sampled_from(MOMENTS),
    st.booleans(),
    st.integers(0, 5).map(lambda n: n == 0),
    st.integers(0, 3).map(lambda n: n == 0),
)
TICK = st.builds(
    Tick,
    st.sampled_from(ACCOUNTS),
    st.sampled_from(("message_delivered", "message_read")),
    st.integers(0, 9),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    events = tuple(draw(st.lists(MESSAGE, min_size=1, max_size=8)) + draw(st.lists(TICK, max_size=5)))
    return Plan(
        events,
        (draw(delivery_orders(len(events), max_cuts=5)), draw(delivery_orders(len(events), max_cuts=5))),
    )


def body_of(index: int, event: Message | Tick) -> dict[str, Any]:
    if isinstance(event, Tick):
        return receipt(event.kind, f"m-{event.message}", event.account)
    customer = message_received(event.account, phone=event.phone, name=event.name)["sender"]
    own = customer | {"attendee_provider_id": "me@lid", "attendee_name": "Loja", "attendee_specifics": None}
    return message_received(
        event.account,
        f"texto {index}",
        phone=event.phone,
        message_id=f"m-{index}",
        timestamp=event.moment,
        chat_id=f"group-{event.phone}" if event.is_group else f"chat-{event.phone}",
        is_group=event.is_group,
        is_sender=event.is_own,
        is_event=int(event.is_system),
        event_type=1 if event.is_system else None,
    ) | {"sender": own if event.is_own else customer, "attendees": [own, customer]}


async def outcome_of(
    harness: WorkerHarness, bodies: list[dict[str, Any]], batches: list[list[int]]
) -> dict[str, Any]:
    """Start without rows, deliver everything, compare the counters with the rows, and return the rows."""
    await harness.execute(EMPTY)
    for batch in batches:
        await harness.store(*(bodies[index] for index in batch))
    for chat in await harness.fetch(UNREAD):
        assert chat["unread_count"] == chat["unread"], chat
    (counted,) = await harness.fetch(COUNTED)
    assert await harness.usage() == (counted["sent"], counted["received"])
    for account in await harness.fetch(SEQS):
        assert len(set(account["taken"])) == len(account["taken"])
        assert max(account["taken"]) <= account["seq"]
    queries = {"messages": MESSAGES, "chats": CHATS, "contacts": CONTACTS, "waiting": WAITING}
    described: dict[str, Any] = {name: await harness.fetch(query) for name, query in queries.items()}
    return described | {"usage": counted}


@repeatable(60)
@given(plan=plans())
async def test_any_order_gives_the_same_rows(harness: WorkerHarness, plan: Plan) -> None:
    await harness.make_account("acc-2")
    bodies = [body_of(index, event) for index, event in enumerate(plan.events)]
    first, second = plan.ways
    assert await outcome_of(harness, bodies, first) == await outcome_of(harness, bodies, second)

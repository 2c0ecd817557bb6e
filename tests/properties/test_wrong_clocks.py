"""A clock that is ahead pins no chat, preview or read state; the time from UniPile is still shown."""

from datetime import UTC, datetime, timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from server.queue import QueuedEvent
from server.unipile.fields.times import CLOCK_SKEW, sent_times
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, delivery, written_by_us
from workers.messages import ingest

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EMPTY = """
    with m as (delete from channels_message), c as (delete from channels_chat), u as (delete from channels_usage)
    update channels_account set seq = 0"""
SHOWN = """
    select (select body from channels_message m where m.chat_id = c.id
            order by sent_at desc, id desc limit 1) as newest,
        c.last_message_preview, c.last_message_at, c.unread_count from channels_chat c"""

# (own, seconds its clock is ahead) of messages that arrive ten minutes apart.
CLOCKS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0, -30, 30, 3600, 86400 * 400])), min_size=1, max_size=6
)


def queued_message(index: int, is_own: bool, ahead: int) -> QueuedEvent:
    """A message as the web process queues it."""
    received = NOON + timedelta(minutes=10 * index)
    body = written_by_us(f"texto {index}") if is_own else message_received("acc-1", f"texto {index}")
    sent_at = (received + timedelta(seconds=ahead)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body |= {"timestamp": sent_at, "chat_id": "chat-1"}
    return delivery(body) | {"received_at": received.isoformat(timespec="milliseconds")}


@repeatable(60)
@given(clocks=CLOCKS)
async def test_no_clock_pins_a_chat(harness: WorkerHarness, clocks: list[tuple[bool, int]]) -> None:
    """A later arrival is newer, is the preview, and is unread, whatever earlier clocks said."""
    await harness.execute(EMPTY)
    for index, (is_own, ahead) in enumerate([*clocks, (False, 0)]):
        await ingest.store_events(harness.context(), [queued_message(index, is_own, ahead)])
    (chat,) = await harness.fetch(SHOWN)
    last = NOON + timedelta(minutes=10 * len(clocks))
    assert chat["newest"] == chat["last_message_preview"] == f"texto {len(clocks)}"
    assert chat["last_message_at"] == last
    assert chat["unread_count"] == sum(not is_own for is_own, _ in clocks) + 1


async def test_the_time_from_unipile_is_shown(harness: WorkerHarness, listener: Listener) -> None:
    event = queued_message(0, is_own=False, ahead=3600)
    await ingest.store_events(harness.context(), [event])
    (data,) = [frame["data"] for _, frame in await listener.heard() if frame["event"] == "message:new"]
    assert data["sent_at"] == "2026-03-02T13:00:00.000Z"
    assert data["ordered_at"] == "2026-03-02T12:00:00.000Z"


def test_small_clock_differences_are_accepted() -> None:
    received, skew = "2026-03-02T12:00:00.000+00:00", CLOCK_SKEW.total_seconds()
    for seconds, is_ahead in ((-3600, False), (0, False), (skew, False), (skew + 0.001, True)):
        sent_at = (NOON + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
        assert sent_times(sent_at, received) == ((received, sent_at) if is_ahead else (sent_at, None))
    for absurd in (None, 7, "soon", "9999-99-99T00:00:00Z"):
        assert sent_times(absurd, received) == (received, None)
    assert orjson.dumps(sent_times("9999-12-31T23:59:59.999Z", received))

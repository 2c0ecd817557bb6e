"""Impossible times: a webhook is dated by its arrival, history by its neighbours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.unipile.lists.attendees import Attendees
from server.unipile.lists.messages import StoredMessage, read_stored
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.sync import store_pages
from workers.sync.store_pages import PageStore
from workers.sync.undated import date_undated

ARRIVAL = "2026-03-02T23:00:00.000Z"
IMPOSSIBLE: list[Any] = [
    *("1970-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2008-12-31T00:00:00Z"),
    *("", None, 0, -1, "0", "2024-13-45T00:00:00Z", "soon", True, [], {}, 1e300),
]


@pytest.mark.parametrize("reported", IMPOSSIBLE, ids=repr)
async def test_an_impossible_time_becomes_the_arrival(harness: WorkerHarness, reported: Any) -> None:
    await harness.store(message_received("acc-1", "Antes"), written_by_us("Sim."))
    await harness.store(message_received("acc-1", "Oi", timestamp=reported))
    (chat,) = await harness.chats()
    assert (chat["last_message_preview"], chat["unread_count"]) == ("Oi", 2)
    (message,) = [message for message in await harness.messages() if message["body"] == "Oi"]
    assert message["sent_at"] == ARRIVAL


@pytest.mark.parametrize("reported", [1772442845, "1772442845", 1772442845000, "2026-03-02 09:14:05"])
async def test_a_numeric_time_is_read(harness: WorkerHarness, reported: Any) -> None:
    await harness.store(message_received("acc-1", "Oi", timestamp=reported))
    (message,) = await harness.messages()
    assert message["sent_at"] == "2026-03-02T09:14:05.000Z"


def item(name: str, timestamp: Any, chat: str = "c-1", **more: Any) -> dict[str, Any]:
    where = {"chat_id": chat, "chat_provider_id": "5511988880000@s.whatsapp.net"}
    return {"id": name, "text": name, "timestamp": timestamp, "is_sender": 0, **where, **more}


def stored(*items: dict[str, Any]) -> list[StoredMessage]:
    read = [read_stored(one, "acc-1", {}, "direct", ARRIVAL) for one in items]
    return [message for message in read if message is not None]


def times(page: list[StoredMessage]) -> list[str]:
    return [message.event.sent_at[11:23] for message in page]


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(hour: int) -> str:
    return f"2026-03-02T{hour:02}:00:00.000Z"


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (
            [item("b", at(9)), item("?", None), item("a", at(8))],
            ["09:00:00.000", "08:59:59.999", "08:00:00.000"],
        ),
        ([item("?", None), item("a", at(8))], ["08:00:00.001", "08:00:00.000"]),
        ([item("?2", 0), item("?1", ""), item("a", at(8))], ["08:00:00.002", "08:00:00.001", "08:00:00.000"]),
        ([item("a", at(8)), item("?2", 0), item("?1", 0)], ["08:00:00.000", "07:59:59.999", "07:59:59.998"]),
        ([item("?2", 0), item("?1", 0)], ["11:59:59.999", "11:59:59.998"]),
        # Another chat's is better than none, its own better than another's.
        ([item("b", at(9), "c-2"), item("?", None)], ["09:00:00.000", "08:59:59.999"]),
        (
            [item("c", at(9)), item("b", at(8), "c-2"), item("?", 0)],
            ["09:00:00.000", "08:00:00.000", "08:59:59.999"],
        ),
    ],
)
def test_an_undated_message_is_dated_by_its_neighbours(page: list[dict[str, Any]], wanted: list[str]) -> None:
    assert times(date_undated(stored(*page), NOON)) == wanted


@pytest.mark.parametrize("reported", [None, "", "1970-01-01T00:00:00Z", 0, "2024-13-45T00:00:00Z"], ids=repr)
async def test_undated_history_is_never_new(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch, reported: Any
) -> None:
    async def no_attendees(self: object, chat: str) -> Attendees:
        return {}

    monkeypatch.setattr(store_pages.PageStore, "_attendees_of", no_attendees)
    begun = datetime.now(UTC) - timedelta(hours=1)
    await harness.execute("update channels_account set connected_at = %(begun)s", begun=begun)
    harness.received_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    (account,) = await harness.fetch("select id from channels_account")
    await harness.store(message_received("acc-1", "Hoje", timestamp=harness.received_at, chat_id="c-1"))
    reader = PageStore(harness.parts, account["id"], "acc-1", late_seconds=60)
    before = (datetime.now(UTC) - timedelta(minutes=30)).isoformat()
    taken = await reader.store([item("b", before), item("?", reported), item("alone", reported, "c-2")])
    assert taken.imported == 2
    chats = {chat["provider_chat_id"]: chat for chat in await harness.chats()}
    assert chats["c-1"]["last_message_preview"] == "Hoje"
    assert (chats["c-1"]["unread_count"], chats["c-2"]["unread_count"]) == (2, 0)
    rows = await harness.fetch("select body, sent_at, is_history from channels_message order by sent_at desc")
    assert [row["body"] for row in rows if row["body"] != "alone"] == ["Hoje", "b", "?"]
    assert {row["body"] for row in rows if row["is_history"]} == {"?", "alone"}
    assert all(row["sent_at"] < datetime.now(UTC) for row in rows)

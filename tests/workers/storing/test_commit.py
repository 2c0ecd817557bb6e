"""Malformed events are cleaned where possible, else dead-lettered, and never affect others of their batch."""

from collections.abc import Sequence

import orjson
import psycopg2
import pytest
from aiopg import Cursor

from server.errors import Unavailable
from server.store.messages import messages
from server.store.messages.message_rows import NewMessage
from tests.support.fixtures_stack import Stack
from tests.support.peers import WEBHOOK_SECRET, eventually, message_received
from tests.support.worker_harness import WorkerHarness, receipt
from workers.storing.batch import Batch


async def test_poisonous_events_leave_the_rest_of_their_batch_alone(harness: WorkerHarness) -> None:
    impossible = [
        message_received("acc-1", "id", message_id="x" * 20_000),
        message_received("acc-1", "chat", chat_id="\x00"),
        {key: value for key, value in message_received("acc-1", "none").items() if key != "message_id"},
        message_received("acc-1", "list", message_id=["a"]),
        receipt("message_read", ""),
        message_received("acc-" + "1" * 300, "account"),
    ]
    cleaned = [
        message_received("acc-1", "a\x00b"),
        message_received("acc-1", "objeto", attachments={"id": "att-1", "type": "img", "size": "huge"}),
        message_received("acc-1", "tempo", timestamp="+99999-13-77"),
        message_received("acc-1", "fim", timestamp="9999-12-31T23:59:59-23:00"),
        message_received("acc-1", "tipos", sender="nobody", quoted=[], event_type=2**70, is_group="no"),
    ]
    sound = [message_received("acc-1", "boa"), message_received("acc-1", "também")]
    await harness.store(sound[0], *impossible, *cleaned, sound[1])
    stored = {m["body"]: m for m in await harness.messages()}
    assert set(stored) == {"boa", "também", "a\ufffdb", "objeto", "tempo", "fim", "tipos"}
    assert orjson.loads(stored["objeto"]["attachments"])[0]["id"] == "att-1"
    assert stored["tempo"]["sent_at"] == "2026-03-02T23:00:00.000Z"
    assert await harness.usage() == (0, 7)
    dead = await harness.dead_letters()
    assert [orjson.loads(dead_letter["body"]) for dead_letter in dead] == impossible
    assert {dead_letter["reason"] for dead_letter in dead} == {
        f"{name} is missing or impossible" for name in ("message_id", "chat_id", "account_id")
    }


async def test_an_event_that_the_database_rejects_is_isolated_in_halves(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, calls = messages.insert_messages, 0

    async def reject(cursor: Cursor, rows: Sequence[NewMessage]) -> list[messages.InsertedMessage]:
        nonlocal calls
        calls += 1
        if any(row["body"] == "veneno" for row in rows):
            raise psycopg2.DataError("the database cannot hold this")
        return await insert(cursor, rows)

    monkeypatch.setattr(messages, "insert_messages", reject)
    events = [message_received("acc-1", "veneno" if n == 11 else f"texto {n}") for n in range(20)]
    await harness.store(*events)
    assert {m["body"] for m in await harness.messages()} == {f"texto {n}" for n in range(20) if n != 11}
    (dead_letter,) = await harness.dead_letters()
    assert (orjson.loads(dead_letter["body"])["message_id"], dead_letter["reason"]) == (
        events[11]["message_id"],
        "DataError",
    )
    assert await harness.usage() == (0, 19)
    assert (await harness.chat())["unread_count"] == 19
    assert calls < 12
    await harness.store(*events)
    assert len(await harness.dead_letters()) == 1
    assert await harness.usage() == (0, 19)


async def test_an_unavailable_database_is_not_taken_for_poison(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object) -> None:
        raise psycopg2.OperationalError("the server went away")

    monkeypatch.setattr("workers.messages.webhook_batch.accounts.note_webhooks", break_down)
    with pytest.raises(Unavailable):
        await harness.store(message_received("acc-1"), message_received("acc-1"))
    assert await harness.dead_letters() == []


def test_a_batch_knows_only_locked_accounts() -> None:
    with pytest.raises(KeyError):
        Batch({}).account_id("acc-1")


async def test_a_lone_surrogate_travels_the_whole_way_cleaned(stack: Stack) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    body = orjson.dumps(message_received("acc-1", "SURROGATE")).replace(b"SURROGATE", rb"a\ud83db")
    answer = await post_raw(stack, body)
    assert answer == 200
    (chat,) = await eventually(lambda: agent.chats(account["id"]))
    assert [m["body"] for m in await agent.messages(account["id"], chat["id"])] == ["a\ufffdb"]


@pytest.mark.parametrize("depth", [260, 300, 1018])
async def test_an_event_that_could_not_be_written_again_is_not_acknowledged(
    web_only: Stack, depth: int
) -> None:
    """orjson reads 1,024 levels but writes 254: such an event was acknowledged, and then arq deleted the
    whole job, because neither the event nor the job could be written as a dead letter.
    """
    body = orjson.dumps(message_received("acc-1"))[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"
    assert await post_raw(web_only, body) == 400


async def test_a_deeply_nested_event_that_is_acknowledged_can_be_put_aside(
    web_only: Stack, harness: WorkerHarness
) -> None:
    for kind, name in (("message_received", b"message_id"), ("message_unheard_of", b"")):
        event = orjson.dumps(message_received("acc-1", event=kind)).replace(name or b"?", b"nothing")
        assert await post_raw(web_only, event[:-1] + b',"x":' + b"[" * 240 + b"]" * 240 + b"}") == 200
    for events in await harness.waiting():
        await harness.store(*(event["body"] for event in events))
    assert len(await harness.dead_letters()) == len(await harness.dead_letters("ignored")) == 1


async def post_raw(stack: Stack, body: bytes) -> int:
    headers = {"Unipile-Auth": WEBHOOK_SECRET}
    answer = await stack.stranger.call("POST", "/api/webhooks/unipile/messages", body, headers=headers)
    return answer.status

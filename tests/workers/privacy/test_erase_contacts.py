"""Erasing a contact leaves no data, and no late event restores it, in any order and with any repetitions."""

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.store.privacy import contact_erasures
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, written_by_us
from workers.privacy.erase_contacts import erase_contacts

PHONE, OTHER = "5511977770001", "5511977770002"
# In all provider data about them, and in all their messages.
MARK = "Zuleika"
COLUMNS = """
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and data_type in ('text', 'jsonb', 'ARRAY', 'character varying', 'tsvector')
        and table_name !~ 'yoyo'"""
AFTER = "2027-01-01T00:00:00.000Z"


def of_her(text: str | None = f"{MARK} writes", **more: Any) -> dict[str, Any]:
    return message_received("acc-1", text, phone=PHONE, name=f"{MARK} Prado", **more)


def of_another(text: str, **more: Any) -> dict[str, Any]:
    return message_received("acc-1", text, phone=OTHER, name="Caio Reis", **more)


def in_group(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"is_group": True, "chat_id": "group-1", "provider_chat_id": "120363@g.us"}


def reacted(by: dict[str, Any], message_id: str) -> dict[str, Any]:
    return {
        "event": "message_reaction",
        "account_id": "acc-1",
        "message_id": message_id,
        "reaction": "👍",
        "reaction_sender": by["sender"],
    }


def answering(event: dict[str, Any], quoted: dict[str, Any]) -> dict[str, Any]:
    pushed = {
        "message_id": quoted["message_id"],
        "text": quoted["message"],
        "sender_id": quoted["sender"]["attendee_provider_id"],
    }
    return event | {"quoted": pushed, "reply_to": None}


def past() -> list[dict[str, Any]]:
    """All her data before the erasure: her chat, her messages in a group, reactions, quotes, ticks, edits."""
    direct = of_her(message_id="hers-1")
    ours = written_by_us(f"Dear {MARK}", phone=PHONE, name=f"{MARK} Prado", message_id="ours-1")
    grouped = in_group(of_her(f"{MARK} in the group", message_id="hers-2"))
    other = in_group(of_another("Good morning", message_id="other-1"))
    answer = in_group(answering(of_another("I agree", message_id="other-2"), grouped))
    edited = {
        "event": "message_edited",
        "account_id": "acc-1",
        "chat_id": direct["chat_id"],
        "message_id": "hers-1",
        "message": f"{MARK} edits",
    }
    early = edited | {"message_id": "hers-never"}
    unknown = {
        "event": "message_pinned",
        "account_id": "acc-1",
        "message_id": "hers-1",
        "sender": direct["sender"],
    }
    tick = {"event": "message_read", "account_id": "acc-1", "message_id": "ours-1"}
    alone = of_another("Unread still", message_id="other-3")
    return [
        direct,
        ours,
        grouped,
        other,
        answer,
        edited,
        early,
        unknown,
        tick,
        reacted(grouped, "other-1"),
        alone,
    ]


async def erase(harness: WorkerHarness) -> int:
    (row,) = await harness.fetch(
        "select contact_id from channels_contact_alias where alias = %(name)s", name=f"1{PHONE}@lid"
    )
    contact_id: int = row["contact_id"]
    (account,) = await harness.fetch("select id from channels_account")
    assert await harness.parts.database.write(
        contact_erasures.begin_erasure, harness.parts.name_hasher, account["id"], contact_id, None
    )
    await erase_contacts(harness.parts)
    return contact_id


async def traces(harness: WorkerHarness, *words: str) -> list[str]:
    """The columns of all tables that contain any of these texts."""
    found = []
    for column in await harness.fetch(COLUMNS):
        table, name = column["table_name"], column["column_name"]
        rows = await harness.fetch(
            f'select "{name}"::text as value from "{table}" where "{name}" is not null'
        )
        found += [
            f"{table}.{name}: {row['value'][:60]}"
            for row in rows
            if any(word.lower() in row["value"].lower() for word in words)
        ]
    return found


async def empty(harness: WorkerHarness) -> None:
    for table in ("message", "chat", "contact", "receipt", "amendment", "erased", "erasure", "gone", "usage"):
        await harness.execute(f"delete from channels_{table}")
    await harness.execute("delete from dead_letters")
    await harness.execute("update channels_account set seq = 0, has_erased = false")


PLAN_ONE = """
    insert into channels_planned_message (account_id, chat_id, user_id, author_kind, author_id, body, client_id,
        send_at, seq)
    select a.id, c.id, a.user_id, 'user', a.user_id, %(text)s, 'p-' || c.id, now() + interval '1 day', 1
    from channels_account a join channels_chat c on c.account_id = a.id
    where exists (select from channels_message m where m.chat_id = c.id and m.provider_msg_id = 'hers-1')"""


async def test_no_data_of_an_erased_contact_remains(harness: WorkerHarness) -> None:
    await harness.store(*past())
    await harness.execute(PLAN_ONE, text=f"{MARK} tomorrow")
    assert any("planned" in trace for trace in await traces(harness, MARK))
    assert await traces(harness, MARK)
    sent, received = await harness.usage()

    await erase(harness)

    assert await traces(harness, MARK, PHONE, "hers-1", "hers-2", "ours-1") == []
    left = {row["provider_msg_id"] for row in await harness.messages()}
    assert left == {"other-1", "other-2", "other-3"}
    assert await harness.usage() == (sent, received)


async def test_messages_of_others_are_unchanged(harness: WorkerHarness) -> None:
    await harness.store(*past())
    await erase(harness)
    chats = {chat["provider_chat_id"]: chat for chat in await harness.chats()}
    assert set(chats) == {"group-1", f"chat-{OTHER}"}
    assert chats["group-1"]["last_message_preview"] == "I agree"
    assert chats["group-1"]["unread_count"] == 2
    assert chats[f"chat-{OTHER}"]["unread_count"] == 1
    (answer,) = await harness.fetch("select quoted from channels_message where provider_msg_id = 'other-2'")
    assert answer["quoted"] is None


async def test_messages_after_the_erasure_are_new(harness: WorkerHarness) -> None:
    await harness.store(*past())
    await erase(harness)
    harness.received_at = AFTER
    await harness.store(of_her("Hello again", message_id="hers-9", timestamp=AFTER))
    (found,) = [m for m in await harness.messages() if m["provider_msg_id"] == "hers-9"]
    assert found["body"] == "Hello again"
    assert await traces(harness, f"{MARK} Prado")
    # And can be erased again.
    await harness.execute("update channels_message set sent_at = now() where provider_msg_id = 'hers-9'")
    await erase(harness)
    assert await traces(harness, MARK, PHONE) == []


async def test_clients_are_notified_without_content(harness: WorkerHarness, listener: Listener) -> None:
    await harness.store(*past())
    await listener.heard()
    (account,) = await harness.fetch("select id, seq from channels_account")
    contact_id = await erase(harness)
    heard = [frame for _, frame in await listener.heard()]
    pushed = {frame["event"]: frame["data"] for frame in heard}
    assert {"chat:erased", "message:erased", "message:updated", "chat:updated"} <= set(pushed)
    assert set(pushed["chat:erased"]) == {"id", "account_id", "chat_id", "seq", "before"}
    assert MARK not in orjson.dumps(heard).decode()
    from server.store.messages.changes import list_changes

    changes = await harness.parts.database.read(list_changes, account["id"], account["seq"], 500)
    events = [change.event for change in changes.items]
    assert {"contact:erased", "chat:erased", "message:erased"} <= set(events)
    (erased,) = [change for change in changes.items if change.event == "contact:erased"]
    assert orjson.loads(erased.json)["id"] == contact_id
    numbers = [change.seq for change in changes.items]
    assert numbers == sorted(set(numbers))
    assert changes.head == numbers[-1]


async def test_a_worker_killed_in_the_middle_is_followed_by_another(harness: WorkerHarness) -> None:
    await harness.store(*past())
    (row,) = await harness.fetch(
        "select id, account_id from channels_contact where name like %(m)s", m=f"{MARK}%"
    )
    await harness.parts.database.write(
        contact_erasures.begin_erasure, harness.parts.name_hasher, row["account_id"], row["id"], None
    )
    assert await harness.parts.database.write(contact_erasures.lease_erasure, 60.0)
    await erase_contacts(harness.parts)
    assert await traces(harness, MARK)  # leased by another worker
    await harness.execute("update channels_erasure set claimed_until = '-infinity'")
    await erase_contacts(harness.parts)
    assert await traces(harness, MARK) == []


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    """The data before the erasure, and the batches in which everything is delivered again afterwards."""
    count = len(past())
    before = draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True))
    again = draw(st.lists(st.lists(st.integers(0, count - 1), min_size=1, max_size=6), max_size=5))
    return before, again


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
async def test_no_late_event_restores_the_contact(
    harness: WorkerHarness, history: tuple[list[int], list[list[int]]]
) -> None:
    await empty(harness)
    before, again = history
    events = past()
    await harness.store(events[0], *[events[index] for index in before])
    await erase(harness)
    assert await traces(harness, MARK, PHONE) == []
    for batch in [*again, range(len(events))]:
        await harness.store(*[events[index] for index in batch])
        assert await traces(harness, MARK, PHONE) == []
    await harness.store(*events, job_try=2)
    assert await traces(harness, MARK, PHONE) == []

"""Ids in spellings of WhatsApp's that are easy to misread, stored through the ingest job."""

from typing import Any

import pytest

from server.store.chats.chats import CHAT_JOINS, CHAT_JSON
from server.unipile.lists.chats import read_chat
from server.unipile.lists.messages import read_stored
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness
from tests.workers.storing.test_contact_rows import (
    attendee,
    contacts_of,
    direct_message,
    group_message,
    shown,
)
from workers.sync.phone_flags import apply_flags

LID = "120000000000001@lid"
GROUP, CHANNEL = "120363041111111111@g.us", "120363040000000000@newsletter"


async def chat_json(harness: WorkerHarness) -> dict[str, Any]:
    (row,) = await harness.fetch(f"select {CHAT_JSON}::jsonb as chat from channels_chat c {CHAT_JOINS}")
    chat: dict[str, Any] = row["chat"]
    return chat


async def test_a_contact_with_several_devices_is_one_sender(harness: WorkerHarness) -> None:
    spellings = [LID, "120000000000001.1:0@lid", "120000000000001:7@lid", " 120000000000001@LID"]
    await harness.store(*(group_message(attendee(spelled, "Bia Lima")) for spelled in spellings))
    assert {message["sender"]["provider_id"] for message in await shown(harness)} == {LID}
    assert await contacts_of(harness) == [(LID, "Bia Lima", None)]


async def test_a_phone_with_several_devices_is_one_sender(harness: WorkerHarness) -> None:
    spellings = ["5511988880000@s.whatsapp.net", "5511988880000:12@s.whatsapp.net", "5511988880000@c.us"]
    await harness.store(*(group_message(attendee(spelled)) for spelled in spellings))
    assert await contacts_of(harness) == [("5511988880000@s.whatsapp.net", None, "+5511988880000")]


async def test_the_reactions_of_two_devices_are_one(harness: WorkerHarness) -> None:
    message = group_message(attendee("5@lid"))
    await harness.store(message)
    for spelled in ("120000000000001.1:0@lid", "120000000000001:7@lid"):
        await harness.store(
            {
                "event": "message_reaction",
                "account_id": "acc-1",
                "message_id": message["message_id"],
                "reaction": "👍",
                "reaction_sender": attendee(spelled, "Bia"),
            }
        )
    early_events = await harness.fetch("select person from channels_amendment")
    assert early_events == [{"person": LID}]


async def test_the_same_digits_on_two_servers_are_two_contacts(harness: WorkerHarness) -> None:
    digits = "120000000000009"
    await harness.store(
        group_message(attendee(f"{digits}@hosted.lid", "Ana")), group_message(attendee(digits, "Bia"))
    )
    found = sorted(await contacts_of(harness))
    assert found == [(digits, "Bia", None), (f"{digits}@hosted.lid", "Ana", None)]


@pytest.mark.parametrize("server", ["lid", "hosted.lid", "newsletter", "g.us", "bot", "call"])
async def test_an_opaque_id_is_not_a_phone(harness: WorkerHarness, server: str) -> None:
    who = attendee(f"120000000000009@{server}", attendee_specifics=None)
    await harness.store(group_message(who))
    (message,) = await shown(harness)
    assert message["sender"]["phone"] is None
    assert [phone for _, _, phone in await contacts_of(harness) if phone] == []


async def test_the_digits_of_a_lid_are_never_a_phone(harness: WorkerHarness) -> None:
    who = attendee("120000000000009@hosted.lid", attendee_specifics={"phone_number": "+120000000000009"})
    await harness.store(group_message(who))
    assert await contacts_of(harness) == [("120000000000009@hosted.lid", None, None)]


async def test_bare_digits_are_not_a_phone(harness: WorkerHarness) -> None:
    await harness.store(
        group_message(attendee("120000000000009", attendee_public_identifier="120000000000009"))
    )
    assert await contacts_of(harness) == [("120000000000009", None, None)]


async def test_a_direct_chat_addressed_with_a_device_has_its_phone_as_title(harness: WorkerHarness) -> None:
    await harness.store(
        direct_message(attendee("5511988881235:12@s.whatsapp.net"), "5511988881235:12@s.whatsapp.net")
    )
    assert (await chat_json(harness))["title"] == "+5511988881235"


@pytest.mark.parametrize("address", ["status@broadcast", "1612345678@broadcast", "STATUS@Broadcast"])
async def test_a_status_is_no_chat(harness: WorkerHarness, address: str) -> None:
    status = direct_message(attendee(LID, "Bia"), address)
    seen = {"event": "message_read", "is_sender": True} | {
        key: status[key] for key in ("account_id", "chat_id", "message_id", "provider_chat_id")
    }
    await harness.store(status, seen, status | {"is_sender": True, "message_id": "own"})
    assert (await harness.chats(), await harness.messages(), await contacts_of(harness)) == ([], [], [])
    assert await harness.usage() == (0, 0)
    assert {dead_letter["reason"] for dead_letter in await harness.dead_letters("ignored")} == {
        "message_received:broadcast",
        "message_read:broadcast",
    }


def test_history_has_no_statuses() -> None:
    assert read_chat({"id": "c1", "type": 0, "provider_id": "status@broadcast"}) is None
    item = {"id": "m1", "chat_id": "c1", "chat_provider_id": "status@broadcast", "text": "x"}
    assert read_stored(item, "acc-1", {}, "direct", "2026-03-02T09:00:00.000+00:00") is None


@pytest.mark.parametrize(
    ("provider_id", "reported_kind", "kind"),
    [
        (GROUP, None, "group"),
        (CHANNEL, 0, "channel"),
        (LID, 1, "group"),
        (None, 2, "channel"),
        (None, [], "direct"),
    ],
)
def test_history_reads_the_kind_from_the_address_first(
    provider_id: str | None, reported_kind: object, kind: str
) -> None:
    chat = read_chat({"id": "c1", "type": reported_kind, "provider_id": provider_id})
    assert chat is not None
    assert chat.kind == kind


async def test_a_channel_has_nothing_unread_and_no_contact(harness: WorkerHarness) -> None:
    await harness.store(direct_message(attendee(CHANNEL, "News"), CHANNEL))
    chat = await chat_json(harness)
    assert (chat["kind"], chat["unread_count"], chat["contact"]) == ("channel", 0, None)
    assert chat["title"] == "News"
    assert await contacts_of(harness) == []


async def test_a_group_is_one_by_its_address_alone(harness: WorkerHarness) -> None:
    await harness.store(direct_message(attendee(LID, "Bia"), GROUP))
    chat = await chat_json(harness)
    assert (chat["kind"], chat["title"], chat["unread_count"]) == ("group", None, 1)


async def test_a_more_certain_event_corrects_the_kind(harness: WorkerHarness, listener: Listener) -> None:
    first = message_received("acc-1", chat_id="c1", provider_chat_id=None)
    await harness.store(first)
    assert (await chat_json(harness))["kind"] == "direct"
    before = await harness.chat()
    await listener.heard()
    await harness.store(message_received("acc-1", chat_id="c1", provider_chat_id=GROUP))
    chat = await chat_json(harness)
    assert (chat["kind"], chat["title"]) == ("group", None)
    assert chat["seq"] > before["seq"]
    last_pushed = [frame["data"] for _, frame in await listener.heard() if frame["event"] == "chat:updated"][
        -1
    ]
    assert (last_pushed["kind"], last_pushed["seq"]) == ("group", chat["seq"])
    # Weaker evidence does not revert it.
    await harness.store(message_received("acc-1", chat_id="c1", provider_chat_id=None, is_group=False))
    chat = await chat_json(harness)
    assert (chat["kind"], chat["title"]) == ("group", None)


async def test_the_list_of_chats_corrects_the_kind(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1", chat_id="c1", provider_chat_id=None))
    listed = read_chat({"id": "c1", "type": 2, "provider_id": CHANNEL})
    assert listed is not None
    (account,) = await harness.fetch("select id, seq from channels_account")
    await apply_flags(harness.parts, account["id"], [listed], account["seq"])
    chat = await chat_json(harness)
    assert (chat["kind"], chat["unread_count"]) == ("channel", 0)


async def test_a_duplicate_makes_no_chat_and_changes_none(harness: WorkerHarness) -> None:
    first = message_received("acc-1", chat_id="c1", provider_chat_id=None)
    await harness.store(first)
    before = await harness.chats()
    await harness.store(first | {"chat_id": "c2"})
    await harness.store(first | {"provider_chat_id": GROUP, "is_group": True})
    await harness.store(first | {"chat_id": "c3", "is_sender": True})
    assert await harness.chats() == before


async def test_both_forms_of_a_brazilian_phone_are_one_contact(harness: WorkerHarness) -> None:
    old, new = "551188880000@s.whatsapp.net", "5511988880000@s.whatsapp.net"
    await harness.store(direct_message(attendee(old, "Bia"), old))
    await harness.store(direct_message(attendee(new, "Bia Lima"), new))
    assert await contacts_of(harness) == [(new, "Bia Lima", "+5511988880000")] or await contacts_of(
        harness
    ) == [(old, "Bia Lima", "+5511988880000")]
    titles = await harness.fetch(
        f"select {CHAT_JSON}::jsonb ->> 'title' as title from channels_chat c {CHAT_JOINS}"
    )
    assert {row["title"] for row in titles} == {"Bia Lima"}


MENTION = "@120000000000001 can you look? (@999999999999999)"


@pytest.mark.parametrize(
    "given", [None, ["120000000000001@lid"], [{"id": "120000000000001:3@lid", "name": "Bia"}]]
)
async def test_a_mention_is_shown_by_name(harness: WorkerHarness, given: object) -> None:
    await harness.store(group_message(attendee(LID, "Bia")))
    caio = attendee("5@lid", "Caio")
    asked = group_message(caio, MENTION, mentions=given)
    quoted = {"message_id": asked["message_id"], "sender_id": "5@lid", "text": MENTION}
    await harness.store(asked)
    await harness.store(group_message(caio, "Yes", quoted=quoted))
    _, message, answer = await shown(harness)
    assert message["mentions"] == [{"provider_id": LID, "name": "Bia", "phone": None}]
    assert message["body"] == MENTION
    assert answer["quoted"]["body"] == "@Bia can you look? (@999999999999999)"
    await harness.store(asked | {"message_id": "last", "timestamp": "2026-03-02T22:00:00.000Z"})
    await harness.execute("update channels_contact set whatsapp_name = 'Bia \\1 Lima' where name = 'Bia'")
    assert (await chat_json(harness))[
        "last_message_preview"
    ] == "@Bia \\1 Lima can you look? (@999999999999999)"


async def test_a_mention_brings_an_unknown_name(harness: WorkerHarness) -> None:
    await harness.store(
        group_message(attendee("5@lid", "Caio"), MENTION, mentions=[{"provider_id": LID, "name": "Bia"}])
    )
    (message,) = await shown(harness)
    assert message["mentions"] == [{"provider_id": LID, "name": "Bia", "phone": None}]

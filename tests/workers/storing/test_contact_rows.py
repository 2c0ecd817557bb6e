"""Contacts: one row for several ids, the newest name, a phone only if reported, and pushed to the rooms."""

import asyncio
from typing import Any

import orjson
import pytest

from server.store.messages.messages import MESSAGE_JSON
from tests.support.peers import message_received
from tests.support.worker_harness import Listener, WorkerHarness, written_by_us

LID, JID = "120000000000001@lid", "5511988880000@s.whatsapp.net"
CONTACT = "select id, provider_id, name, phone, seq from channels_contact order by id"


def attendee(provider_id: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    """A contact with no other fields than those given."""
    return {
        "attendee_id": None,
        "attendee_provider_id": provider_id,
        "attendee_name": name,
        "attendee_public_identifier": None,
        "attendee_specifics": {"provider": "WHATSAPP", "phone_number": "hidden"},
    } | more


LINKED = {
    "attendee_public_identifier": JID,
    "attendee_specifics": {"phone_number": "+5511988880000", "lid": LID},
}

LINK = {"attendee_public_identifier": JID}


def group_message(sender: dict[str, Any], text: str = "Oi", **more: Any) -> dict[str, Any]:
    """A message in a group."""
    chat = {"chat_id": "g-1", "provider_chat_id": "9@g.us", "is_group": True}
    return message_received("acc-1", text, **(chat | more)) | {"sender": sender, "attendees": []}


def direct_message(sender: dict[str, Any], address: str = LID, **more: Any) -> dict[str, Any]:
    """A message in a direct chat."""
    return message_received("acc-1", chat_id=f"chat {address}", provider_chat_id=address, **more) | {
        "sender": sender,
        "attendees": [sender],
    }


async def shown(harness: WorkerHarness) -> list[dict[str, Any]]:
    """The messages as the API shows them."""
    rows = await harness.fetch(f"select {MESSAGE_JSON} as json from channels_message m order by m.id")
    return [orjson.loads(row["json"]) for row in rows]


async def contacts_of(harness: WorkerHarness) -> list[tuple[Any, ...]]:
    return [(c["provider_id"], c["name"], c["phone"]) for c in await harness.fetch(CONTACT)]


async def test_a_lid_is_not_a_phone(harness: WorkerHarness) -> None:
    await harness.store(direct_message(attendee(LID)))
    assert await contacts_of(harness) == [(LID, None, None)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
async def test_two_names_become_one_contact_when_they_are_linked(
    harness: WorkerHarness, order: tuple[int, ...]
) -> None:
    bodies = [
        group_message(attendee(LID, "Bia"), timestamp="2026-03-02T09:00:00.000Z"),
        group_message(attendee(JID, "Bia Lima"), timestamp="2026-03-02T09:00:02.000Z"),
        group_message(attendee(LID, "B.", **LINKED), timestamp="2026-03-02T09:00:01.000Z"),
    ]
    for number in order:
        await harness.store(bodies[number])
    assert await contacts_of(harness) == [(LID, "Bia Lima", "+5511988880000")]
    assert {message["sender"]["name"] for message in await shown(harness)} == {"Bia Lima"}
    assert {message["sender"]["phone"] for message in await shown(harness)} == {"+5511988880000"}


async def test_unipiles_own_id_links_too(harness: WorkerHarness) -> None:
    await harness.store(group_message(attendee(LID, "Bia", attendee_id="a-1")))
    await harness.store(group_message(attendee(JID, None, attendee_id="a-1")))
    assert await contacts_of(harness) == [(LID, "Bia", "+5511988880000")]


async def test_the_address_of_a_direct_chat_is_its_contacts_phone(harness: WorkerHarness) -> None:
    await harness.store(direct_message(attendee(LID, "Bia"), JID))
    await harness.store(group_message(attendee(JID)))
    assert await contacts_of(harness) == [(LID, "Bia", "+5511988880000")]


async def test_contacts_with_the_same_name_stay_two(harness: WorkerHarness) -> None:
    await harness.store(group_message(attendee(LID, "Bia")), group_message(attendee("2@lid", "Bia")))
    assert {contact[0] for contact in await contacts_of(harness)} == {LID, "2@lid"}


async def test_the_account_itself_is_no_contact(harness: WorkerHarness) -> None:
    await harness.store(group_message(attendee("me@lid", "Loja", **LINKED), is_sender=True))
    assert await contacts_of(harness) == []


async def test_a_name_learned_later_reaches_the_rooms_and_older_messages(
    harness: WorkerHarness, listener: Listener
) -> None:
    """A group member without a name: only the contact's row changes when the name arrives."""
    await harness.store(group_message(attendee(LID)), direct_message(attendee(LID)))
    (before,) = await harness.fetch("select seq from channels_message where body = 'Oi' limit 1 offset 1")
    await listener.heard()
    await harness.store(group_message(attendee(LID, "Bia Lima"), "Sou a Bia"))
    frames = [frame for _, frame in await listener.heard()]
    (contact,) = [frame["data"] for frame in frames if frame["event"] == "contact:updated"]
    assert (contact["name"], contact["provider_ids"]) == ("Bia Lima", [LID])
    titles = {frame["data"]["title"] for frame in frames if frame["event"] == "chat:updated"}
    assert titles == {None, "Bia Lima"}  # the group, and the direct chat
    assert [message["sender"]["name"] for message in await shown(harness)] == ["Bia Lima"] * 3
    (after,) = await harness.fetch("select seq from channels_message where body = 'Oi' limit 1 offset 1")
    assert after == before


async def test_a_report_without_changes_takes_no_seq(harness: WorkerHarness, listener: Listener) -> None:
    await harness.store(direct_message(attendee(LID, "Bia")))
    await listener.heard()
    await harness.store(direct_message(attendee(LID, "Bia")))
    assert sorted(frame["event"] for _, frame in await listener.heard()) == ["chat:updated", "message:new"]
    assert [contact["seq"] for contact in await harness.fetch(CONTACT)] == [0]


async def test_an_older_name_that_comes_late_does_not_win(harness: WorkerHarness) -> None:
    await harness.store(direct_message(attendee(LID, "Bia Lima"), timestamp="2026-03-02T09:00:05.000Z"))
    await harness.store(direct_message(attendee(LID, "Bia"), timestamp="2026-03-02T09:00:04.000Z"))
    await harness.store(direct_message(attendee(LID, ""), timestamp="2026-03-02T09:00:06.000Z"))
    assert await contacts_of(harness) == [(LID, "Bia Lima", None)]


async def test_two_chats_of_one_contact_have_the_same_name(
    harness: WorkerHarness, listener: Listener
) -> None:
    """UniPile's chats stay two; both show the contact once the ids are linked."""
    await harness.store(direct_message(attendee(LID)), direct_message(attendee(JID), JID))
    await listener.heard()
    await harness.store(group_message(attendee(LID, "Bia Lima", **LINKED)))
    frames = [frame for _, frame in await listener.heard() if frame["event"] == "chat:updated"]
    direct = [frame["data"] for frame in frames if frame["data"]["kind"] == "direct"]
    assert [chat["title"] for chat in direct] == ["Bia Lima", "Bia Lima"]
    assert len({chat["contact"]["id"] for chat in direct}) == 1
    assert len(await harness.chats()) == 3


async def test_a_new_alias_alone_is_published(harness: WorkerHarness, listener: Listener) -> None:
    """It brings no name, but messages under the other id can show one now."""
    await harness.store(direct_message(attendee(LID, "Bia Lima")), direct_message(attendee(JID), JID))
    await listener.heard()
    await harness.store(
        group_message(attendee(LID, None, attendee_specifics={"phone_number": "hidden", "lid": LID}, **LINK))
    )
    frames = [frame for _, frame in await listener.heard()]
    (contact,) = [frame["data"] for frame in frames if frame["event"] == "contact:updated"]
    assert contact["provider_ids"] == [LID, JID] and contact["name"] == "Bia Lima"


async def test_batches_that_link_at_the_same_time_make_one_contact(harness: WorkerHarness) -> None:
    names = [attendee(f"{number}@lid", "Bia", attendee_id="a-1") for number in range(6)]
    await asyncio.gather(*(harness.store(group_message(sender)) for sender in names))
    assert await contacts_of(harness) == [("0@lid", "Bia", None)]


def reaction(target: dict[str, Any], who: dict[str, Any], value: str) -> dict[str, Any]:
    return target | {"event": "message_reaction", "reaction": value, "reaction_sender": who}


async def test_a_reactor_is_a_contact(harness: WorkerHarness) -> None:
    target = direct_message(attendee(LID, "Bia"))
    await harness.store(target, reaction(target, attendee("3@lid", "Caio"), "👍"))
    assert ("3@lid", "Caio", None) in await contacts_of(harness)


async def test_a_reactor_under_two_names_counts_once(harness: WorkerHarness) -> None:
    await harness.store(group_message(attendee(LID, "Bia")))
    both = [
        {"value": value, "sender": {"provider_id": who, "name": None}, "is_own": False}
        for who, value in ((LID, "👍"), (JID, "❤️"))
    ]
    await harness.execute(
        "update channels_message set reactions = %(reactions)s::jsonb", reactions=orjson.dumps(both).decode()
    )
    (message,) = await shown(harness)
    assert [r["sender"]["name"] for r in message["reactions"]] == ["Bia", None]
    await harness.store(group_message(attendee(LID, "Bia Lima", **LINKED)))
    (message, _) = await shown(harness)
    assert [(r["value"], r["sender"]["name"]) for r in message["reactions"]] == [("❤️", "Bia Lima")]


@pytest.mark.parametrize("told", [attendee(LID, "Bia", **LINKED), attendee(JID, "Bia")])
@pytest.mark.parametrize("is_known", [True, False])
async def test_a_chat_without_a_contact_changes_when_it_gets_one(
    harness: WorkerHarness, told: dict[str, Any], is_known: bool
) -> None:
    """A chat that was begun here; its contact becomes known elsewhere, or only that the chat's address is theirs."""
    if is_known:
        await harness.store(group_message(attendee(LID, "Bia")))
    await harness.store(written_by_us(provider_chat_id=JID) | {"attendees": []})
    (chat,) = [chat for chat in await harness.chats() if chat["address"] == JID]
    listener = await Listener(harness.parts.redis, chat["account_id"]).open()
    await harness.store(group_message(told, "Oi, sou a Bia"))
    pushed = [frame for _, frame in await listener.heard() if frame["event"] == "chat:updated"]
    await listener.close()
    (update,) = [frame["data"] for frame in pushed if frame["data"]["id"] == chat["id"]]
    assert (update["contact"]["name"], update["seq"] > chat["seq"]) == ("Bia", True)

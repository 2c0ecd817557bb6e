"""Chats: their fields, lists and cursors, starting and changing them."""

import base64
import json

import pytest

from tests.sandbox.driver import BIA, LEA, Driver, Receiver


async def test_a_chat_has_the_fields_of_unipile(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    written = await sandbox.write(account_id, "Oi")
    chat = await sandbox.api("GET", f"/chats/{written['chat_id']}")
    last = chat.pop("lastMessage")
    assert (await sandbox.api("GET", "/chats"))["items"] == [chat]
    assert last["id"] == written["message_id"]
    assert chat.pop("attendee_provider_id").endswith("@lid")
    assert chat == {
        "object": "Chat",
        "id": written["chat_id"],
        "account_id": account_id,
        "account_type": "WHATSAPP",
        "provider_id": "5511988880000@s.whatsapp.net",
        "attendee_public_identifier": "5511988880000@s.whatsapp.net",
        "name": None,
        "type": 0,
        "timestamp": last["timestamp"],
        "unread_count": 1,
        "unread": 1,
        "archived": 0,
        "pinned": 0,
        "muted_until": None,
        "read_only": 0,
        "folder": ["INBOX"],
    }


async def test_a_chat_is_found_by_its_provider_id_when_the_account_is_named(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    by_jid = await sandbox.api("GET", f"/chats/5511988880000%40s.whatsapp.net?account_id={account_id}")
    assert by_jid["id"] == chat_id
    await sandbox.api("GET", "/chats/5511988880000@s.whatsapp.net", 404)


async def test_cursors_walk_all_chats_newest_first_and_are_base64(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    other = await sandbox.account()
    await sandbox.write(other)
    for index in range(7):
        await sandbox.write(account_id, sender={"phone_number": f"+55119000010{index:02d}"})
    seen, cursor = [], None
    while True:
        params = {"cursor": cursor} if cursor else {"account_id": account_id, "limit": 3}
        page = await sandbox.api("GET", "/chats", params=params)
        seen += page["items"]
        cursor = page["cursor"]
        if cursor is None:
            break
        content = json.loads(base64.b64decode(cursor, validate=True))
        assert content["last_id"] == seen[-1]["id"] and len(cursor) % 4 == 0
    assert len({chat["id"] for chat in seen}) == len(seen) == 7
    assert {chat["account_id"] for chat in seen} == {account_id}
    times = [chat["timestamp"] for chat in seen]
    assert times == sorted(times, reverse=True)


async def test_chats_are_filtered_by_time_unread_and_account(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    first = await sandbox.write(account_id)
    second = await sandbox.write(account_id, sender=LEA)
    await sandbox.api("PATCH", f"/chats/{first['chat_id']}", json={"action": "setReadStatus", "value": True})
    border = (await sandbox.api("GET", f"/chats/{first['chat_id']}"))["timestamp"]

    async def listed(**params: str) -> list[str]:
        return [item["id"] for item in (await sandbox.api("GET", "/chats", params=params))["items"]]

    assert await listed(unread="true") == [second["chat_id"]]
    assert await listed(unread="false") == [first["chat_id"]]
    assert await listed(after=border) == [second["chat_id"]]
    assert await listed(before=border) == []
    assert await listed(account_id=f"{account_id},unknown") == [second["chat_id"], first["chat_id"]]
    assert await listed(account_id="unknown") == []
    assert await listed(account_type="LINKEDIN") == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=251",
        "limit=ten",
        "limit=-1",
        "before=2026-03-02",
        "after=2026-03-02T09:14:05Z",
        "before=2026-13-02T09:14:05.000Z",
        "cursor=%21%21%21%21",
        "cursor=bnVsbA==",
        "cursor=W1tbW1tb",
        "unread=perhaps",
    ],
)
@pytest.mark.parametrize("path", ["/chats", "/messages"])
async def test_invalid_list_parameters_are_rejected(sandbox: Driver, path: str, query: str) -> None:
    if query.startswith("unread") and path == "/messages":
        await sandbox.api("GET", f"{path}?{query}")
        return
    assert (await sandbox.api("GET", f"{path}?{query}", 400))["type"] == "errors/invalid_parameters"


async def test_starting_a_chat_writes_into_the_one_there_is(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    body = {"account_id": account_id, "attendees_ids": ["5511988880000@s.whatsapp.net"], "text": "Hi"}
    started = await sandbox.api("POST", "/chats", 201, json=body)
    assert started["object"] == "ChatStarted" and started["chat_id"] == chat_id
    form = {"account_id": account_id, "attendees_ids": "4915199990000@s.whatsapp.net", "text": "Hallo"}
    new = await sandbox.api("POST", "/chats", 201, data=form)
    assert new["chat_id"] != chat_id
    assert (await sandbox.api("GET", f"/messages/{new['message_id']}"))["text"] == "Hallo"


async def test_several_attendees_become_a_group(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    ids = ["5511988880000@s.whatsapp.net", "4915112340003@s.whatsapp.net"]
    body = {"account_id": account_id, "attendees_ids": ids, "text": "Welcome", "title": "Partners"}
    started = await sandbox.api("POST", "/chats", 201, json=body)
    chat = await sandbox.api("GET", f"/chats/{started['chat_id']}")
    assert (chat["type"], chat["name"]) == (1, "Partners") and chat["provider_id"].endswith("@g.us")
    assert "attendee_provider_id" not in chat
    people = await sandbox.api("GET", f"/chats/{started['chat_id']}/attendees")
    assert [item["is_self"] for item in people["items"]] == [0, 0, 1] and "cursor" in people
    items = await receiver.until(lambda items: len(items) >= 3)
    founding = next(item.body for item in items if item.body["is_event"])
    assert founding["event_type"] == 3 and founding["is_group"] is True and founding["message"] is None
    await sandbox.api(
        "PATCH", f"/chats/{chat['id']}", json={"action": "addParticipant", "value": "819012340002"}
    )
    people = await sandbox.api("GET", f"/chats/{started['chat_id']}/attendees")
    assert len(people["items"]) == 4


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"account_id": None}, 400),
        ({"account_id": "unknown"}, 404),
        ({"attendees_ids": []}, 400),
        ({"attendees_ids": [{}]}, 400),
        ({"attendees_ids": ["999000111222@s.whatsapp.net"]}, 422),
        ({"attendees_ids": ["12@s.whatsapp.net"]}, 422),
        ({"attendees_ids": ["100000000000001@lid"]}, 422),
        ({"text": ""}, 400),
        ({"text": "x" * 65_537}, 400),
    ],
)
async def test_an_invalid_chat_start_is_rejected(
    sandbox: Driver, change: dict[str, object], status: int
) -> None:
    account_id = await sandbox.account()
    body = {"account_id": account_id, "attendees_ids": ["5511988880000@s.whatsapp.net"], "text": "x"}
    await sandbox.api("POST", "/chats", status, json=body | change)
    assert (await sandbox.api("GET", "/messages"))["items"] == []


async def test_a_chat_is_changed_by_actions(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]

    async def change(action: str, value: object) -> dict[str, object]:
        answer = await sandbox.api("PATCH", f"/chats/{chat_id}", json={"action": action, "value": value})
        assert answer == {"object": "ChatPatched"}
        return await sandbox.api("GET", f"/chats/{chat_id}")

    assert (await change("setReadStatus", True))["unread"] == 0
    assert (await change("setReadStatus", False))["unread_count"] == 1
    assert (await change("setArchiveStatus", True))["archived"] == 1
    assert (await change("setPinnedStatus", "true"))["pinned"] == 1
    assert (await change("setMuteStatus", True))["muted_until"] == -1
    assert (await change("setMuteStatus", "2026-03-02T09:14:05.000Z"))["muted_until"] == (
        "2026-03-02T09:14:05.000Z"
    )
    assert (await change("setMuteStatus", False))["muted_until"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "explode", "value": True},
        {"action": "setReadStatus", "value": "perhaps"},
        {"action": "setMuteStatus", "value": "tomorrow"},
        {"action": "setMuteStatus", "value": {}},
        {"action": "addParticipant", "value": "5511988880000@s.whatsapp.net"},
    ],
)
async def test_an_invalid_change_is_rejected(sandbox: Driver, body: dict[str, object]) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    await sandbox.api("PATCH", f"/chats/{chat_id}", 400, json=body)


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        (None, (1, 1)),
        ("unread_as_flag", (0, 1)),
        ("unread_as_minus_one", (-1, 1)),
        ("never_unread", (0, 0)),
    ],
)
async def test_marked_as_unread_is_reported_as_the_switches_say(
    sandbox: Driver, switch: str | None, expected: tuple[int, int]
) -> None:
    account_id = await sandbox.account()
    path = f"/chats/{(await sandbox.write(account_id))['chat_id']}"
    if switch is not None:
        await sandbox.control("PATCH", "/faults", json={switch: True})

    async def unread() -> tuple[int, int]:
        (listed,) = (await sandbox.api("GET", f"/chats?account_id={account_id}"))["items"]
        chat = await sandbox.api("GET", path)
        assert (chat["unread_count"], chat["unread"]) == (listed["unread_count"], listed["unread"])
        return chat["unread_count"], chat["unread"]

    assert await unread() == ((0, 0) if switch == "never_unread" else (1, 1))  # still one message
    for value in (True, False):
        await sandbox.api("PATCH", path, json={"action": "setReadStatus", "value": value})
        assert await unread() == ((0, 0) if value else expected)
    await sandbox.write(account_id)
    assert await unread() == ((0, 0) if switch == "never_unread" else (1, 1))


async def test_a_removed_chat_is_absent_and_can_be_created_again(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    first = await sandbox.write(account_id)
    assert await sandbox.api("DELETE", f"/chats/{first['chat_id']}") == {"object": "ChatDeleted"}
    await sandbox.api("GET", f"/chats/{first['chat_id']}", 404)
    await sandbox.api("GET", f"/messages/{first['message_id']}", 404)
    assert (await sandbox.write(account_id))["chat_id"] != first["chat_id"]


async def test_a_chat_has_a_history(sandbox: Driver) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    synced = await sandbox.api("GET", f"/chats/{chat_id}/sync")
    assert synced == {"object": "ChatHistorySync", "chat_id": chat_id, "status": "SYNC_DONE"}


@pytest.mark.parametrize(
    ("identity", "chat_domain", "sender_domain", "index", "public"),
    [
        ("lid", "@s.whatsapp.net", "@lid", "+5511988880000", True),
        ("phone", "@s.whatsapp.net", "@s.whatsapp.net", "+5511988880000", True),
        ("lid_only", "@lid", "@lid", "+5511988880000", False),
        ("hidden", "@lid", "@lid", "hidden", False),
    ],
)
async def test_whatsapp_identifies_contacts_in_four_ways(
    sandbox: Driver,
    receiver: Receiver,
    identity: str,
    chat_domain: str,
    sender_domain: str,
    index: str,
    public: bool,
) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.write(account_id, sender=BIA | {"identity": identity})
    await receiver.until(lambda items: items)
    body = receiver.deliveries[0].body
    sender = body["sender"]
    assert body["provider_chat_id"].endswith(chat_domain)
    assert sender["attendee_provider_id"].endswith(sender_domain)
    assert sender["attendee_specifics"]["phone_number"] == index
    assert (sender["attendee_public_identifier"] == "5511988880000@s.whatsapp.net") is public
    await sandbox.write(account_id, sender=BIA | {"identity": "lid"})
    await receiver.until(lambda items: len(items) == 2)
    later = receiver.deliveries[1].body
    assert later["chat_id"] == body["chat_id"]
    assert later["sender"]["attendee_id"] == sender["attendee_id"]

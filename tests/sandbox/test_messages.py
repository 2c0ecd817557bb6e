"""Messages: sending in every encoding, what follows a send, lists, edits, deletions, reactions, files."""

import asyncio

import aiohttp
import pytest

from tests.sandbox.driver import BIA, LEA, Driver, Receiver, Start

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (64).to_bytes(4) + (48).to_bytes(4) + b"\x08\x02\0\0\0"
DATA = {"name": "photo.png", "data": "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAA="}


async def test_a_message_has_the_fields_of_unipile(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    written = await sandbox.write(account_id, "Oi")
    message = await sandbox.api("GET", f"/messages/{written['message_id']}")
    sender, attendee = message.pop("sender_id"), message.pop("sender_attendee_id")
    assert sender.endswith("@lid") and len(attendee) == 22
    assert isinstance(message.pop("original"), str) and message.pop("timestamp").endswith("Z")
    assert message == {
        "object": "Message",
        "id": written["message_id"],
        "account_id": account_id,
        "chat_id": written["chat_id"],
        "chat_provider_id": "5511988880000@s.whatsapp.net",
        "provider_id": written["provider_message_id"],
        "text": "Oi",
        "attachments": [],
        "is_sender": 0,
        "reactions": [],
        "seen": 0,
        "seen_by": {},
        "hidden": 0,
        "deleted": 0,
        "edited": 0,
        "is_event": 0,
        "delivered": 1,
        "behavior": None,
    }


async def test_a_send_is_echoed_delivered_and_read_in_order(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    await sandbox.register(receiver)
    message_id = await sandbox.send(chat_id, "Hello", account_id=account_id)
    await receiver.until(lambda items: len(items) == 2)
    await sandbox.control("POST", f"/chats/{chat_id}/read", json={})
    await receiver.until(lambda items: len(items) == 3)
    assert receiver.events == ["message_received", "message_delivered", "message_read"]
    bodies = [item.body for item in receiver.deliveries]
    assert {body["message_id"] for body in bodies} == {message_id}
    assert all(body["is_sender"] is True for body in bodies)
    assert bodies[2]["read_by"]["attendee_name"] == "Bia Lima"
    message = await sandbox.api("GET", f"/messages/{message_id}")
    assert (message["delivered"], message["seen"], message["is_sender"]) == (1, 1, 1)
    assert list(message["seen_by"]) == [bodies[2]["read_by"]["attendee_provider_id"]]


async def test_the_echo_follows_the_response_unless_switched(start: Start, receiver: Receiver) -> None:
    sandbox = await start(echo_seconds=60, delivered_seconds=60)
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    await sandbox.register(receiver)
    await sandbox.send(chat_id, "late echo")
    assert receiver.deliveries == []
    await sandbox.control("PUT", "/faults", json={"echo_before_response": True})
    message_id = await sandbox.send(chat_id, "early echo")
    assert [item.body["message_id"] for item in receiver.deliveries] == [message_id]


async def test_an_offline_phone_gets_its_messages_when_back_online(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    await sandbox.control("PATCH", "/contacts/5511988880000", json={"offline": True})
    await sandbox.register(receiver)
    message_id = await sandbox.send(chat_id)
    await receiver.until(lambda items: items)
    assert (await sandbox.control("POST", f"/chats/{chat_id}/read", json={})) == {"read": 0}
    assert (await sandbox.api("GET", f"/messages/{message_id}"))["delivered"] == 0
    await sandbox.control("PATCH", "/contacts/5511988880000", json={"offline": False})
    await receiver.until(lambda items: len(items) == 2)
    assert receiver.events == ["message_received", "message_delivered"]


async def test_reading_on_the_own_phone_is_reported_per_message(sandbox: Driver, receiver: Receiver) -> None:
    """In the envelope of the read message (`is_sender` false), with the account itself as the reader."""
    account_id = await sandbox.account(phone_number="5511900000001")
    written = [await sandbox.write(account_id, text=text) for text in ("Oi", "Tudo bem?")]
    await sandbox.register(receiver, events=["message_read"])
    path, body = f"/chats/{written[0]['chat_id']}", {"action": "setReadStatus", "value": True}
    await sandbox.api("PATCH", path, json=body)
    await sandbox.api("PATCH", path, json=body)  # nothing is unread
    written.append(await sandbox.write(account_id, text="Alô?"))
    await sandbox.api("PATCH", path, json=body)
    await receiver.until(lambda items: len(items) == 3)
    delivered = [item.body for item in receiver.deliveries]
    # Each once; simultaneous ones arrive in any order.
    assert sorted(event["message_id"] for event in delivered) == sorted(one["message_id"] for one in written)
    assert {(event["is_sender"], event["read_by"]["attendee_public_identifier"]) for event in delivered} == {
        (False, "5511900000001@s.whatsapp.net")
    }
    message = await sandbox.api("GET", f"/messages/{written[0]['message_id']}")
    assert (message["seen"], message["is_sender"]) == (1, 0)


async def test_a_group_message_is_delivered_when_all_have_it_and_read_by_each(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account()
    group = {"account_id": account_id, "name": "Partners", "members": [BIA, LEA]}
    chat_id = (await sandbox.control("POST", "/groups", 201, json=group))["id"]
    await sandbox.register(receiver, events=["message_delivered", "message_read"])
    await sandbox.control("PATCH", "/contacts/4915112340003", json={"offline": True})
    message_id = await sandbox.send(chat_id)
    await sandbox.control("POST", f"/chats/{chat_id}/read", json={"contact_id": "5511988880000"})
    await receiver.until(lambda items: len(items) == 1)
    message = await sandbox.api("GET", f"/messages/{message_id}")
    assert (message["delivered"], message["seen"], len(message["seen_by"])) == (0, 0, 1)
    await sandbox.control("PATCH", "/contacts/4915112340003", json={"offline": False})
    await sandbox.control("POST", f"/chats/{chat_id}/read", json={})
    await receiver.until(lambda items: len(items) == 3)
    assert receiver.events == ["message_read", "message_delivered", "message_read"]
    assert (await sandbox.api("GET", f"/messages/{message_id}"))["seen"] == 1


async def test_the_three_encodings_send_the_same_message(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    written = await sandbox.write(account_id)
    path = f"/chats/{written['chat_id']}/messages"
    fields = {"text": "Olá", "account_id": account_id, "quote_id": written["message_id"]}
    multipart = aiohttp.MultipartWriter("form-data")
    for name, value in fields.items():
        multipart.append(value).set_content_disposition("form-data", name=name)
    ids = [
        (await sandbox.api("POST", path, 201, json=fields))["message_id"],
        (await sandbox.api("POST", path, 201, data=fields))["message_id"],
        (await sandbox.api("POST", path, 201, data=multipart))["message_id"],
    ]
    messages = [await sandbox.api("GET", f"/messages/{message_id}") for message_id in ids]
    for message in messages:
        assert message["text"] == "Olá" and message["quoted"]["message_id"] == written["message_id"]
        assert message["reply_to"]["id"] == written["message_id"]


async def test_files_are_stored_and_served_with_their_type(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    form = aiohttp.FormData()
    form.add_field("text", "Look")
    form.add_field("attachments", PNG, filename="photo.png")
    form.add_field("attachments", b"%PDF-1.7", filename="invoice.pdf", content_type="application/pdf")
    form.add_field("voice_message", b"OggS", filename="note.ogg", content_type="audio/ogg")
    sent = await sandbox.api("POST", f"/chats/{chat_id}/messages", 201, data=form)
    items = (await sandbox.api("GET", f"/chats/{chat_id}/messages?limit=3"))["items"][::-1]
    assert items[0]["id"] == sent["message_id"]
    assert [item["text"] for item in items] == ["Look", None, None]
    picture, document, voice = (item["attachments"][0] for item in items)
    assert picture["type"] == "img" and picture["size"] == {"width": 64, "height": 48}
    assert picture["mimetype"] == "image/png" and picture["file_size"] == len(PNG)
    assert picture["url"].startswith("att://") and picture["unavailable"] is False
    assert (document["type"], document["file_name"]) == ("file", "invoice.pdf")
    assert (voice["type"], voice["voice_note"]) == ("audio", True)
    path = f"/api/v1/messages/{items[1]['id']}/attachments/{document['id']}"
    async with sandbox.raw("GET", path) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        assert await answer.read() == b"%PDF-1.7"
    await sandbox.api("GET", f"/messages/{items[0]['id']}/attachments/{document['id']}", 404)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({}, 400, "missing_parameters"),
        ({"text": ""}, 400, "missing_parameters"),
        ({"text": ["a", {}]}, 400, "invalid_parameters"),
        ({"text": {"a": 1}}, 400, "invalid_parameters"),
        ({"text": "x" * 65_537}, 400, "too_many_characters"),
        ({"text": "x", "account_id": "other"}, 403, "account_mismatch"),
        ({"text": "x", "quote_id": "unknown"}, 404, "resource_not_found"),
        ({"text": "x", "typing_duration": "soon"}, 400, "invalid_parameters"),
    ],
)
async def test_an_invalid_send_is_rejected(
    sandbox: Driver, body: dict[str, object], status: int, kind: str
) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    answer = await sandbox.api("POST", f"/chats/{chat_id}/messages", status, json=body)
    assert answer["type"] == f"errors/{kind}"
    assert len((await sandbox.api("GET", "/messages"))["items"]) == 1


async def test_the_account_guard_works_in_the_query_too(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    path = f"/chats/{chat_id}/messages"
    await sandbox.api("POST", f"{path}?account_id=other", 403, json={"text": "x"})
    await sandbox.api("POST", f"{path}?account_id={account_id}", 201, json={"text": "x"})


async def test_oversized_and_misplaced_files_are_rejected(start: Start) -> None:
    sandbox = await start(max_upload_bytes=10)
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    for field, kind in (("attachments", "content_too_large"), ("picture", "invalid_parameters")):
        form = aiohttp.FormData()
        form.add_field(field, b"x" * (11 if field == "attachments" else 1), filename="a.bin")
        answer = await sandbox.api("POST", f"/chats/{chat_id}/messages", 400, data=form)
        assert answer["type"] == f"errors/{kind}"


async def test_a_forwarded_message_includes_its_file(sandbox: Driver) -> None:
    account_id, other = await sandbox.account(), await sandbox.account()
    written = await sandbox.write(account_id, "Look", attachments=[DATA])
    target = (await sandbox.write(account_id, sender=LEA))["chat_id"]
    path = f"/messages/{written['message_id']}/forward"
    answer = await sandbox.api("POST", path, 201, json={"chat_id": target})
    copy = await sandbox.api("GET", f"/messages/{answer['message_id']}")
    assert copy["is_forwarded"] is True and copy["chat_id"] == target
    attachment = copy["attachments"][0]
    async with sandbox.raw("GET", f"/api/v1/messages/{copy['id']}/attachments/{attachment['id']}") as got:
        assert got.status == 200
    foreign = (await sandbox.write(other))["chat_id"]
    await sandbox.api("POST", path, 403, json={"chat_id": foreign})
    await sandbox.api("POST", path, 404, json={"chat_id": "unknown"})


async def test_typing_is_shown_for_the_given_time(sandbox: Driver) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await sandbox.send(chat_id, typing_duration="60")
    assert loop.time() - begun >= 0.055


async def test_a_read_only_group_rejects_sends(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    group = {"account_id": account_id, "name": "Announcements", "members": [BIA], "read_only": True}
    chat_id = (await sandbox.control("POST", "/groups", 201, json=group))["id"]
    answer = await sandbox.api("POST", f"/chats/{chat_id}/messages", 422, json={"text": "x"})
    assert answer["type"] == "errors/cant_send_message"

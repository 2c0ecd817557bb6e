"""The controls behind the phone page: state, live changes, contacts, groups, history, a day, links."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestServer

from sandbox.whatsapp.media import picture_size
from tests.sandbox.driver import BIA, LEA, Driver, Receiver

PICTURE = {"name": "photo.png", "data": "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAA="}


@asynccontextmanager
async def listening(sandbox: Driver) -> AsyncIterator[ClientResponse]:
    async with sandbox.client.get("/sandbox/live") as answer:
        await next_event(answer, "ready")
        yield answer


async def next_event(answer: ClientResponse, name: str) -> Any:
    """Read server-sent events until one of this name comes."""
    async with asyncio.timeout(20):
        while True:
            line = (await answer.content.readline()).decode().strip()
            if line == f"event: {name}":
                data = (await answer.content.readline()).decode()
                return json.loads(data.removeprefix("data: "))


async def test_the_page_and_its_parts_are_served(sandbox: Driver) -> None:
    async with sandbox.client.get("/") as answer:
        assert answer.status == 200 and "Customers’ phones" in await answer.text()
        assert "script" not in answer.headers["Content-Security-Policy"]
    for name, kind in (
        ("app.js", "text/javascript"),
        ("base.css", "text/css"),
        ("icon.svg", "image/svg+xml"),
    ):
        async with sandbox.client.get(f"/page/{name}") as answer:
            assert answer.status == 200 and answer.content_type == kind
    for name in ("nothing.js", "..%2F__main__.py", "%00.js", ""):
        async with sandbox.client.get(f"/page/{name}") as answer:
            assert answer.status == 404


async def test_a_new_world_has_customers_and_nothing_else(sandbox: Driver) -> None:
    state = await sandbox.control("GET", "/state")
    assert len(state["contacts"]) == 5 and state["accounts"] == state["chats"] == []
    await sandbox.write(await sandbox.account())
    await sandbox.api("POST", "/webhooks", 201, json={"request_url": "http://x", "source": "users"})
    await sandbox.control("PUT", "/faults", json={"webhooks_off": True})
    await sandbox.control("POST", "/reset", json={"keep_webhooks": True})
    assert len((await sandbox.api("GET", "/webhooks"))["items"]) == 1
    await sandbox.control("POST", "/reset")
    state = await sandbox.control("GET", "/state")
    assert len(state["contacts"]) == 5 and state["accounts"] == state["chats"] == []
    assert state["faults"]["webhooks_off"] is False
    assert (await sandbox.api("GET", "/webhooks"))["items"] == []


async def test_two_pages_receive_all_changes_live(sandbox: Driver) -> None:
    async with listening(sandbox) as one, listening(sandbox) as other:
        account_id = await sandbox.account()
        written = await sandbox.write(account_id, "Oi")
        for page in (one, other):
            assert (await next_event(page, "account"))["id"] == account_id
            assert (await next_event(page, "message"))["text"] == "Oi"
            assert (await next_event(page, "chat"))["id"] == written["chat_id"]
        await sandbox.api(
            "PATCH", f"/chats/{written['chat_id']}", json={"action": "setReadStatus", "value": True}
        )
        assert (await next_event(one, "message"))["ticks"] == "read"
        await sandbox.send(written["chat_id"], typing_duration="10")
        assert (await next_event(one, "typing"))["chat_id"] == written["chat_id"]
        await sandbox.control("POST", "/reset")
        await next_event(other, "reload")


async def test_the_ticks_of_a_customer_follow_the_account(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]

    async def ticks() -> list[str]:
        items = (await sandbox.control("GET", f"/chats/{chat_id}/messages"))["items"]
        return [item["ticks"] for item in items]

    assert await ticks() == ["delivered"]
    await sandbox.api("PATCH", f"/chats/{chat_id}", json={"action": "setReadStatus", "value": True})
    assert await ticks() == ["read"]
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "CONNECTING"})
    await sandbox.write(account_id)
    assert await ticks() == ["read", "sent"]
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "OK"})
    assert await ticks() == ["read", "delivered"]


async def test_a_waiting_account_shows_its_code_as_a_picture(sandbox: Driver) -> None:
    account_id = (await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    shown = (await sandbox.control("GET", "/state"))["accounts"][0]
    assert shown["qrcode"].startswith("2@") and shown["qr_expires_at"] == "2026-03-02T08:01:00.000Z"
    async with sandbox.client.get(f"/sandbox/accounts/{account_id}/qr.svg") as answer:
        assert answer.content_type == "image/svg+xml" and "<path" in await answer.text()
    await sandbox.control("POST", f"/accounts/{account_id}/scan")
    await sandbox.control("GET", f"/accounts/{account_id}/qr.svg", 404)


async def test_customers_are_created_renamed_and_disabled(sandbox: Driver) -> None:
    person = {"phone_number": "+34 600 000 001", "name": "Pilar"}
    contact = await sandbox.control("POST", "/contacts", 201, json=person)
    assert (contact["id"], contact["phone_number"]) == ("34600000001", "+34600000001")
    again = await sandbox.control("POST", "/contacts", 201, json=person | {"name": "Pilar Ruiz"})
    assert (again["id"], again["name"]) == (contact["id"], "Pilar Ruiz")
    changed = await sandbox.control(
        "PATCH", f"/contacts/{contact['id']}", json={"offline": True, "identity": "hidden"}
    )
    assert changed["offline"] is True and changed["identity"] == "hidden"
    await sandbox.control("PATCH", "/contacts/1", 404, json={})
    await sandbox.control("PATCH", f"/contacts/{contact['id']}", 400, json={"identity": "ghost"})
    await sandbox.control("POST", "/contacts", 400, json={"phone_number": "12", "name": "x"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"account_id": "unknown", "from": BIA, "text": "x"}, 404),
        ({"account_id": None, "from": BIA, "text": "x"}, 400),
        ({"text": "x"}, 400),
        ({"from": BIA}, 400),
        ({"from": {}, "text": "x"}, 400),
        ({"from": BIA, "text": "x", "chat_id": "unknown"}, 404),
        ({"from": BIA, "text": "x", "quote": "unknown"}, 404),
        ({"from": BIA, "text": "x", "timestamp": "yesterday"}, 400),
        ({"from": BIA, "event_type": 15}, 400),
        ({"from": BIA, "attachments": [{"data": "%%%"}]}, 400),
        ({"from": BIA, "attachments": [{}]}, 400),
        ({"from": BIA, "text": "x", "group": "Partners"}, 400),
    ],
)
async def test_an_invalid_message_is_rejected(sandbox: Driver, body: Any, status: int) -> None:
    account_id = await sandbox.account()
    await sandbox.control("POST", "/messages", status, json={"account_id": account_id} | body)
    assert (await sandbox.api("GET", "/messages"))["items"] == []


async def test_a_customer_can_do_everything_whatsapp_allows(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    first = await sandbox.write(account_id)
    await sandbox.register(receiver)
    written = await sandbox.write(
        account_id, "This one", attachments=[PICTURE], quote=first["message_id"], forwarded=True
    )
    path = f"/messages/{written['message_id']}"
    await sandbox.control("PATCH", path, json={"text": "That one"})
    await sandbox.control("PUT", f"{path}/reaction", json={"value": "👍"})
    await sandbox.control("DELETE", path)
    await receiver.until(lambda items: len(items) == 4)
    received, edited, reaction, deleted = (item.body for item in receiver.deliveries)
    assert received["attachments"][0]["type"] == "img" and received["is_forwarded"] is True
    assert received["quoted"]["message_id"] == first["message_id"] == received["reply_to"]["id"]
    assert (edited["message"], reaction["reaction"]) == ("That one", "👍")
    assert deleted["message"] is None and deleted["attachments"] == []
    await sandbox.control("PUT", f"{path}/reaction", 400, json={"value": "👍", "contact_id": "351910000004"})


async def test_the_accounts_own_phone_can_write_too(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    written = await sandbox.write(account_id, "From the phone", is_sender=True)
    await receiver.event("message_delivered")
    echo = receiver.deliveries[0].body
    assert echo["is_sender"] is True and echo["message_id"] == written["message_id"]
    assert (await sandbox.api("GET", f"/chats/{written['chat_id']}"))["unread_count"] == 0


async def test_groups_report_joining_and_leaving_members(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    written = await sandbox.write(account_id, "Bom dia", group={"name": "Partners", "members": [LEA]})
    again = await sandbox.write(account_id, "Again", group={"name": "Partners"})
    assert again["chat_id"] == written["chat_id"]
    path = f"/groups/{written['chat_id']}"
    await sandbox.control("PATCH", path, json={"name": "Friends", "add": [{"phone_number": "819012340002"}]})
    await sandbox.control("PATCH", path, json={"remove": ["+4915112340003"]})
    await sandbox.write(account_id, None, chat_id=written["chat_id"], event_type=8)
    await receiver.until(lambda items: len(items) == 7)
    events = [item.body["event_type"] for item in receiver.deliveries if item.body["is_event"]]
    assert sorted(events) == [3, 4, 5, 6, 8]
    assert all(item.body["is_group"] for item in receiver.deliveries)
    chat = await sandbox.api("GET", f"/chats/{written['chat_id']}")
    assert (chat["name"], chat["unread_count"]) == ("Friends", 2)
    await sandbox.control("PATCH", path, 400, json={"remove": ["+4915112340003"]})
    direct = (await sandbox.write(account_id))["chat_id"]
    await sandbox.control("PATCH", f"/groups/{direct}", 400, json={"name": "x"})


async def test_media_are_shown_to_the_page(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    body = base64.b64encode(b"%PDF").decode()
    chat_id = (await sandbox.write(account_id, None, attachments=[{"name": "a.pdf", "data": body}]))[
        "chat_id"
    ]
    item = (await sandbox.control("GET", f"/chats/{chat_id}/messages"))["items"][0]
    async with sandbox.client.get(item["attachments"][0]["href"]) as answer:
        assert await answer.read() == b"%PDF" and answer.headers["Content-Disposition"] == "attachment"
    await sandbox.control("GET", "/media/unknown", 404)


async def test_attendees_and_profiles_are_found_by_every_id(sandbox: Driver) -> None:
    account_id = await sandbox.account(phone_number="5511900000001", name="Acme")
    written = await sandbox.write(account_id)
    people = (await sandbox.api("GET", f"/chat_attendees?account_id={account_id}"))["items"]
    bia = next(item for item in people if not item["is_self"])
    assert len(people) == 2 and bia["specifics"]["lid"] == bia["provider_id"]
    assert await sandbox.api("GET", f"/chat_attendees/{bia['id']}") == bia
    assert (await sandbox.api("GET", f"/chat_attendees/{bia['id']}/chats"))["items"][0]["id"] == written[
        "chat_id"
    ]
    texts = (await sandbox.api("GET", f"/chat_attendees/{bia['id']}/messages"))["items"]
    assert [item["id"] for item in texts] == [written["message_id"]]
    await sandbox.api("GET", f"/chat_attendees/{written['chat_id']}/picture", 404)
    for identifier in ("5511988880000", "+5511988880000", "5511988880000@s.whatsapp.net", bia["provider_id"]):
        user = await sandbox.api("GET", f"/users/{identifier}/?account_id={account_id}")
        assert (user["id"], user["name"]) == (bia["id"], "Bia Lima")
    stranger = await sandbox.api("GET", f"/users/34600000009?account_id={account_id}")
    assert stranger["public_identifier"] == "34600000009@s.whatsapp.net"
    await sandbox.api("GET", f"/users/999000111222?account_id={account_id}", 422)
    await sandbox.api("GET", "/users/5511988880000", 400)
    own = await sandbox.api("GET", f"/users/me?account_id={account_id}")
    assert (own["phone_number"], own["name"]) == ("5511900000001", "Acme")


async def test_a_closed_receiver_does_no_harm(sandbox: Driver) -> None:
    server = TestServer(web.Application())
    await server.start_server()
    url = str(server.make_url("/"))
    await server.close()
    account_id = await sandbox.account()
    await sandbox.api("POST", "/webhooks", 201, json={"request_url": url, "source": "messaging"})
    await sandbox.write(account_id)
    async with asyncio.timeout(20):
        while not (report := await sandbox.control("GET", "/deliveries"))["webhooks"][0]["lost"]:
            pass
    assert report["log"][0]["outcome"] == "ClientConnectorError"


async def test_contacts_have_a_picture_until_they_remove_it(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    await sandbox.write(account_id)
    items = (await sandbox.api("GET", f"/chat_attendees?account_id={account_id}"))["items"]
    bia = next(item for item in items if item["name"] == "Bia Lima")
    path = f"/api/v1/chat_attendees/{bia['id']}/picture"
    async with sandbox.raw("GET", path) as answer:
        first, tag = await answer.read(), answer.headers["ETag"]
        assert answer.content_type == "image/png" and picture_size(first) == (96, 96)
    async with sandbox.raw("GET", path, headers={"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    await sandbox.control("PATCH", "/contacts/5511988880000", json={"picture": 2})
    async with sandbox.raw("GET", path, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 200 and await answer.read() != first
    await sandbox.control("PATCH", "/contacts/5511988880000", json={"picture": False})
    await sandbox.api("GET", path.removeprefix("/api/v1"), 404)
    await sandbox.control("PATCH", "/contacts/5511988880000", 400, json={"picture": "yes"})

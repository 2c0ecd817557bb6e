"""Clients of Confab for the tests: a user with a token, a socket, and UniPile posting webhooks."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

# Nothing is measured by it: on a busy machine a process that a test starts takes ten seconds to begin its work.
PATIENCE_SECONDS = 60.0
WEBHOOK_SECRET = "sandbox-webhook-secret"
_counter = itertools.count(1)


@dataclass
class Answer:
    """An HTTP answer, read."""

    status: int
    headers: Any
    body: Any
    raw: bytes


@dataclass
class Socket:
    """A WebSocket with every frame it has received so far."""

    socket: aiohttp.ClientWebSocketResponse
    frames: list[dict[str, Any]] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def start(self) -> "Socket":
        self._reader = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        async for message in self.socket:
            self.frames.append(message.json())
            self._arrived.set()
        self._arrived.set()

    async def wait_for(
        self, wanted: Callable[[dict[str, Any]], bool], count: int = 1
    ) -> list[dict[str, Any]]:
        """The first `count` matching frames, now or soon."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found := [frame for frame in self.frames if wanted(frame)]) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return found[:count]

    async def wait_for_event(self, event: str, count: int = 1, **data: Any) -> list[dict[str, Any]]:
        """Frames of this event whose data holds these values."""
        return await self.wait_for(
            lambda f: f.get("event") == event and all(f["data"].get(k) == v for k, v in data.items()), count
        )

    async def command(self, event: str, **data: Any) -> dict[str, Any]:
        """Send a command; returns its acknowledgement."""
        number = next(self._ids)
        await self.socket.send_json({"event": event, "data": data, "id": number})
        (answer,) = await self.wait_for(lambda frame: frame.get("ack") == number)
        return answer

    async def wait_closed(self) -> int | None:
        """The close code, once the server has closed the socket."""
        assert self._reader is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._reader
        return self.socket.close_code

    def events(self, event: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame.get("event") == event]

    async def close(self) -> None:
        await self.socket.close()
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader


@dataclass
class Peer:
    """A client of Confab at `url`; anonymous without a token."""

    session: aiohttp.ClientSession
    url: str
    token: str | None = None
    user_id: int = 0
    sockets: list[Socket] = field(default_factory=list)

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """One request; a body that is bytes goes out as it is, anything else as JSON."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        if isinstance(body, bytes):
            options["data"] = body
        elif body is not None:
            options["json"] = body
        async with self.session.request(method, self.url + path, headers=headers, **options) as response:
            raw = await response.read()
            is_json = response.content_type == "application/json" and raw
            return Answer(response.status, response.headers, await response.json() if is_json else None, raw)

    async def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The body of a request that must succeed."""
        answer = await self.call(method, path, body, **options)
        assert answer.status < 400, (method, path, answer.status, answer.raw[:500])
        return answer.body

    async def sign_in(self, name: str) -> "Peer":
        """Another peer on the same server, signed in as the test user of this name."""
        body = await self.ok("POST", "/api/auth/test-token", {"user_id": name})
        return Peer(self.session, self.url, body["token"], body["user"]["id"])

    async def open_socket(self, **headers: str) -> Socket:
        """A socket that has not sent anything yet."""
        socket = Socket(await self.session.ws_connect(self.url + "/ws", headers=headers)).start()
        self.sockets.append(socket)
        return socket

    async def listen(self, cursors: dict[str, int] | None = None) -> Socket:
        """A socket that is signed in and in the user's room."""
        socket = await self.open_socket()
        assert (await socket.command("auth", token=self.token))["ok"]
        more = {"cursors": cursors} if cursors is not None else {}
        assert (await socket.command("join-user", user_id=self.user_id, **more))["ok"]
        return socket

    async def link_account(self, external_account_id: str) -> dict[str, Any]:
        """Link an account that already exists at UniPile."""
        path = "/api/channels/whatsapp/connect"
        body = await self.ok("POST", path, {"external_account_id": external_account_id})
        account: dict[str, Any] = body["account"]
        return account

    async def chats(self, account_id: int) -> list[dict[str, Any]]:
        body = await self.ok("GET", f"/api/channels/whatsapp/{account_id}/chats?limit=100")
        items: list[dict[str, Any]] = body["items"]
        return items

    async def messages(self, account_id: int, chat_id: int) -> list[dict[str, Any]]:
        path = f"/api/channels/whatsapp/{account_id}/chats/{chat_id}/messages?limit=100"
        items: list[dict[str, Any]] = (await self.ok("GET", path))["items"]
        return items

    async def deliver(self, event: dict[str, Any], source: str = "messages") -> Answer:
        """Post a webhook as UniPile does."""
        headers = {"Unipile-Auth": WEBHOOK_SECRET}
        return await self.call("POST", f"/api/webhooks/unipile/{source}", event, headers=headers)


def message_received(external_account_id: str, text: str | None = "Oi", **changes: Any) -> dict[str, Any]:
    """A webhook body as UniPile sends it (unipile-api.md §4.2), each with its own ids unless given."""
    number = next(_counter)
    phone = changes.pop("phone", "5511988880000")
    person = {
        "attendee_id": f"attendee-{phone}",
        "attendee_provider_id": f"1{phone}@lid",
        "attendee_name": changes.pop("name", "Bia Lima"),
        "attendee_profile_url": None,
        "attendee_public_identifier": f"{phone}@s.whatsapp.net",
        "attendee_specifics": {"provider": "WHATSAPP", "phone_number": f"+{phone}", "lid": f"1{phone}@lid"},
    }
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=number)
    return {
        "event": "message_received",
        "account_id": external_account_id,
        "account_type": "WHATSAPP",
        "account_info": {"type": "WHATSAPP", "phone_number": "5511900000001"},
        "webhook_name": "confab-messages",
        "chat_id": f"chat-{phone}",
        "provider_chat_id": f"{phone}@s.whatsapp.net",
        "message_id": f"message-{number}",
        "provider_message_id": f"3EB0{number}",
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "message": text,
        "subject": None,
        "sender": person,
        "attendees": [person],
        "attachments": [],
        "is_sender": False,
        "is_group": False,
        "is_event": 0,
        "event_type": None,
        "chat_pinned": 0,
        "quoted": None,
        "reply_to": None,
        "is_forwarded": None,
        "folder": ["INBOX"],
    } | changes


async def eventually(check: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """The first truthy result of an async check, polled until the timeout."""
    async with asyncio.timeout(seconds):
        while not (found := await check()):
            await asyncio.sleep(0.02)
    return found

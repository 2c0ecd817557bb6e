"""Calls a sandbox as UniPile's clients and the phone page do, and receives its webhooks."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

Json = dict[str, Any]
WAIT_SECONDS = 5
BIA = {"phone_number": "+5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "+4915112340003", "name": "Lea Baumann"}
ALL_EVENTS = [
    "message_received",
    "message_reaction",
    "message_read",
    "message_edited",
    "message_deleted",
    "message_delivered",
]


class Clock:
    """A clock that stands still until it is advanced."""

    def __init__(self) -> None:
        self.now = 1_772_438_400.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Received:
    """One received delivery."""

    body: Json
    headers: dict[str, str]
    raw: str

    @property
    def event(self) -> str:
        return str(self.body.get("event"))


@dataclass
class Receiver:
    """A webhook receiver with configurable responses."""

    url: str = ""
    deliveries: list[Received] = field(default_factory=list)
    answers: list[int | str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, request: web.Request) -> web.Response:
        raw = await request.text()
        body = json.loads(raw) if raw[:1] == "{" else {}
        self.deliveries.append(Received(body, dict(request.headers), raw))
        answer = self.answers.pop(0) if self.answers else 200
        async with self.changed:
            self.changed.notify_all()
        if answer == "hang":
            await self.release.wait()
            return web.Response()
        return web.Response(status=int(answer), headers={"Location": "/"} if answer == 302 else {})

    async def until(self, is_enough: Callable[[list[Received]], Any]) -> list[Received]:
        """Wait until the deliveries meet the condition."""
        async with asyncio.timeout(WAIT_SECONDS), self.changed:
            await self.changed.wait_for(lambda: is_enough(self.deliveries))
        return self.deliveries

    async def event(self, name: str) -> Json:
        """Wait for the first delivery of an event."""
        found = await self.until(lambda items: any(item.event == name for item in items))
        return next(item.body for item in found if item.event == name)

    @property
    def events(self) -> list[str]:
        return [item.event for item in self.deliveries]

    @property
    def statuses(self) -> list[str]:
        return [item.body["AccountStatus"]["message"] for item in self.deliveries]


@dataclass
class Driver:
    """Calls the sandbox as UniPile's clients and the phone page do."""

    client: TestClient[web.Request, web.Application]
    clock: Clock
    key: str = "sandbox-key"

    async def api(self, method: str, path: str, status: int = 200, **kwargs: Any) -> Json:
        async with self.raw(method, f"/api/v1{path}", **kwargs) as answer:
            return await read(answer, status)

    async def control(self, method: str, path: str, status: int = 200, **kwargs: Any) -> Json:
        async with self.client.request(method, f"/sandbox{path}", **kwargs) as answer:
            return await read(answer, status)

    def raw(self, method: str, path: str, **kwargs: Any) -> Any:
        headers = {"X-API-KEY": self.key} | kwargs.pop("headers", {})
        return self.client.request(method, path, headers=headers, **kwargs)

    async def account(self, **body: Any) -> str:
        return str((await self.control("POST", "/accounts", 201, json=body))["id"])

    async def write(self, account_id: str, text: str | None = "Oi", sender: Json = BIA, **body: Any) -> Json:
        body = {"account_id": account_id, "from": sender, "text": text} | body
        return await self.control("POST", "/messages", 201, json=body)

    async def send(self, chat_id: str, text: str = "Hello", **body: Any) -> str:
        answer = await self.api("POST", f"/chats/{chat_id}/messages", 201, json={"text": text} | body)
        return str(answer["message_id"])

    async def register(self, receiver: Receiver, **body: Any) -> str:
        body = {"request_url": receiver.url, "source": "messaging", "events": ALL_EVENTS} | body
        if body["source"] != "messaging":
            del body["events"]
        return str((await self.api("POST", "/webhooks", 201, json=body))["webhook_id"])


async def read(answer: ClientResponse, status: int) -> Json:
    """Return the body of a response that must have this status; every error must be problem JSON."""
    body: Json = await answer.json(content_type=None)
    assert answer.status == status, f"{answer.status}: {body}"
    if status >= 400:
        assert body["status"] == status and body["type"].startswith("errors/") and body["title"]
    return body


Start = Callable[..., Awaitable[Driver]]

"""Secrets are rotated while webhooks, requests and sends go on: nothing is rejected, nothing is lost."""

import asyncio
import io
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from server.app import create_app
from server.config import Config
from server.errors import ConfabError
from tests.cli.shell import Shell
from tests.conftest import JWT_SECRET
from tests.flows.rows import watching
from tests.support.fixtures_stack import serving
from tests.support.peers import WEBHOOK_SECRET, Peer, eventually
from tests.support.ports import free_port
from workers.jobs import run_workers

KEY = {"X-API-KEY": "sandbox-key"}
OLD_KEY, NEW_KEY = "sandbox-key", "a-new-key-of-the-dashboard"
PATH = "/api/webhooks/unipile/messages"


@dataclass
class Fleet:
    """Web and worker processes with settings of their own, behind a load balancer that passes webhooks to each in turn
    and notes what UniPile was answered.
    """

    session: aiohttp.ClientSession
    config: Config
    webs: dict[str, AsyncExitStack] = field(default_factory=dict)
    workers: AsyncExitStack | None = None
    answers: Counter[int] = field(default_factory=Counter)
    _turns: Any = field(default_factory=itertools.count)

    def settings(self, **secrets: str) -> Config:
        return replace(self.config, secrets=replace(self.config.secrets, **secrets))

    async def start_web(self, config: Config) -> str:
        running = AsyncExitStack()
        url = await running.enter_async_context(serving(create_app(config), free_port()))
        self.webs[url] = running
        return url

    async def replace_web(self, old: str, config: Config) -> str:
        """Take the new process in, then the old one out, which finishes its requests."""
        url = await self.start_web(config)
        await self.webs.pop(old).aclose()
        return url

    async def restart_workers(self, config: Config) -> None:
        if self.workers is not None:
            await self.workers.aclose()
        self.workers = AsyncExitStack()
        await self.workers.enter_async_context(run_workers(config))

    async def forward(self, request: web.Request) -> web.Response:
        body, names = await request.read(), ("Unipile-Auth", "Content-Type")
        headers = {name: request.headers[name] for name in names}
        while True:
            urls = list(self.webs)
            url = urls[next(self._turns) % len(urls)] + request.path
            with suppress(aiohttp.ClientConnectorError):  # it has just ended: the next one
                async with self.session.post(url, data=body, headers=headers) as answer:
                    if "axios" in request.headers["User-Agent"]:  # not what `rotate` tries
                        self.answers[answer.status] += 1
                    return web.Response(status=answer.status, body=await answer.read())

    async def close(self) -> None:
        for running in (*self.webs.values(), *([self.workers] if self.workers else [])):
            await running.aclose()


@pytest.fixture
async def fleet(config: Config, client: aiohttp.ClientSession, unipile: Peer) -> AsyncIterator[Fleet]:
    balancer = web.Application()
    port = free_port()
    config = replace(
        config,
        web=replace(config.web, public_url=f"http://127.0.0.1:{port}"),
        unipile=replace(config.unipile, dsn=unipile.url),
    )
    fleet = Fleet(client, config)
    balancer.router.add_post("/{path:.*}", fleet.forward)
    async with serving(balancer, port):
        yield fleet
        await fleet.close()


@asynccontextmanager
async def customers_writing(unipile: Peer, fleet: Fleet, sent: list[str]) -> AsyncIterator[None]:
    """Messages all the time, each when the one before was delivered; UniPile's ids of them are added to `sent`."""

    async def write() -> None:
        for index in itertools.count():
            body = {
                "account_id": "acc-1",
                "from": {"phone_number": f"55119777700{index % 5:02}", "name": "Bia"},
                "text": f"message {index}",
            }
            answered = fleet.answers.total()
            sent.append((await unipile.ok("POST", "/sandbox/messages", body))["message_id"])
            await eventually(partial(was_answered, fleet, answered))

    task = asyncio.create_task(write())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def was_answered(fleet: Fleet, count: int) -> bool:
    return fleet.answers.total() > count


async def reached(sent: list[str], count: int) -> bool:
    return len(sent) >= count


async def webhook_secrets(unipile: Peer) -> list[str]:
    items = (await unipile.ok("GET", "/api/v1/webhooks", headers=KEY))["items"]
    return [h["value"] for item in items for h in item["headers"] if h["key"] == "Unipile-Auth"]


async def test_the_webhook_secret_is_rotated_without_a_401(fleet: Fleet, unipile: Peer) -> None:
    sent: list[str] = []

    async def posts_with(secret: str) -> bool:
        return await webhook_secrets(unipile) == [secret, secret]

    async def goes_on() -> None:
        count = len(sent)
        await eventually(lambda: reached(sent, count + 20))

    first, second = await fleet.start_web(fleet.config), await fleet.start_web(fleet.config)
    await fleet.restart_workers(fleet.config)
    await eventually(lambda: posts_with(WEBHOOK_SECRET))
    agent = await Peer(fleet.session, first).sign_in("ana")
    await agent.link_account("acc-1")
    rotate = ("rotate", "WEBHOOK_SECRET", "--overlap-seconds", "0.5")
    async with customers_writing(unipile, fleet, sent):
        step = (await Shell(fleet.config).invoke(*rotate)).document
        assert (step["step"], step["move"]) == ("set", {"WEBHOOK_SECRET": "WEBHOOK_SECRET_PREVIOUS"})
        new = step["set"]["WEBHOOK_SECRET"]
        both = fleet.settings(webhook_secret=new, webhook_secret_previous=WEBHOOK_SECRET)
        # Workers register webhooks when they start, and leave those that still work.
        await fleet.restart_workers(both)
        first = await fleet.replace_web(first, both)
        with pytest.raises(ConfabError, match="rejected with 401"):  # one process would reject the new one
            await Shell(both).invoke(*rotate)
        await goes_on()
        assert await posts_with(WEBHOOK_SECRET)
        second = await fleet.replace_web(second, both)
        done = await Shell(both).invoke(*rotate)
        assert (done.document["remove"], done.document["swept"]) == ("WEBHOOK_SECRET_PREVIOUS", 1)
        assert await posts_with(new)
        assert "already" in (await Shell(both).invoke(*rotate)).text
        only = fleet.settings(webhook_secret=new)
        await fleet.replace_web(first, only)
        await fleet.replace_web(second, only)
        await fleet.restart_workers(only)
        await goes_on()
    with watching(fleet.config.database.url or "") as rows:
        await eventually(lambda: asyncio.to_thread(lambda: set(sent) <= set(rows.stored())))
        assert rows.dead() == 0
    assert set(fleet.answers) == {200}
    assert await webhook_secrets(unipile) == [new, new]
    old = {"Unipile-Auth": WEBHOOK_SECRET, "Content-Type": "application/json"}
    assert (
        await Peer(fleet.session, fleet.config.web.public_url).call("POST", PATH, b"{}", headers=old)
    ).status == 401


async def test_tokens_of_every_step_are_valid_on_every_process(fleet: Fleet) -> None:
    """While processes restart, those of two steps serve the same users."""
    step = (await Shell(fleet.config).invoke("rotate", "JWT_SECRET")).document
    assert step["copy"] == {"JWT_SECRET": "ERASE_SECRET"}
    new = step["set"]["JWT_SECRET"]
    swapped = fleet.settings(jwt_secret=new, jwt_secret_previous=JWT_SECRET, erase_secret=JWT_SECRET)
    steps = (fleet.config, fleet.settings(jwt_secret_previous=new, erase_secret=JWT_SECRET), swapped)
    urls, tokens = [await fleet.start_web(fleet.config)], list[str]()
    for config in steps:
        urls = [urls[-1], await fleet.start_web(config)]
        tokens += [str((await Peer(fleet.session, url).sign_in("ana")).token) for url in urls]
        assert {await status_of(fleet, url, token) for url in urls for token in tokens} == {200}
    assert (await Shell(swapped).invoke("rotate", "JWT_SECRET")).document["remove"] == "JWT_SECRET_PREVIOUS"
    last = await fleet.start_web(fleet.settings(jwt_secret=new, erase_secret=JWT_SECRET))
    assert [await status_of(fleet, last, token) for token in (tokens[0], tokens[-1])] == [401, 200]


async def status_of(fleet: Fleet, url: str, token: str) -> int:
    return (await Peer(fleet.session, url, token).call("GET", "/api/auth/me")).status


async def test_the_unipile_key_is_changed_while_messages_are_sent(
    fleet: Fleet, unipile: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await fleet.start_web(fleet.config)
    await fleet.restart_workers(fleet.config)
    agent = await Peer(fleet.session, url).sign_in("ana")
    chats = f"/api/channels/whatsapp/{(await agent.link_account('acc-1'))['id']}/chats"
    chat = (await agent.ok("POST", chats, {"to": "+5511988880000", "text": "first"}))["chat"]

    async def send(count: int) -> None:
        for _ in range(count):
            await agent.ok("POST", f"{chats}/{chat['id']}/send", {"text": "one more"})

    async def rotate(key: str) -> dict[str, Any]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
        return dict((await Shell(fleet.config).invoke("rotate", "UNIPILE_API_KEY")).document)

    with pytest.raises(ConfabError, match="rejects this key"):
        await rotate(NEW_KEY)
    await unipile.ok("POST", "/sandbox/keys", {"key": NEW_KEY})
    assert (await rotate(NEW_KEY))["was_rejected"] is False
    sending = asyncio.create_task(send(20))
    await fleet.restart_workers(replace(fleet.config, unipile=replace(fleet.config.unipile, api_key=NEW_KEY)))
    await sending
    await unipile.ok("DELETE", f"/sandbox/keys/{OLD_KEY}")
    await send(5)

    async def all_sent() -> bool:
        messages = (await agent.ok("GET", f"{chats}/{chat['id']}/messages?limit=100"))["items"]
        return [m["status"] in ("sent", "delivered", "read") for m in messages] == [True] * 26

    await eventually(all_sent)
    assert (await rotate(NEW_KEY))["was_rejected"] is True

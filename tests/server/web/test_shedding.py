"""While many reads are being answered, further ones wait, then are rejected; everything else goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from server.config import Config
from server.metrics import READS_REJECTED
from server.web import shedding
from server.web.app_keys import DATABASE, READS
from tests.support.factories import make_account
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Answer, Peer, eventually, message_received

LABELS = "/api/labels"
LIMIT = 3


@pytest.fixture
async def narrow(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stack]:
    """No read waits for long."""
    monkeypatch.setattr(shedding, "WAIT_SECONDS", 0.01)
    async with run_stack(replace(config, web=replace(config.web, max_reads=LIMIT))) as running:
        yield running


@asynccontextmanager
async def busy(stack: Stack) -> AsyncIterator[None]:
    """All connections of the web server's pool are in use."""
    database = stack.app[DATABASE]
    async with AsyncExitStack() as connections:
        for _ in range(stack.config.database.pool_size):
            await connections.enter_async_context(database.cursor())
        yield


async def reading(stack: Stack, peer: Peer, count: int) -> "list[asyncio.Task[Answer]]":
    """Reads that wait for a connection."""
    before = stack.app[READS].running
    tasks = [asyncio.create_task(peer.call("GET", LABELS)) for _ in range(count)]

    async def all_wait() -> bool:
        return stack.app[READS].running == before + count

    await eventually(all_wait)
    return tasks


async def queue(stack: Stack, peer: Peer, count: int) -> "list[asyncio.Task[Answer]]":
    """Reads that wait for others."""
    tasks = [asyncio.create_task(peer.call("GET", LABELS)) for _ in range(count)]

    async def all_wait() -> bool:
        return stack.app[READS].waiting == count

    await eventually(all_wait)
    return tasks


async def test_a_read_that_waits_too_long_is_rejected(narrow: Stack) -> None:
    ana = await narrow.stranger.sign_in("ana")
    rejected = READS_REJECTED._value.get()
    async with busy(narrow):
        waiting = await reading(narrow, ana, LIMIT)
        for path in (LABELS, "/api/search?q=oi", "/api/availability"):
            answer = await ana.call("GET", path)
            assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
            assert answer.headers["Retry-After"] == "1"
    assert [(await task).status for task in waiting] == [200] * LIMIT
    assert (await ana.call("GET", LABELS)).status == 200
    assert READS_REJECTED._value.get() == rejected + 3


async def test_a_read_within_the_limit_waits(narrow: Stack) -> None:
    ana = await narrow.stranger.sign_in("ana")
    async with busy(narrow):
        waiting = await reading(narrow, ana, LIMIT - 1)
        waiting += await reading(narrow, ana, 1)
    assert [(await task).status for task in waiting] == [200] * LIMIT


async def test_a_read_beyond_the_limit_waits_for_its_turn(
    narrow: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shedding, "WAIT_SECONDS", 3600.0)
    ana = await narrow.stranger.sign_in("ana")
    async with busy(narrow):
        tasks = await reading(narrow, ana, LIMIT) + await queue(narrow, ana, 2 * LIMIT)
        assert narrow.app[READS].running == LIMIT
    assert {(await task).status for task in tasks} == {200}
    assert (narrow.app[READS].running, narrow.app[READS].waiting) == (0, 0)


async def test_only_so_many_wait(narrow: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shedding, "WAIT_SECONDS", 3600.0)
    monkeypatch.setattr(shedding, "MOST_WAITING", 2)
    ana = await narrow.stranger.sign_in("ana")
    async with busy(narrow):
        tasks = await reading(narrow, ana, LIMIT) + await queue(narrow, ana, 2)
        assert (await ana.call("GET", LABELS)).status == 503
    assert {(await task).status for task in tasks} == {200}


async def test_changes_webhooks_sockets_and_health_are_not_rejected(narrow: Stack) -> None:
    ana = await narrow.stranger.sign_in("ana")
    account_id = await make_account(narrow, ana, "acc-1")
    socket = await ana.listen()
    async with busy(narrow):
        waiting = await reading(narrow, ana, LIMIT)
        change = asyncio.create_task(ana.call("PUT", "/api/availability", {"away": True}))
        assert (await ana.deliver(message_received("acc-1", "Oi"))).status == 200
        await socket.wait_for_event("message:new", account_id=account_id)
        assert (await narrow.stranger.call("GET", "/health")).status == 200
    assert (await change).status < 300
    assert [(await task).status for task in waiting] == [200] * LIMIT


async def test_a_read_that_has_failed_is_not_counted(narrow: Stack) -> None:
    ana = await narrow.stranger.sign_in("ana")
    for path in ("/api/labels?limit=x", "/api/channels/whatsapp/99/chats", "/api/keys"):
        for _ in range(LIMIT):
            await ana.call("GET", path)
    await narrow.stranger.call("GET", LABELS)
    assert (narrow.app[READS].running, narrow.app[READS].waiting) == (0, 0)


async def test_without_a_limit_every_read_waits(config: Config) -> None:
    async with run_stack(replace(config, web=replace(config.web, max_reads=0)), with_workers=False) as stack:
        ana = await stack.stranger.sign_in("ana")
        async with busy(stack):
            waiting = await reading(stack, ana, 70)
        assert {(await task).status for task in waiting} == {200}

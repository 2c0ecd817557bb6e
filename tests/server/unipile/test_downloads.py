"""Downloads follow the rules of other calls: timeouts, a limit, the breaker, and no leaked key."""

import asyncio

import pytest
from aiohttp import web

from server.unipile.client import UnipileClient
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError
from tests.server.unipile.test_client import client_of
from tests.server.unipile.test_transport import SECRET, telling_the_key
from tests.support.peers import eventually

FILE = b"A file." * 10_000


class Files:
    """Responds to downloads with these statuses in turn, then with the file, or hangs; sends always succeed."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None, hangs: bool = False) -> None:
        self._statuses = list(statuses)
        self._headers = headers
        self.gate = asyncio.Event()
        if not hangs:
            self.gate.set()
        self.asked = 0
        self.under_way = 0

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.json_response({"message_id": "m-1"}, status=201)
        self.asked += 1
        self.under_way += 1
        try:
            await self.gate.wait()
        finally:
            self.under_way -= 1
        status = self._statuses.pop(0) if self._statuses else 200
        if status == 200:
            return web.Response(body=FILE)
        return web.json_response({"type": "errors/service_unavailable"}, status=status, headers=self._headers)


async def fetch(client: UnipileClient) -> bytes:
    async with client.download("m-1", "att-1") as chunks:
        return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize("status", [429, 500, 503, 504])
async def test_a_download_is_retried(status: int) -> None:
    files = Files(status, status)
    async with client_of(files.answer) as client:
        assert await fetch(client) == FILE
    assert files.asked == 3


async def test_a_download_honours_retry_after_and_blocks_no_caller() -> None:
    files = Files(429, headers={"Retry-After": "120"})
    async with client_of(files.answer) as client:
        with pytest.raises(NotTaken) as caught:
            await fetch(client)
    assert (files.asked, caught.value.retry_after) == (1, 120)


async def test_an_expired_file_is_requested_once() -> None:
    files = Files(404)
    async with client_of(files.answer) as client:
        with pytest.raises(Rejected) as caught:
            await fetch(client)
    assert (files.asked, caught.value.is_absent) == (1, True)


async def test_a_hanging_download_times_out_and_releases_its_slot() -> None:
    files = Files(hangs=True)
    async with client_of(files.answer, download=0.1) as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await fetch(client)
        assert (files.asked, caught.value.type) == (1, "timeout")
        files.gate.set()
        assert await fetch(client) == FILE


async def test_downloads_never_occupy_all_slots() -> None:
    """Three slots: two are occupied by hanging downloads, and a send succeeds."""
    files = Files(hangs=True)
    async with client_of(files.answer, concurrency=3) as client:
        waiting = [asyncio.create_task(fetch(client)) for _ in range(5)]

        async def are_full() -> bool:
            return files.under_way == 2

        await eventually(are_full)
        assert await client.send_message("acc-1", "chat-1", "Oi") == "m-1"
        assert files.asked == 2
        files.gate.set()
        assert await asyncio.gather(*waiting) == [FILE] * 5


async def test_waiting_for_a_slot_counts_towards_the_timeout() -> None:
    files = Files(hangs=True)
    async with client_of(files.answer, concurrency=1, total=0.1) as client:
        first = asyncio.create_task(fetch(client))

        async def is_full() -> bool:
            return files.under_way == 1

        await eventually(is_full)
        with pytest.raises(NotTaken) as caught:
            await client.send_message("acc-1", "chat-1", "Oi")
        assert caught.value.type == "no_turn"
        files.gate.set()
        assert await first == FILE
        assert client.circuit == "closed"


async def test_downloads_and_calls_share_the_breaker() -> None:
    files = Files(*[503] * 12)
    async with client_of(files.answer) as client:
        for _ in range(4):
            with pytest.raises(NotTaken):
                await fetch(client)
        assert files.asked == 10
        assert client.circuit == "open"
        with pytest.raises(NotTaken) as caught:
            await client.send_message("acc-1", "chat-1", "Oi")
        assert caught.value.type == "circuit_open"


async def test_an_interrupted_download_does_not_trip_the_breaker() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 100)
        assert request.transport is not None
        request.transport.close()
        return response

    async with client_of(cut) as client:
        for _ in range(12):
            with pytest.raises(OutcomeUnknown) as caught:
                await fetch(client)
            assert caught.value.type == "connection_lost"
        assert client.circuit == "closed"


async def test_a_reader_that_disconnects_releases_its_slot() -> None:
    files = Files()
    async with client_of(files.answer, concurrency=1) as client:
        for _ in range(3):
            with pytest.raises(ValueError, match="enough"):
                async with client.download("m-1", "att-1") as chunks:
                    async for _chunk in chunks:
                        raise ValueError("enough")


@pytest.mark.parametrize(("status", "kind"), [(401, "invalid_credentials"), (404, "x"), (500, "y")])
async def test_download_errors_do_not_contain_our_key(status: int, kind: str) -> None:
    async with client_of(telling_the_key(status, kind), key=SECRET) as client:
        with pytest.raises(UnipileError) as caught:
            await fetch(client)
    assert SECRET not in str(caught.value) + str(vars(caught.value))
    assert "[key]" in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_do_not_receive_our_key(status: int) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        target = str(request.url.with_path("/elsewhere"))
        return web.Response(status=status, headers={"Location": target})

    async with client_of(elsewhere) as client:
        with pytest.raises(Rejected) as caught:
            await fetch(client)
        with pytest.raises(Rejected):
            await client.send_message("account-1", "chat-1", "Hello")
    assert caught.value.status == status
    assert "/elsewhere" not in asked

"""The transport of calls: retries of reads only, Retry-After, a breaker, and a key that never leaks."""

import gzip
import io
from contextlib import suppress
from time import monotonic

import pytest
import structlog
from aiohttp import web

from server.unipile.breaker import Breaker
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError, error_from
from server.unipile.transport import MAX_ANSWER_BYTES, Deadlines
from tests.server.unipile.test_client import Handler, client_of

SECRET = "kq8Z71tBf0uniPileKey"
DOWN = NotTaken("not_reached", "t")


class Script:
    """Responds with these statuses in turn, then always with the last one, and counts the calls."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self._statuses = list(statuses)
        self._headers = headers
        self.calls = 0

    async def answer(self, _: web.Request) -> web.Response:
        self.calls += 1
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        body = {"type": "errors/service_unavailable", "items": [], "sources": []}
        return web.json_response(body, status=status, headers=self._headers)


@pytest.mark.parametrize("status", [429, 500, 503, 504])
async def test_a_read_is_retried(status: int) -> None:
    script = Script(status, status, 200)
    async with client_of(script.answer) as client:
        await client.fetch_account("acc-1")
    assert script.calls == 3


async def test_a_read_is_given_up_eventually() -> None:
    script = Script(503)
    async with client_of(script.answer) as client:
        with pytest.raises(NotTaken):
            await client.fetch_account("acc-1")
    assert script.calls == 3


@pytest.mark.parametrize("packed", [True, False])
async def test_a_decompression_bomb_is_not_read_to_its_end(packed: bool) -> None:
    """A megabyte that decompresses to a gigabyte, and an uncompressed oversized body; neither is retried."""
    calls = 0
    body = gzip.compress(b" " * 200_000_000, 1) if packed else b" " * (MAX_ANSWER_BYTES + 1)
    headers = {"Content-Encoding": "gzip"} if packed else {}

    async def answer(_: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        return web.Response(body=io.BytesIO(body), headers=headers)

    async with client_of(answer) as client:
        with pytest.raises(OutcomeUnknown, match="too large"):
            await client.fetch_account("acc-1")
    assert calls == 1


async def test_a_rejected_read_is_not_retried() -> None:
    script = Script(404)
    async with client_of(script.answer) as client:
        with pytest.raises(Rejected):
            await client.fetch_account("acc-1")
    assert script.calls == 1


@pytest.mark.parametrize("status", [429, 500, 503, 504])
async def test_writes_are_never_retried(status: int) -> None:
    script = Script(status)
    async with client_of(script.answer) as client:
        for work in (
            lambda: client.send_message("acc-1", "chat-1", "Oi"),
            lambda: client.delete_account("acc-1"),
            lambda: client.start_connect(),
            lambda: client.edit_message("m-1", "Oi"),
        ):
            with pytest.raises(UnipileError):
                await work()
    assert script.calls == 4


async def test_a_read_does_not_outlast_its_caller() -> None:
    script = Script(429, headers={"Retry-After": "120"})
    async with client_of(script.answer) as client:
        with pytest.raises(NotTaken) as caught:
            await client.fetch_account("acc-1")
    assert (script.calls, caught.value.retry_after) == (1, 120)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("999999", 3600), ("", None), ("soon", None), ("-1", None), (None, None), ("٣", None)],
)
def test_retry_after_is_validated(header: str | None, seconds: float | None) -> None:
    assert error_from(429, {}, header).retry_after == seconds


async def test_the_breaker_stays_open_until_a_probe_succeeds() -> None:
    script = Script(*[503] * 10, 200)
    async with client_of(script.answer) as client:
        for _ in range(10):
            with pytest.raises(NotTaken):
                await client.send_message("acc-1", "chat-1", "Oi")
        assert [client.circuit] == ["open"]
        with pytest.raises(NotTaken) as caught:
            await client.send_message("acc-1", "chat-1", "Oi")
        assert (script.calls, caught.value.type) == (10, "circuit_open")
        assert caught.value.retry_after is not None
        client._transport._breaker._opened_at = monotonic() - 60
        assert [client.circuit] == ["half_open"]
        await client.send_message("acc-1", "chat-1", "Oi")
        assert [client.circuit] == ["closed"]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_one_probe_at_a_time_and_its_failure_reopens_the_breaker() -> None:
    clock = Clock()
    breaker = Breaker(2, 15, clock)
    for _ in range(2):
        breaker.enter()
        breaker.note(DOWN)
    clock.now += 15
    breaker.enter()
    with pytest.raises(NotTaken):
        breaker.enter()
    breaker.note(DOWN)
    clock.now += 14
    with pytest.raises(NotTaken):
        breaker.enter()
    clock.now += 1
    breaker.enter()
    breaker.note(None)
    assert breaker.state == "closed"


@pytest.mark.parametrize(
    "error",
    [
        None,
        Rejected("invalid_recipient", "t", 422),
        NotTaken("no_client_session", "t", 503),
        NotTaken("too_many_requests", "t", 429),
        OutcomeUnknown("provider_error", "t", 500),
    ],
    ids=repr,
)
def test_any_response_resets_the_breaker(error: UnipileError | None) -> None:
    breaker = Breaker(3, 15)
    for failure in (DOWN, DOWN, error, DOWN, DOWN):
        breaker.note(failure)
    assert breaker.state == "closed"


def test_a_cancelled_call_does_not_count() -> None:
    breaker = Breaker(3, 15)
    for failure in (DOWN, DOWN, KeyboardInterrupt(), DOWN):
        breaker.note(failure)
    assert breaker.state == "open"


def test_each_kind_of_call_has_its_timeout() -> None:
    deadlines = Deadlines(connect=5, write=30, read=10, pairing=60)
    assert deadlines.of("GET", "/chats") == 10
    assert deadlines.of("GET", "/accounts/a") == 10
    assert deadlines.of("POST", "/chats/c/messages") == 30
    assert deadlines.of("POST", "/accounts") == 60
    assert deadlines.of("POST", "/hosted/accounts/link") == 60
    assert deadlines.of("DELETE", "/accounts/a") == 30
    within = deadlines.within(10)
    assert (within.total, within.sock_connect, within.sock_read) == (10, 5, 5)


def telling_the_key(status: int, kind: str) -> Handler:
    """A UniPile that quotes the request in its response."""

    async def answer(request: web.Request) -> web.Response:
        body = {"type": f"errors/{kind}", "title": "No.", "detail": f"Wrong: {request.headers['X-API-KEY']}"}
        return web.json_response(body, status=status)

    return answer


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "invalid_credentials"), (422, "x"), (500, "y"), (503, "z"), (404, "w")]
)
async def test_errors_and_logs_do_not_contain_our_key(status: int, kind: str) -> None:
    out = io.StringIO()
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    try:
        async with client_of(telling_the_key(status, kind), key=SECRET) as client:
            for _ in range(12):
                with suppress(UnipileError):
                    await client.send_message("acc-1", "chat-1", "Oi")
            with pytest.raises(UnipileError) as caught:
                await client.delete_account("acc-1")
            seen = (repr(client), repr(client._transport), repr(caught.value), str(vars(caught.value)))
    finally:
        structlog.configure(**before)
    for text in (*seen, caught.value.advice, out.getvalue()):
        assert SECRET not in text

"""Sends calls to UniPile: API key, deadlines per kind of call, concurrency limit, retries of reads, circuit breaker."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import aiohttp
import orjson
import structlog
from yarl import URL

from server.metrics import UNIPILE_CALLS, UNIPILE_KEY_REJECTED
from server.unipile.breaker import Breaker, State
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, error_from

log = structlog.get_logger()

# Backoff of reads, with jitter. A longer Retry-After is left to the caller.
READ_BACKOFF_SECONDS = (0.2, 0.6)
LONGEST_WAIT_SECONDS = 2.0
# Pairing and the hosted page are slow (unipile-api.md §1.6).
SLOW_ROUTES = ("/accounts", "/hosted")
CHUNK_BYTES = 64 * 1024
MAX_ERROR_BYTES = 64 * 1024
# The attendees of a group of 5,000 are about 4 MB.
MAX_ANSWER_BYTES = 16 * 1024 * 1024
TOO_LARGE = "too_large"
NOT_MODIFIED = 304

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Limits in seconds: to connect; for a write, a read, a pairing, a download as a whole."""

    connect: float
    write: float
    read: float
    pairing: float
    download: float = 45.0

    def of(self, method: str, path: str) -> float:
        """The limit of a whole call, including the wait for a slot."""
        if method == "GET":
            return min(self.read, self.write)
        return self.pairing if method == "POST" and path.startswith(SLOW_ROUTES) else self.write

    def within(self, total: float) -> aiohttp.ClientTimeout:
        """The timeouts of a request; between two packets at most half of the total may pass."""
        return aiohttp.ClientTimeout(
            total=total, sock_connect=min(self.connect, total), sock_read=max(total / 2, min(total, 5))
        )


@dataclass(frozen=True, slots=True)
class File:
    """A streamed file; `is_same` when it matches the given ETag, and then has no bytes."""

    is_same: bool
    tag: str | None
    chunks: AsyncIterator[bytes]


class Transport:
    """Sends calls. The API key has access to every account: it never leaves this class, and no error contains it."""

    def __init__(
        self,
        dsn: str,
        api_key: str,
        *,
        concurrency: int,
        downloads: int,
        deadlines: Deadlines,
        breaker: Breaker,
    ) -> None:
        base, _, query = dsn.partition("?")
        self._base, self._query = f"{base}/api/v1", dict(parse_qsl(query))
        self._key = api_key.encode()
        self._deadlines = deadlines
        self._breaker = breaker
        self._slots = asyncio.Semaphore(concurrency)
        # Downloads share the slots but never take all of them, so that sends do not wait for large files.
        self._file_slots = asyncio.Semaphore(max(1, min(downloads, concurrency - 1)))
        self._session = aiohttp.ClientSession(
            headers={"X-API-KEY": api_key, "Accept": "application/json"},
            connector=aiohttp.TCPConnector(limit=concurrency),
        )

    @property
    def circuit(self) -> State:
        return self._breaker.state

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, **content: Any) -> dict[str, object]:
        """One call. Only reads are retried. Raises a UnipileError that says whether UniPile acted."""
        total = self._deadlines.of(method, path)

        async def ask() -> dict[str, object]:
            async with _turn(total, self._slots) as left, AsyncExitStack() as stack:
                with self._guarded(method):
                    response = await self._open(stack, method, path, left, content)
                    with _translated():
                        return _object(await _read_whole(response))

        return await _retried(ask) if method == "GET" else await ask()

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Stream the bytes of a file."""
        async with self.open_file(path) as file:
            yield file.chunks

    @asynccontextmanager
    async def open_file(self, path: str, tag: str | None = None) -> AsyncIterator["File"]:
        """A file, unless it still has this ETag. The request is retried like any read, an interrupted file is not."""
        content = {"headers": {"Accept": "*/*", **({"If-None-Match": tag} if tag else {})}}
        async with AsyncExitStack() as stack:

            async def begin() -> aiohttp.ClientResponse:
                async with AsyncExitStack() as trial:
                    turn = _turn(self._deadlines.download, self._file_slots, self._slots)
                    left = await trial.enter_async_context(turn)
                    # Once UniPile has begun to answer, it is up: an interrupted file must not open the breaker.
                    with self._guarded("GET"):
                        response = await self._open(trial, "GET", path, left, content)
                    stack.push_async_exit(trial.pop_all())
                    return response

            response = await _retried(begin)
            is_same = response.status == NOT_MODIFIED
            yield File(is_same, response.headers.get("ETag"), _chunks(response))

    @contextmanager
    def _guarded(self, method: str) -> Iterator[None]:
        """Pass a call through the circuit breaker, and count its result."""
        self._breaker.enter()
        failure: BaseException | None = None
        try:
            yield
        except BaseException as error:
            failure = error
            if isinstance(error, Rejected) and error.is_our_key:
                UNIPILE_KEY_REJECTED.inc()
                log.error("unipile_key_rejected", error=error.type)
            raise
        finally:
            self._breaker.note(failure)
            UNIPILE_CALLS.labels(method, "ok" if failure is None else type(failure).__name__).inc()

    async def _open(
        self, stack: AsyncExitStack, method: str, path: str, seconds: float, content: Mapping[str, Any]
    ) -> aiohttp.ClientResponse:
        """A response whose body is not read yet; raises the UnipileError of an error answer."""
        with _translated():
            response = await stack.enter_async_context(
                self._session.request(
                    method,
                    URL(self._base + path).extend_query(self._query) if self._query else self._base + path,
                    timeout=self._deadlines.within(seconds),
                    allow_redirects=False,  # the API key would be sent to the redirect's host
                    **content,
                )
            )
            if response.status < 300 or response.status == NOT_MODIFIED:
                return response
            raw = await response.content.read(MAX_ERROR_BYTES)
        answer = _object(raw.replace(self._key, b"[key]") if self._key else raw)
        raise error_from(response.status, answer, response.headers.get("Retry-After"))


@asynccontextmanager
async def _turn(total: float, *slots: asyncio.Semaphore) -> AsyncIterator[float]:
    """Wait for a slot in each semaphore; yields the seconds left for the call.

    At most half the time is spent waiting: a call that starts too late would time out with an unknown outcome.
    """
    begun = monotonic()
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(total / 2):
                for slot in slots:
                    await stack.enter_async_context(slot)
        except TimeoutError as error:
            raise NotTaken("no_turn", "Too many calls to UniPile are in progress.") from error
        yield total - (monotonic() - begun)


async def _retried(ask: Callable[[], Awaitable[T]]) -> T:
    """Call up to three times, where a retry may help."""
    for pause in READ_BACKOFF_SECONDS:
        try:
            return await ask()
        except (NotTaken, OutcomeUnknown) as error:
            wait = max(pause * random.uniform(0.5, 1.5), error.retry_after or 0)  # noqa: S311 - jitter
            if error.type in ("timeout", "no_turn", TOO_LARGE) or wait > LONGEST_WAIT_SECONDS:
                raise
        await asyncio.sleep(wait)
    return await ask()


async def _read_whole(response: aiohttp.ClientResponse) -> bytes:
    """A compressed answer can expand to any size: one above MAX_ANSWER_BYTES is not read to its end."""
    whole = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        whole += chunk
        if len(whole) > MAX_ANSWER_BYTES:
            response.close()
            raise OutcomeUnknown(TOO_LARGE, "UniPile's answer is too large.")
    return bytes(whole)


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    with _translated():
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            yield chunk


@contextmanager
def _translated() -> Iterator[None]:
    """Translate network errors into what they say about the call."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise NotTaken("not_reached", "UniPile could not be reached.") from error
    except TimeoutError as error:
        raise OutcomeUnknown("timeout", "UniPile did not answer in time.") from error
    except aiohttp.ClientError as error:
        raise OutcomeUnknown("connection_lost", "The connection to UniPile broke.") from error


def _object(data: bytes) -> dict[str, object]:
    try:
        answer = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}

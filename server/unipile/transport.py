"""Carries calls to UniPile: key, deadlines by kind of call, so many at a time, repeats of reads, a breaker."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
import structlog

from server.metrics import UNIPILE_CALLS, UNIPILE_KEY_REFUSED
from server.unipile.breaker import Breaker, State
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError, error_from

log = structlog.get_logger()

# Pauses before a read is tried again, spread; what UniPile asks for beyond the last is for the caller to wait.
READ_PAUSES_SECONDS = (0.2, 0.6)
LONGEST_WAIT_SECONDS = 2.0
# Pairing and the hosted page may take their time (unipile-api.md §1.6).
SLOW_ROUTES = ("/accounts", "/hosted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds: to connect; for a whole call that writes; that reads; that connects a number."""

    connect: float
    write: float
    read: float
    pairing: float

    def of(self, method: str, path: str) -> aiohttp.ClientTimeout:
        if method == "GET":
            total = min(self.read, self.write)
        else:
            total = self.pairing if method == "POST" and path.startswith(SLOW_ROUTES) else self.write
        # Between two packets of an answer no more than half of it may pass.
        return aiohttp.ClientTimeout(
            total=total, sock_connect=min(self.connect, total), sock_read=max(total / 2, min(total, 5))
        )


class Transport:
    """The workspace's key can act on every account: it never leaves this class, and no error quotes it."""

    def __init__(
        self, dsn: str, api_key: str, *, concurrency: int, deadlines: Deadlines, breaker: Breaker
    ) -> None:
        self._base = f"{dsn}/api/v1"
        self._key = api_key.encode()
        self._deadlines = deadlines
        self._breaker = breaker
        self._slots = asyncio.Semaphore(concurrency)
        self._session = aiohttp.ClientSession(
            headers={"X-API-KEY": api_key, "Accept": "application/json"},
            connector=aiohttp.TCPConnector(limit=concurrency),
        )

    @property
    def circuit(self) -> State:
        return self._breaker.state

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """One call; reads are repeated when it may help, nothing else ever is. Raises a UnipileError that says
        whether UniPile acted.
        """
        pauses = READ_PAUSES_SECONDS if method == "GET" else ()
        for pause in pauses:
            try:
                return await self._guarded(method, path, content)
            except (NotTaken, OutcomeUnknown) as error:
                wait = max(pause * random.uniform(0.5, 1.5), error.retry_after or 0)  # noqa: S311 - jitter
                if error.type == "timeout" or wait > LONGEST_WAIT_SECONDS:
                    raise
            await asyncio.sleep(wait)
        return await self._guarded(method, path, content)

    async def _guarded(self, method: str, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        self._breaker.enter()
        failure: BaseException | None = None
        try:
            return await self._request(method, path, content)
        except UnipileError as error:
            failure = error
            if isinstance(error, Rejected) and error.is_our_key:
                UNIPILE_KEY_REFUSED.inc()
                log.error("unipile_key_refused", error=error.type)
            raise
        except BaseException as error:
            failure = error
            raise
        finally:
            self._breaker.note(failure)
            UNIPILE_CALLS.labels(method, "ok" if failure is None else type(failure).__name__).inc()

    async def _request(self, method: str, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        try:
            async with (
                self._slots,
                self._session.request(
                    method, self._base + path, timeout=self._deadlines.of(method, path), **content
                ) as response,
            ):
                raw = await response.read()
                if response.status >= 400:
                    answer = _object(raw.replace(self._key, b"[key]") if self._key else raw)
                    raise error_from(response.status, answer, response.headers.get("Retry-After"))
                return _object(raw)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotTaken("not_reached", "UniPile could not be reached.") from error
        except TimeoutError as error:
            raise OutcomeUnknown("timeout", "UniPile did not answer in time.") from error
        except aiohttp.ClientError as error:
            raise OutcomeUnknown("connection_lost", "The connection to UniPile broke.") from error


def _object(data: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}

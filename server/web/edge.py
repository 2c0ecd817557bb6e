"""The HTTP protocol around the application: limits and timeouts of connections, and headers of every response."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, cast

import structlog
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from server.errors import ConfabError, code_for_status
from server.metrics import UNREADABLE
from server.web.answers.compression import compress
from server.web.app_keys import APP_PAGE, CONFIG
from server.web.draining import DrainingServer
from server.web.requests import error_answer
from server.web.security_headers import WriteHeaders, header_writer

log = structlog.get_logger()

# Per header line. Large, because cookies of other applications on the same domain are sent to us too.
MAX_HEADER_BYTES = 32 * 1024
TOO_MANY_HEADERS = "Too many headers"
PLAIN_CODINGS = frozenset(("", "identity"))
PLAIN_TRANSFERS = PLAIN_CODINGS | {"chunked"}
CHUNK_BYTES = 16 * 1024
CHECK_SECONDS = 5.0
# A peer that moves fewer bytes in `Timeouts.stall` seconds (500 bytes a second) has stalled.
PROGRESS_BYTES = 15_000
# How long the rest of a rejected body is read and discarded, so that the client receives the response.
LINGER_SECONDS = 1.0

COMPRESSED = "Compressed requests are not accepted: send the body without Content-Encoding."

Handle = Callable[[Any], Awaitable[web.StreamResponse]]


class Timeouts(NamedTuple):
    """Seconds: for the head of a request, without progress of a body or a response, and between two requests.

    An idle connection must live longer here than in any proxy (Google's: 600 s): if we close it while the proxy sends
    the next request, that request is lost.
    """

    head: float = 10.0
    stall: float = 30.0
    idle: float = 620.0


TIMEOUTS = Timeouts()


class EdgeRequest(web.Request):
    """A request whose response carries our headers, including responses made by aiohttp itself."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        compress(self, response)
        protocol = cast(EdgeProtocol, self.protocol)
        protocol.close_if_draining(response)
        protocol.write_headers(self, response)


class EdgeProtocol(web.RequestHandler):
    """One connection: bodies are never decompressed, and a peer that stalls within a request is disconnected."""

    __slots__ = (
        "_bytes_received",
        "_check_handle",
        "_head_since",
        "_last_progress",
        "_timeouts",
        "_unparsed",
        "write_headers",
    )

    def __init__(
        self, manager: web.Server, *, timeouts: Timeouts, write_headers: WriteHeaders, **options: Any
    ) -> None:
        super().__init__(
            manager,
            auto_decompress=False,
            keepalive_timeout=timeouts.idle,
            max_field_size=MAX_HEADER_BYTES,
            **options,
        )
        self.write_headers = write_headers
        self._timeouts = timeouts
        self._unparsed = b""  # reading is paused while this is not empty
        self._bytes_received = 0
        self._head_since: float | None = (
            None  # when the peer began to send the head of a request, until it is complete
        )
        self._last_progress = (0.0, 0)  # (time of the last progress, bytes moved by then)
        self._check_handle: asyncio.TimerHandle | None = None

    # -- time ------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        now = self._loop.time()
        self._head_since, self._last_progress = now, (now, 0)
        self._schedule_check()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._check_handle is not None:
            self._check_handle.cancel()
        super().connection_lost(exc)

    # -- bytes -----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse 16 KiB per turn of the loop: chunks of one byte and empty frames take a thousand times longer to parse
        than other data of their size, and would block all other connections.
        """
        if not data or (not self._unparsed and len(data) <= CHUNK_BYTES):
            self._parse(data)
            return
        is_parsing = bool(self._unparsed)
        self._unparsed += data
        if not is_parsing:
            self._pause_reading_for_buffer()
            self._parse_chunk()

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        # Data received along with the handshake of a socket is parsed in chunks too.
        tail, self._message_tail = self._message_tail, b""
        is_parsing = bool(self._unparsed)
        self._unparsed = tail + self._unparsed
        super().set_parser(parser, data_received_cb)
        if self._unparsed and not is_parsing:
            self._pause_reading_for_buffer()
            self._loop.call_soon(self._parse_chunk)

    def _resume_reading_if_drained(self) -> None:
        if not self._unparsed:
            super()._resume_reading_if_drained()

    def _parse_chunk(self) -> None:
        if self.transport is None:
            return
        chunk, self._unparsed = self._unparsed[:CHUNK_BYTES], self._unparsed[CHUNK_BYTES:]
        self._parse(chunk)
        if self._unparsed:
            self._loop.call_soon(self._parse_chunk)
        else:
            self._resume_reading_if_drained()

    def _parse(self, data: bytes) -> None:
        count = self._request_count
        super().data_received(data)
        self._bytes_received += len(data)
        if self._request_count != count:
            self._head_since = None
        elif self._head_since is None and self._waiter is not None and not self._waiter.done():
            self._head_since = self._loop.time()

    def _schedule_check(self) -> None:
        seconds = min(CHECK_SECONDS, self._timeouts.head / 2, self._timeouts.stall / 2)
        self._check_handle = self._loop.call_later(seconds, self._abort_if_stalled)

    def _abort_if_stalled(self) -> None:
        """Disconnect a peer that has stalled in the middle of a request or a response."""
        transport = self.transport
        if transport is None or self._payload_parser is not None:
            return  # closed, or a WebSocket, which has a heartbeat of its own
        now, moved = self._loop.time(), self._bytes_moved(transport)
        is_late = self._head_since is not None and now - self._head_since >= self._timeouts.head
        if not self._is_transferring(transport) or abs(moved - self._last_progress[1]) >= PROGRESS_BYTES:
            self._last_progress = (now, moved)
        if is_late or now - self._last_progress[0] >= self._timeouts.stall:
            log.debug("connection_stalled", in_head=is_late)
            transport.abort()
            return
        self._schedule_check()

    def _is_transferring(self, transport: asyncio.Transport) -> bool:
        """Whether the peer has to send more of a body (and we have not paused it), or to read more of a response."""
        request = self._current_request
        is_receiving = request is not None and not request.content.is_eof() and not self._reading_paused
        return is_receiving or transport.get_write_buffer_size() > 0

    def _bytes_moved(self, transport: asyncio.Transport) -> int:
        request = self._current_request
        written = request.writer.output_size if request is not None else 0
        return self._bytes_received + written - transport.get_write_buffer_size()

    # -- answers ----------------------------------------------------------------------------------------------------

    def close_if_draining(self, response: web.StreamResponse) -> None:
        """End the connection with this response, if the process is to end."""
        if self._manager is not None:
            cast(EdgeServer, self._manager).close_after(response)

    def reject_compressed(self) -> web.Response:
        """The response to a compressed request, before any of its body is read."""
        self._lingering_time = LINGER_SECONDS
        answer = _final_error(ConfabError("unsupported_media_type", COMPRESSED), "packed")
        answer.headers["Accept-Encoding"] = "identity"  # RFC 9110, section 15.5.16
        return answer

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The response to invalid HTTP, or to an exception that nothing else has caught."""
        if request.writer.output_size > 0:
            raise ConnectionError("A response has been started already.")
        if isinstance(exc, HttpProcessingError):
            return _final_error(_parser_error(exc), type(exc).__name__)
        log.error("request_failed", exc_info=exc)
        answer = error_answer(ConfabError(code_for_status(status)))
        answer.force_close()
        return answer


class EdgeServer(DrainingServer):
    """Creates the protocol of each connection."""

    def __call__(self) -> EdgeProtocol:
        return EdgeProtocol(self, loop=self._loop, **self._kwargs)


class EdgeRunner(web.AppRunner):
    """Runs the application behind this protocol."""

    def __init__(self, app: web.Application, *, timeouts: Timeouts = TIMEOUTS, **options: Any) -> None:
        super().__init__(app, **options)
        write_headers = header_writer(app[CONFIG], app[APP_PAGE])
        self._make = partial(EdgeServer, timeouts=timeouts, write_headers=write_headers)

    async def drain(self, seconds: float) -> None:
        """Close the sockets, and each connection after its next response: a client whose idle connection is closed may
        be sending on it. Call it when the successors accept connections and this process does not.
        """
        drained = cast(EdgeServer, self.server).begin_draining()
        await self.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await drained.wait()

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return self._make(
            partial(_handle, made.request_handler),
            request_factory=partial(self.app._make_request, _cls=EdgeRequest),
            **self._kwargs,
        )


async def _handle(handle: Handle, request: web.BaseRequest) -> web.StreamResponse:
    """Answer requests that do not reach the application's middlewares in the same error format."""
    if _is_compressed(request):
        return cast(EdgeProtocol, request.protocol).reject_compressed()
    try:
        return await handle(request)
    except web.HTTPException as error:  # an Expect header that cannot be met
        if error.status < 400:
            raise
        answer = _final_error(ConfabError(code_for_status(error.status)), type(error).__name__)
        answer.set_status(error.status)
        return answer


def _is_compressed(request: web.BaseRequest) -> bool:
    """Whether the request has any Content-Encoding or Transfer-Encoding besides chunked."""
    headers = request.headers
    return not (
        _codings(headers.getall(hdrs.CONTENT_ENCODING, ())) <= PLAIN_CODINGS
        and _codings(headers.getall(hdrs.TRANSFER_ENCODING, ())) <= PLAIN_TRANSFERS
    )


def _codings(values: Any) -> set[str]:
    return {coding.strip().lower() for value in values for coding in value.split(",")}


def _parser_error(error: HttpProcessingError) -> ConfabError:
    is_too_long = isinstance(error, LineTooLong) or error.message.startswith(TOO_MANY_HEADERS)
    return ConfabError("headers_too_large" if is_too_long else "malformed")


def _final_error(error: ConfabError, reason: str) -> web.Response:
    """An error that closes the connection. Any client can cause it, so it is counted, not logged at info level."""
    UNREADABLE.labels(reason).inc()
    log.debug("request_refused", reason=reason)
    answer = error_answer(error)
    answer.headers.update({"Cache-Control": "no-store", "Connection": "close"})
    answer.force_close()
    return answer

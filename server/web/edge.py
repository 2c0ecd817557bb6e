"""The edge of the web server: what a connection may send, how long it may take, and what every answer carries."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple, cast

import structlog
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from server.errors import ConfabError, code_for_status
from server.metrics import UNREADABLE
from server.web.app_keys import CONFIG
from server.web.requests import error_answer
from server.web.security_headers import WriteHeaders, header_writer

log = structlog.get_logger()

# Of one header line. Cookies of other applications on the same domain reach us too: theirs must not lock anybody out.
MAX_HEADER_BYTES = 32 * 1024
TOO_MANY_HEADERS = "Too many headers"
PLAIN_CODINGS = frozenset(("", "identity"))
PLAIN_TRANSFERS = PLAIN_CODINGS | {"chunked"}
PIECE_BYTES = 16 * 1024
LOOK_SECONDS = 5.0
# A peer that sends or takes less than this in `Patience.stall` seconds (500 bytes a second) has stalled.
PROGRESS_BYTES = 15_000
# How long the rest of a refused body is read and dropped, so that the sender gets to see the refusal.
LINGER_SECONDS = 1.0

Handle = Callable[[Any], Awaitable[web.StreamResponse]]


class Patience(NamedTuple):
    """Seconds: for the head of a request, without progress of a body or an answer, and between two requests.

    Between two requests a connection must live longer in here than in any proxy (Google's: 600 s). One that is closed
    while the next request is under way costs that request.
    """

    head: float = 10.0
    stall: float = 30.0
    idle: float = 620.0


PATIENCE = Patience()


class EdgeRequest(web.Request):
    """A request whose answer, whoever made it, leaves with our headers."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        cast(EdgeProtocol, self.protocol).write_headers(self, response)


class EdgeProtocol(web.RequestHandler):
    """One connection: bodies are taken as they come, never unpacked, and a peer that owes us bytes has limited time."""

    __slots__ = ("_heard", "_look_handle", "_mark", "_owed_since", "_patience", "_rest", "write_headers")

    def __init__(
        self, manager: web.Server, *, patience: Patience, write_headers: WriteHeaders, **options: Any
    ) -> None:
        super().__init__(
            manager,
            auto_decompress=False,
            keepalive_timeout=patience.idle,
            max_field_size=MAX_HEADER_BYTES,
            **options,
        )
        self.write_headers = write_headers
        self._patience = patience
        self._rest = b""  # received and not parsed yet; nothing is read meanwhile
        self._heard = 0
        self._owed_since: float | None = None  # since when the peer has not finished the head of a request
        self._mark = (0.0, 0)  # when the peer last made progress, and how many bytes had moved by then
        self._look_handle: asyncio.TimerHandle | None = None

    # -- time ------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        now = self._loop.time()
        self._owed_since, self._mark = now, (now, 0)
        self._look_later()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._look_handle is not None:
            self._look_handle.cancel()
        super().connection_lost(exc)

    # -- bytes -----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse what came, a piece each turn of the loop: chunks of one byte and frames of none cost a thousand times
        what they weigh, and nobody else would be served meanwhile.
        """
        if not data or (not self._rest and len(data) <= PIECE_BYTES):
            self._parse(data)
            return
        is_under_way = bool(self._rest)
        self._rest += data
        if not is_under_way:
            self._pause_reading_for_buffer()
            self._parse_piece()

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        # What came together with the handshake of a socket is taken in pieces too.
        tail, self._message_tail = self._message_tail, b""
        is_under_way = bool(self._rest)
        self._rest = tail + self._rest
        super().set_parser(parser, data_received_cb)
        if self._rest and not is_under_way:
            self._pause_reading_for_buffer()
            self._loop.call_soon(self._parse_piece)

    def _resume_reading_if_drained(self) -> None:
        if not self._rest:
            super()._resume_reading_if_drained()

    def _parse_piece(self) -> None:
        if self.transport is None:
            return
        piece, self._rest = self._rest[:PIECE_BYTES], self._rest[PIECE_BYTES:]
        self._parse(piece)
        if self._rest:
            self._loop.call_soon(self._parse_piece)
        else:
            self._resume_reading_if_drained()

    def _parse(self, data: bytes) -> None:
        count = self._request_count
        super().data_received(data)
        self._heard += len(data)
        if self._request_count != count:
            self._owed_since = None
        elif self._owed_since is None and self._waiter is not None and not self._waiter.done():
            self._owed_since = self._loop.time()

    def _look_later(self) -> None:
        seconds = min(LOOK_SECONDS, self._patience.head / 2, self._patience.stall / 2)
        self._look_handle = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """End the connection of a peer that has stopped in the middle of something."""
        transport = self.transport
        if transport is None or self._payload_parser is not None:
            return  # gone, or a WebSocket, which has a heartbeat of its own
        now, moved = self._loop.time(), self._bytes_moved(transport)
        is_late = self._owed_since is not None and now - self._owed_since >= self._patience.head
        if not self._is_in_middle(transport) or abs(moved - self._mark[1]) >= PROGRESS_BYTES:
            self._mark = (now, moved)
        if is_late or now - self._mark[0] >= self._patience.stall:
            log.debug("connection_stalled", in_head=is_late)
            transport.abort()
            return
        self._look_later()

    def _is_in_middle(self, transport: asyncio.Transport) -> bool:
        """Whether more of a body must come, unless it is us who let it wait, or more of an answer must be taken."""
        request = self._current_request
        is_owed = request is not None and not request.content.is_eof() and not self._reading_paused
        return is_owed or transport.get_write_buffer_size() > 0

    def _bytes_moved(self, transport: asyncio.Transport) -> int:
        request = self._current_request
        written = request.writer.output_size if request is not None else 0
        return self._heard + written - transport.get_write_buffer_size()

    # -- refusals --------------------------------------------------------------------------------------------------

    def refuse_packed(self) -> web.Response:
        """What a packed request is answered, before a byte of its body is read."""
        self._lingering_time = LINGER_SECONDS
        answer = _refusal(ConfabError("unsupported_media_type", "Packed requests are not taken."), "packed")
        answer.headers["Accept-Encoding"] = "identity"  # RFC 9110, section 15.5.16
        return answer

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what is no HTTP, or to a failure that nothing else has caught."""
        if request.writer.output_size > 0:
            raise ConnectionError("An answer is under way already.")
        if isinstance(exc, HttpProcessingError):
            return _refusal(_what_is_wrong(exc), type(exc).__name__)
        log.error("request_failed", exc_info=exc)
        answer = error_answer(ConfabError(code_for_status(status)))
        answer.force_close()
        return answer


class EdgeServer(web.Server):
    """Makes the connections."""

    def __call__(self) -> EdgeProtocol:
        return EdgeProtocol(self, loop=self._loop, **self._kwargs)


class EdgeRunner(web.AppRunner):
    """Runs the application behind the edge."""

    def __init__(self, app: web.Application, *, patience: Patience = PATIENCE, **options: Any) -> None:
        super().__init__(app, **options)
        self._options: dict[str, Any] = {"patience": patience, "write_headers": header_writer(app[CONFIG])}

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return EdgeServer(
            partial(_handle, made.request_handler),
            request_factory=partial(self.app._make_request, _cls=EdgeRequest),
            **self._kwargs,
            **self._options,
        )


async def _handle(handle: Handle, request: web.BaseRequest) -> web.StreamResponse:
    """Whatever does not reach the application's middlewares is answered in their shape too."""
    if _is_packed(request):
        return cast(EdgeProtocol, request.protocol).refuse_packed()
    try:
        return await handle(request)
    except web.HTTPException as error:  # an Expect that nobody can meet
        if error.status < 400:
            raise
        answer = _refusal(ConfabError(code_for_status(error.status)), type(error).__name__)
        answer.set_status(error.status)
        return answer


def _is_packed(request: web.BaseRequest) -> bool:
    """Whether anything but the plain bytes is sent, in one layer or in several."""
    headers = request.headers
    return not (
        _codings(headers.getall(hdrs.CONTENT_ENCODING, ())) <= PLAIN_CODINGS
        and _codings(headers.getall(hdrs.TRANSFER_ENCODING, ())) <= PLAIN_TRANSFERS
    )


def _codings(values: Any) -> set[str]:
    return {coding.strip().lower() for value in values for coding in value.split(",")}


def _what_is_wrong(error: HttpProcessingError) -> ConfabError:
    is_too_long = isinstance(error, LineTooLong) or error.message.startswith(TOO_MANY_HEADERS)
    return ConfabError("headers_too_large" if is_too_long else "malformed")


def _refusal(error: ConfabError, reason: str) -> web.Response:
    """A failure that ends the connection. Strangers cause these at will: they are counted and stay out of the log."""
    UNREADABLE.labels(reason).inc()
    log.debug("request_refused", reason=reason)
    answer = error_answer(error)
    answer.headers.update({"Cache-Control": "no-store", "Connection": "close"})
    answer.force_close()
    return answer

"""The WebSocket: authenticates a socket, runs its commands, and lets it join rooms.

Each socket has one reader (here), and one bounded write buffer (server/realtime/connection.py).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import orjson
from aiohttp import WSMessage, WSMsgType, web

from server.config.sections import Realtime
from server.errors import CLOSE_CODES, CloseCode, ConfabError, NotFound, failure
from server.metrics import SOCKETS
from server.realtime.commands import Command, CommandLimit, is_row_id, parse_command, read_cursors, read_since
from server.realtime.connection import Connection
from server.rules.policy import Caller
from server.store.chats import chats
from server.store.chats.chats import ReachableChat
from server.store.people import access, user_feed, users
from server.web.app_keys import CONFIG, DATABASE, HUB, PRESENCE, ROOMS
from server.web.authorize import authorize_command
from server.web.identity.identify import identify
from server.web.security_headers import require_own_page

SOCKET_HEARTBEAT_SECONDS = 30.0
# The event loop's timers reach no further than some weeks.
LONGEST_TIMER_SECONDS = 7 * 24 * 3600.0


async def open_socket(request: web.Request) -> web.StreamResponse:
    require_own_page(request, request.app[CONFIG])
    socket = _make_socket(request.app[CONFIG].realtime)
    await socket.prepare(request)
    if (transport := request.transport) is None:  # disconnected during the handshake
        return socket
    connection = _open_connection(request.app, socket, transport)
    try:
        await _Session(request.app, connection).run()
    finally:
        SOCKETS.dec()
        request.app[HUB].remove(connection)
        await connection.wait_closed()
    return socket


def _make_socket(config: Realtime) -> web.WebSocketResponse:
    return web.WebSocketResponse(
        heartbeat=SOCKET_HEARTBEAT_SECONDS,
        compress=False,  # a small frame could decompress to any size
        autoping=False,  # pings count as commands do
        max_msg_size=config.max_frame_bytes,  # aiohttp closes with CloseCode.TOO_BIG
        timeout=2.0,
    )


def _open_connection(
    app: web.Application, socket: web.WebSocketResponse, transport: asyncio.Transport
) -> Connection:
    config = app[CONFIG].realtime
    connection = Connection(socket, transport, max_bytes=config.outbox_bytes, max_frames=config.outbox_frames)
    SOCKETS.inc()
    app[HUB].open(connection)
    return connection


def _identity(caller: Caller) -> tuple[int, int | None]:
    """The user and the API key, which cannot change while the socket is open."""
    return caller.user_id, None if caller.key is None else caller.key.id


class _Session:
    """Reads one socket from the first frame to the last. There are thousands: what they share is at module level."""

    __slots__ = ("_app", "_caller", "_connection", "_expiry", "_hub", "_limit", "_rooms")

    def __init__(self, app: web.Application, connection: Connection) -> None:
        self._app = app
        self._connection = connection
        self._hub = app[HUB]
        self._rooms = app[ROOMS]
        self._caller: Caller | None = None
        self._expiry: asyncio.TimerHandle | None = None
        rate = app[CONFIG].realtime.commands_per_second
        self._limit = CommandLimit(rate=rate, burst=rate * 2)

    async def run(self) -> None:
        try:
            await self._read()
        except ConfabError as error:
            self._connection.close_soon(CLOSE_CODES[error.code], error.message)
        finally:
            if self._expiry is not None:
                self._expiry.cancel()

    async def _read(self) -> None:
        """Take frames until the socket ends; the client must have signed in within a time limit."""
        socket = self._connection.socket
        deadline = self._app[CONFIG].realtime.auth_seconds
        try:
            async with asyncio.timeout(deadline) as limit:
                async for message in socket:
                    if not self._limit.take():
                        raise ConfabError("too_many_requests", "too many commands")
                    await self._take_frame(message)
                    if self._caller is not None:
                        limit.reschedule(None)
                    if not self._connection.is_open:
                        return
        except TimeoutError:
            self._connection.close_soon(CloseCode.NO_AUTH, "no auth in time")

    async def _take_frame(self, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            await self._connection.socket.pong(message.data)
        elif message.type is WSMsgType.TEXT:
            await self._take_command(parse_command(message.data))
        elif message.type is not WSMsgType.PONG:
            raise ConfabError("malformed", "text frames only")

    async def _take_command(self, command: Command) -> None:
        if self._caller is None and command.event != "auth":
            raise ConfabError("unauthenticated", "sign in first")
        try:
            answer = await self._run(command.event, command.data)
        except ConfabError as error:
            body = failure(error.code, error.message)
            self._acknowledge(command.id, {"ok": False, "error": body})
            if command.event == "auth":
                self._end_unauthenticated(error)
            return
        self._acknowledge(command.id, {"ok": True} if answer is None else {"ok": True, "data": answer})

    def _end_unauthenticated(self, error: ConfabError) -> None:
        code = CLOSE_CODES.get(error.code, CloseCode.SIGN_IN)
        self._connection.close_soon(code, "not allowed" if code is CloseCode.NOT_ALLOWED else "sign in again")

    async def _run(self, event: str, data: Mapping[str, object]) -> object:
        """Run the command if the table of `server/rules/policy.py` allows it."""
        if event in CHAT_COMMANDS:
            chat = await self._reachable_chat(data)
            await authorize_command(
                self._app, self._require_caller(), event, (chat.provider, chat.account_id)
            )
            return await CHAT_COMMANDS[event](self, data, chat)
        if event not in COMMANDS:
            raise ConfabError("invalid", f"There is no command {event[:50]!r}.")
        if event != "auth":
            await authorize_command(self._app, self._require_caller(), event, None)
        return await COMMANDS[event](self, data)

    def _require_caller(self) -> Caller:
        if self._caller is None:
            raise ConfabError("unauthenticated")
        return self._caller

    def _acknowledge(self, command_id: object, body: Mapping[str, object]) -> None:
        if command_id is not None:
            self._connection.send(orjson.dumps({"ack": command_id, **body}))

    # -- commands ----------------------------------------------------------------------------------------------

    async def _auth(self, data: Mapping[str, object]) -> None:
        """Sign in, or stay signed in with a new token of the same user."""
        token = data.get("token")
        caller = await identify(self._app, token if isinstance(token, str) else "")
        if self._caller is not None and _identity(caller) != _identity(self._caller):
            raise ConfabError("forbidden", "This socket belongs to another user or API key. Open a new one.")
        if self._caller is None:
            self._connection.user_id = caller.user_id
            self._hub.add(self._connection)
        self._connection.session_id = caller.session_id
        self._connection.key_account_ids = None if caller.key is None else caller.key.account_ids
        self._caller = caller
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = None if caller.expires_at is None else self._close_at(caller.expires_at)

    def _close_at(self, moment: float) -> asyncio.TimerHandle:
        """Close when the token expires, or after the longest timer, when the client gets a new one early."""
        seconds = min(max(0.0, moment - time.time()), LONGEST_TIMER_SECONDS)
        return asyncio.get_running_loop().call_later(
            seconds, self._connection.close_soon, CloseCode.SIGN_IN, "the token has expired"
        )

    async def _join_user(self, data: Mapping[str, object]) -> dict[str, object]:
        """Join all accounts that the user may see, and with `since` their own feed; replays what was missed."""
        if data.get("user_id") != self._connection.user_id:
            raise ConfabError("forbidden", "You can only join your own room.")
        cursors, since = read_cursors(data.get("cursors")), read_since(data.get("since"))
        if "since" in data and self._require_caller().key is not None:
            raise ConfabError("forbidden", "What belongs to a person is not for API keys.")
        answer: dict[str, object] = {"accounts": await self._enter_accounts(cursors)}
        # Not earlier: an account that is added during its own replay would look as if all of it had been replayed.
        self._connection.in_user_room = True
        # Only clients that ask get frames without an account.
        return answer | {"seq": await self._enter_feed(since)} if "since" in data else answer

    async def _enter_feed(self, since: int | None) -> int:
        """Join the user's own feed; returns the seq up to which nothing is missing."""
        head = await self._app[DATABASE].read(user_feed.fetch_head, self._connection.user_id)
        return await self._rooms.enter_user(self._connection, since, head)

    async def _enter_accounts(self, cursors: Mapping[int, int]) -> dict[str, int]:
        """Join the accounts; returns for each the seq up to which nothing is missing."""
        seqs = await self._app[DATABASE].read(access.list_account_seqs, self._connection.user_id)
        key = self._require_caller().key
        return {
            str(account_id): await self._rooms.enter_account(
                self._connection, account_id, cursors.get(account_id), head, sight
            )
            for account_id, head, sight in seqs
            if key is None or key.reaches(account_id)
        }

    async def _join_chat(self, data: Mapping[str, object], chat: ReachableChat) -> dict[str, object]:
        """Join one chat; with `since`, what was missed is replayed first."""
        since = read_since(data.get("since"))
        await self._read_name()
        seq = await self._rooms.enter_chat(self._connection, chat, since)
        return {"seq": seq}

    async def _leave_chat(self, data: Mapping[str, object]) -> None:
        chat_id = data.get("chat_id")
        if not is_row_id(chat_id):
            raise NotFound
        self._hub.leave_chat(self._connection, chat_id)

    async def _typing(self, data: Mapping[str, object], chat: ReachableChat) -> None:
        """Show the chat's other readers that this user types, or has stopped."""
        is_on = data.get("on")
        if not isinstance(is_on, bool):
            raise ConfabError("invalid", "on is true or false.")
        await self._read_name()
        user_id = self._connection.user_id
        self._app[PRESENCE].set_typing(chat.account_id, chat.id, user_id, is_on=is_on)

    async def _ping(self, _: Mapping[str, object]) -> None:
        return None

    async def _read_name(self) -> None:
        """Read the name that other users see."""
        user = await self._app[DATABASE].read(users.fetch_user, self._connection.user_id)
        if user is not None:
            self._app[PRESENCE].set_name(self._connection.user_id, user.name or user.email)

    async def _reachable_chat(self, data: Mapping[str, object]) -> ReachableChat:
        chat_id = data.get("chat_id")
        if not is_row_id(chat_id):
            raise NotFound
        chat = await self._app[DATABASE].read(chats.fetch_reachable_chat, self._connection.user_id, chat_id)
        if chat is None:
            raise NotFound
        return chat


COMMANDS: Mapping[str, Callable[[_Session, Mapping[str, object]], Awaitable[object]]] = {
    "auth": _Session._auth,
    "join-user": _Session._join_user,
    "leave-chat": _Session._leave_chat,
    "ping": _Session._ping,
}
# Commands about one chat, which is read and authorized before they run.
CHAT_COMMANDS: Mapping[str, Callable[[_Session, Mapping[str, object], ReachableChat], Awaitable[object]]] = {
    "join-chat": _Session._join_chat,
    "typing": _Session._typing,
}

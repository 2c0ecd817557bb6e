"""The WebSocket: lets a socket in, reads its commands, and puts it into the rooms it may hear.

One reader (here), one bounded outbox and one writer (realtime/connection) a socket.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import WSMessage, WSMsgType, web

from server.errors import ConfabError, NotFound
from server.metrics import SOCKETS
from server.presence import introduce, note_typing
from server.realtime.commands import Allowance, BadFrameError, is_row_id, parse_command, read_cursors
from server.realtime.connection import CloseCode, Connection
from server.rules.policy import Caller
from server.store.accounts import accounts
from server.store.chats import chats
from server.web.app_keys import CONFIG, DATABASE, HUB, ROOMS
from server.web.authorize import authorize_command
from server.web.identify import identify
from server.web.security_headers import require_own_page

SOCKET_HEARTBEAT_SECONDS = 30.0
# The loop's timers count no further than some weeks.
LONGEST_TIMER_SECONDS = 7 * 24 * 3600.0


async def open_socket(request: web.Request) -> web.StreamResponse:
    require_own_page(request, request.app[CONFIG])
    config = request.app[CONFIG].realtime
    socket = web.WebSocketResponse(
        heartbeat=SOCKET_HEARTBEAT_SECONDS,
        compress=False,  # a small frame could unpack to any size
        autoping=False,  # pings count as commands do
        max_msg_size=config.max_frame_bytes,
        timeout=2.0,
    )
    await socket.prepare(request)
    if (transport := request.transport) is None:  # gone already
        return socket
    connection = Connection(socket, transport, max_bytes=config.outbox_bytes, max_frames=config.outbox_frames)
    SOCKETS.inc()
    try:
        await _Session(request.app, connection).run()
    finally:
        SOCKETS.dec()
        request.app[HUB].remove(connection)
        await connection.wait_closed()
    return socket


def _who(caller: Caller) -> tuple[int, int | None]:
    """The person, or one of their keys: a socket stays with whom it began."""
    return caller.user_id, None if caller.key is None else caller.key.id


class _Session:
    """One socket's conversation, from the first frame to the last. There are thousands: what all share stands below."""

    __slots__ = ("_allowance", "_app", "_caller", "_connection", "_expiry", "_hub", "_rooms")

    def __init__(self, app: web.Application, connection: Connection) -> None:
        self._app = app
        self._connection = connection
        self._hub = app[HUB]
        self._rooms = app[ROOMS]
        self._caller: Caller | None = None
        self._expiry: asyncio.TimerHandle | None = None
        limit = app[CONFIG].realtime.commands_per_second
        self._allowance = Allowance(rate=limit, burst=limit * 2)

    async def run(self) -> None:
        try:
            await self._read()
        except BadFrameError as error:
            self._connection.close_soon(CloseCode.BAD_FRAME, str(error))
        finally:
            if self._expiry is not None:
                self._expiry.cancel()

    async def _read(self) -> None:
        """Take frames until the socket ends; nothing but `auth` before it has succeeded, and that in time."""
        socket = self._connection.socket
        deadline = self._app[CONFIG].realtime.auth_seconds
        try:
            async with asyncio.timeout(deadline) as limit:
                async for message in socket:
                    if not self._allowance.take():
                        self._connection.close_soon(CloseCode.TOO_MANY, "too many commands")
                        return
                    await self._hear(message)
                    if self._caller is not None:
                        limit.reschedule(None)
                    if not self._connection.is_open:
                        return
        except TimeoutError:
            self._connection.close_soon(CloseCode.NO_AUTH, "no auth in time")

    async def _hear(self, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            await self._connection.socket.pong(message.data)
        elif message.type is WSMsgType.TEXT:
            await self._take(message.data)
        elif message.type is not WSMsgType.PONG:
            raise BadFrameError("text frames only")

    async def _take(self, text: str) -> None:
        event, data, command_id = parse_command(text)
        if self._caller is None and event != "auth":
            self._connection.close_soon(CloseCode.SIGN_IN, "sign in first")
            return
        try:
            answer = await self._run(event, data)
        except ConfabError as error:
            self._acknowledge(
                command_id, {"ok": False, "error": {"code": error.code, "message": error.message}}
            )
            if event == "auth":
                self._connection.close_soon(CloseCode.SIGN_IN, "sign in again")
            return
        self._acknowledge(command_id, {"ok": True} if answer is None else {"ok": True, "data": answer})

    async def _run(self, event: str, data: dict[str, Any]) -> object:
        """Carry the command out, if the table of `server/rules/policy.py` lets the caller."""
        if event in CHAT_COMMANDS:
            chat = await self._reachable(data)
            await authorize_command(self._app, self._known(), event, (chat.provider, chat.account_id))
            return await CHAT_COMMANDS[event](self, data, chat)
        if event not in COMMANDS:
            raise ConfabError("invalid", f"There is no command {event[:50]!r}.")
        if event != "auth":
            await authorize_command(self._app, self._known(), event, None)
        return await COMMANDS[event](self, data)

    def _known(self) -> Caller:
        if self._caller is None:
            raise ConfabError("unauthenticated")
        return self._caller

    def _acknowledge(self, command_id: object, body: dict[str, object]) -> None:
        if command_id is not None:
            self._connection.send(orjson.dumps({"ack": command_id, **body}))

    # -- commands ----------------------------------------------------------------------------------------------

    async def _auth(self, data: dict[str, Any]) -> None:
        """Sign in, or stay signed in with a fresh token of the same user."""
        token = data.get("token")
        caller = await identify(self._app, token if isinstance(token, str) else "")
        if self._caller is not None and _who(caller) != _who(self._caller):
            raise ConfabError("unauthenticated", "This token is another user's.")
        if self._caller is None:
            self._connection.user_id = caller.user_id
            self._hub.add(self._connection)
        self._connection.session_id = caller.session_id
        self._connection.bound_to = None if caller.key is None else caller.key.account_ids
        self._caller = caller
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = None if caller.expires_at is None else self._end_at(caller.expires_at)

    def _end_at(self, moment: float) -> asyncio.TimerHandle:
        """Close when the token expires; one that lives longer than the timers reach is asked for again then."""
        seconds = min(max(0.0, moment - time.time()), LONGEST_TIMER_SECONDS)
        return asyncio.get_running_loop().call_later(
            seconds, self._connection.close_soon, CloseCode.SIGN_IN, "the token has expired"
        )

    async def _join_user(self, data: dict[str, Any]) -> dict[str, object]:
        """Hear everything of every account the user may see; with cursors, what was missed comes first."""
        if data.get("user_id") != self._connection.user_id:
            raise ConfabError("forbidden", "You can only join your own room.")
        cursors = read_cursors(data.get("cursors"))
        seqs = await self._app[DATABASE].read(accounts.list_account_seqs, self._connection.user_id)
        key = self._known().key
        joined = {
            str(account_id): await self._rooms.enter_account(
                self._connection, account_id, cursors.get(account_id), head
            )
            for account_id, head in seqs
            if key is None or key.reaches(account_id)
        }
        # Not before: an account that is introduced while its replay is under way looks as if all of it had come.
        self._connection.hears_user = True
        return {"accounts": joined}

    async def _join_chat(self, data: dict[str, Any], chat: chats.ReachableChat) -> dict[str, object]:
        """Hear one chat; with `since`, what it missed comes first."""
        since = data.get("since")
        if since is not None and not is_row_id(since):
            raise ConfabError("invalid", "since is a sequence number.")
        await introduce(self._app, self._connection.user_id)
        reached = await self._rooms.enter_chat(self._connection, chat.account_id, chat.id, since, chat.seq)
        return {"seq": reached}

    async def _leave_chat(self, data: dict[str, Any]) -> None:
        chat_id = data.get("chat_id")
        if not is_row_id(chat_id):
            raise NotFound
        self._hub.leave_chat(self._connection, chat_id)

    async def _typing(self, data: dict[str, Any], chat: chats.ReachableChat) -> None:
        """Tell the chat's other readers that this user writes, or has stopped."""
        await note_typing(self._app, self._connection.user_id, chat, data.get("on"))

    async def _ping(self, _: dict[str, Any]) -> None:
        return None

    async def _reachable(self, data: dict[str, Any]) -> chats.ReachableChat:
        chat_id = data.get("chat_id")
        if not is_row_id(chat_id):
            raise NotFound
        chat = await self._app[DATABASE].read(chats.fetch_reachable_chat, self._connection.user_id, chat_id)
        if chat is None:
            raise NotFound
        return chat


COMMANDS: Mapping[str, Callable[[_Session, dict[str, Any]], Awaitable[object]]] = {
    "auth": _Session._auth,
    "join-user": _Session._join_user,
    "leave-chat": _Session._leave_chat,
    "ping": _Session._ping,
}
# Those about one chat, which is looked up and allowed before they begin.
CHAT_COMMANDS: Mapping[str, Callable[[_Session, dict[str, Any], chats.ReachableChat], Awaitable[object]]] = {
    "join-chat": _Session._join_chat,
    "typing": _Session._typing,
}

"""The WebSocket: lets a socket in, reads its commands, and puts it into the rooms it may hear.

One reader (here), one bounded outbox and one writer (realtime/connection) a socket.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from server.auth import Claims
from server.browsers import require_own_page
from server.errors import ConfabError, NotFound
from server.keys import CONFIG, DATABASE, HUB, ROOMS, TOKENS
from server.metrics import SOCKETS
from server.presence import introduce, note_typing
from server.realtime.commands import Allowance, BadFrameError, is_row_number, parse_command, read_cursors
from server.realtime.connection import CloseCode, Connection
from server.store import accounts, chats

HEARTBEAT_SECONDS = 30.0


async def open_socket(request: web.Request) -> web.StreamResponse:
    require_own_page(request, request.app[CONFIG])
    config = request.app[CONFIG].realtime
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_SECONDS, compress=False, max_msg_size=config.max_frame_bytes, timeout=2.0
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


class _Session:
    """One socket's conversation, from the first frame to the last."""

    def __init__(self, app: web.Application, connection: Connection) -> None:
        self._app = app
        self._connection = connection
        self._hub = app[HUB]
        self._rooms = app[ROOMS]
        self._claims: Claims | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._commands: dict[str, Callable[[dict[str, Any]], Awaitable[object]]] = {
            "auth": self._auth,
            "join-user": self._join_user,
            "join-chat": self._join_chat,
            "leave-chat": self._leave_chat,
            "typing": self._typing,
            "ping": self._ping,
        }
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
                    if message.type is not WSMsgType.TEXT:
                        raise BadFrameError("text frames only")
                    if not self._allowance.take():
                        self._connection.close_soon(CloseCode.TOO_MANY, "too many commands")
                        return
                    await self._take(message.data)
                    if self._claims is not None:
                        limit.reschedule(None)
                    if not self._connection.is_open:
                        return
        except TimeoutError:
            self._connection.close_soon(CloseCode.NO_AUTH, "no auth in time")

    async def _take(self, text: str) -> None:
        event, data, command_id = parse_command(text)
        if self._claims is None and event != "auth":
            self._connection.close_soon(CloseCode.SIGN_IN, "sign in first")
            return
        command = self._commands.get(event)
        try:
            if command is None:
                raise ConfabError("invalid", f"There is no command {event[:50]!r}.")
            answer = await command(data)
        except ConfabError as error:
            self._acknowledge(
                command_id, {"ok": False, "error": {"code": error.code, "message": error.message}}
            )
            if event == "auth":
                self._connection.close_soon(CloseCode.SIGN_IN, "sign in again")
            return
        self._acknowledge(command_id, {"ok": True} if answer is None else {"ok": True, "data": answer})

    def _acknowledge(self, command_id: object, body: dict[str, object]) -> None:
        if command_id is not None:
            self._connection.send(orjson.dumps({"ack": command_id, **body}))

    # -- commands ----------------------------------------------------------------------------------------------

    async def _auth(self, data: dict[str, Any]) -> None:
        """Sign in, or stay signed in with a fresh token of the same user."""
        token = data.get("token")
        claims = self._app[TOKENS].read(token if isinstance(token, str) else "")
        if self._claims is not None and claims.user_id != self._claims.user_id:
            raise ConfabError("unauthenticated", "This token is another user's.")
        if self._claims is None:
            self._connection.user_id = claims.user_id
            self._hub.add(self._connection)
        self._connection.session_id = claims.session_id
        self._claims = claims
        if self._expiry is not None:
            self._expiry.cancel()
        loop = asyncio.get_running_loop()
        seconds = max(0.0, claims.expires_at - time.time())
        self._expiry = loop.call_later(
            seconds, self._connection.close_soon, CloseCode.SIGN_IN, "the token has expired"
        )

    async def _join_user(self, data: dict[str, Any]) -> dict[str, object]:
        """Hear everything of every account the user may see; with cursors, what was missed comes first."""
        if data.get("user_id") != self._connection.user_id:
            raise ConfabError("forbidden", "You can only join your own room.")
        cursors = read_cursors(data.get("cursors"))
        seqs = await self._app[DATABASE].read(accounts.list_account_seqs, self._connection.user_id)
        joined = {
            str(account_id): await self._rooms.enter_account(
                self._connection, account_id, cursors.get(account_id)
            )
            for account_id, _ in seqs
        }
        # Not before: an account that is introduced while its replay is under way looks as if all of it had come.
        self._connection.hears_user = True
        return {"accounts": joined}

    async def _join_chat(self, data: dict[str, Any]) -> dict[str, object]:
        """Hear one chat; with `since`, what it missed comes first."""
        since = data.get("since")
        if since is not None and not is_row_number(since):
            raise ConfabError("invalid", "since is a sequence number.")
        chat = await self._reachable(data)
        await introduce(self._app, self._connection.user_id)
        reached = await self._rooms.enter_chat(self._connection, chat.account_id, chat.id, since)
        return {"seq": reached}

    async def _leave_chat(self, data: dict[str, Any]) -> None:
        chat_id = data.get("chat_id")
        if not is_row_number(chat_id):
            raise NotFound
        self._hub.leave_chat(self._connection, chat_id)

    async def _typing(self, data: dict[str, Any]) -> None:
        """Tell the chat's other readers that this user writes, or has stopped."""
        await note_typing(self._app, self._connection.user_id, await self._reachable(data), data.get("on"))

    async def _ping(self, _: dict[str, Any]) -> None:
        return None

    async def _reachable(self, data: dict[str, Any]) -> chats.ReachableChat:
        chat_id = data.get("chat_id")
        if not is_row_number(chat_id):
            raise NotFound
        chat = await self._app[DATABASE].read(chats.fetch_reachable_chat, self._connection.user_id, chat_id)
        if chat is None:
            raise NotFound
        return chat

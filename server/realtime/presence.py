"""Shares between all web instances who has a chat open and who types in it; kept in their memory only.

Each instance publishes a report of its own users when it changes, and repeats all reports periodically. A report that
is not repeated expires, so the users of an instance that was killed disappear.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple
from uuid import uuid4

import orjson
import structlog

from server.errors import ConfabError
from server.realtime.connection import Connection
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.room_members import Membership
from server.realtime.rooms import ChatKey
from server.realtime.signals import Report, Signal, decode_signal, encode_signal

log = structlog.get_logger()

TICK_SECONDS = 0.5
# Changes within this time are published together.
GATHER_SECONDS = 0.05
# A report may be late once; after two missed repetitions its instance is taken for dead.
REPEATS_MISSED = 2.25
# A user who goes on typing is published this often: half of what a browser's own pauses allow.
TYPING_REPEAT_SECONDS = 2.0
MAX_USERS = 50


class ReceivedReport(NamedTuple):
    """An instance's report of one chat, and when it arrived."""

    report: Report
    at: float


class ShownUsers(NamedTuple):
    """What the sockets were last sent about a chat."""

    present: Mapping[int, str] = {}
    typing: Mapping[int, str] = {}


class Presence:
    """The users at this process's sockets, and the reports of all processes, this one included."""

    def __init__(
        self,
        membership: Membership,
        delivery: Delivery,
        publish: Callable[[int, bytes], Awaitable[None]],
        *,
        refresh_seconds: float,
        typing_seconds: float,
    ) -> None:
        self._membership = membership
        self._delivery = delivery
        self._publish = publish
        self._refresh_seconds = refresh_seconds
        self._typing_seconds = typing_seconds
        self._origin = uuid4().hex
        self._names: dict[int, str] = {}
        self._typing_until: dict[ChatKey, dict[int, float]] = defaultdict(dict)  # by user, of this process
        self._unsent: dict[ChatKey, bool] = {}  # True: send the report even if it is unchanged
        self._questions: set[int] = set()
        self._sent: dict[ChatKey, Report] = {}
        # By account, chat and origin.
        self._received: dict[int, dict[int, dict[str, ReceivedReport]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        self._shown: dict[int, dict[int, ShownUsers]] = defaultdict(dict)
        self._wake = asyncio.Event()
        self._expires_none_until = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether no user of this process is present or typing, and no report of one is left."""
        return not (
            self._typing_until or self._sent or self._unsent or self._questions or any(self._shown.values())
        )

    # -- users of this process ------------------------------------------------------------------------------------

    def set_name(self, user_id: int, name: str) -> None:
        """The name that other users see."""
        self._names[user_id] = name

    def note_room(self, account_id: int, chat_id: int) -> None:
        """A socket joined or left the chat's room."""
        self._send_soon(ChatKey(account_id, chat_id))

    def set_typing(self, account_id: int, chat_id: int, user_id: int, *, is_on: bool) -> None:
        """The user types or has stopped; it ends by itself unless repeated within `typing_seconds`."""
        room = ChatKey(account_id, chat_id)
        typing_until, now = self._typing_until[room], time.monotonic()
        until = typing_until.get(user_id)
        if not is_on:
            typing_until.pop(user_id, None)
        elif until is None or until - now < self._typing_seconds - TYPING_REPEAT_SECONDS:
            typing_until[user_id] = now + self._typing_seconds
        else:
            return
        self._send_soon(room, even_unchanged=is_on)

    def note_listening(self, account_id: int) -> None:
        """This process has just subscribed to the account: drop old reports and ask the other instances for theirs."""
        self._received.pop(account_id, None)
        self._shown.pop(account_id, None)
        self._questions.add(account_id)
        self._wake.set()

    def send_shown(self, connection: Connection, account_id: int, chat_id: int | None = None) -> None:
        """Send a socket that has just joined one chat, or all of the account, who is there."""
        shown = self._shown.get(account_id, {})
        for shown_id in shown if chat_id is None else shown.keys() & {chat_id}:
            for frame in _frames(account_id, shown_id, ShownUsers(), shown[shown_id]):
                connection.send(frame)

    def _send_soon(self, room: ChatKey, *, even_unchanged: bool = False) -> None:
        self._unsent[room] = even_unchanged or self._unsent.get(room, False)
        self._wake.set()

    # -- reports of all instances ---------------------------------------------------------------------------------

    def take_signal(self, account_id: int, payload: bytes) -> None:
        """A signal arrived on the account's channel."""
        signal = decode_signal(payload)
        if signal.is_question and signal.origin != self._origin:
            self._repeat(room for room in self._membership.open_chats() if room.account_id == account_id)
        for chat_id, report in signal.reports.items():
            received = self._received[account_id][chat_id]
            if report.is_empty:
                received.pop(signal.origin, None)
            else:
                received[signal.origin] = ReceivedReport(report, time.monotonic())
            self._show(account_id, chat_id)

    def _show(self, account_id: int, chat_id: int) -> None:
        """Send the sockets of this process what is different for them."""
        received = self._received[account_id][chat_id]
        now, chats = self._merge(received), self._shown[account_id]
        frames = _frames(account_id, chat_id, chats.get(chat_id, ShownUsers()), now)
        if now == ShownUsers():
            chats.pop(chat_id, None)
        else:
            chats[chat_id] = now
        if not received:
            del self._received[account_id][chat_id]
        self._delivery.send_all(self._membership.sockets_hearing(account_id, chat_id), frames)

    def _merge(self, received: Mapping[str, ReceivedReport]) -> ShownUsers:
        """Each user once, however many tabs and instances they are at."""
        typing_since = time.monotonic() - self._typing_seconds - TICK_SECONDS
        present: dict[int, str] = {}
        typing: dict[int, str] = {}
        for report, at in received.values():
            present |= report.present
            if at > typing_since:
                typing |= report.typing
        return ShownUsers(_first(present), _first(typing))

    # -- the clock ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled: publishes changes at once and everything periodically, and expires what is not repeated."""
        ticked_at = time.monotonic()
        refresh_at = ticked_at + self._refresh_seconds
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()
            self._note_pause(time.monotonic() - ticked_at)
            ticked_at = time.monotonic()
            self._expire()
            if time.monotonic() >= refresh_at:
                refresh_at = time.monotonic() + self._refresh_seconds
                self._repeat(self._membership.open_chats())
            await self.flush()

    def _repeat(self, rooms: Iterable[ChatKey]) -> None:
        for room in rooms:
            self._send_soon(room, even_unchanged=True)

    def _note_pause(self, seconds: float) -> None:
        """A process that was paused has missed repetitions: it expires none until all had the time to repeat."""
        if seconds > TICK_SECONDS + GATHER_SECONDS + self._refresh_seconds / 2:
            self._expires_none_until = time.monotonic() + REPEATS_MISSED * self._refresh_seconds

    def _expire(self) -> None:
        now = time.monotonic()
        for room, typing_until in list(self._typing_until.items()):
            for user_id in [user_id for user_id, until in typing_until.items() if until <= now]:
                del typing_until[user_id]
                self._send_soon(room)
            if not typing_until:
                del self._typing_until[room]
        oldest = now - REPEATS_MISSED * self._refresh_seconds if now >= self._expires_none_until else 0.0
        for account_id, chats in list(self._received.items()):
            for chat_id, received in list(chats.items()):
                for origin in [origin for origin, (_, at) in received.items() if at < oldest]:
                    del received[origin]
                if not received or self._shown[account_id].get(chat_id, ShownUsers()).typing:
                    self._show(account_id, chat_id)

    async def flush(self) -> None:
        """Publish what is unsent. Only one task does this, so that a chat's reports cannot overtake each other."""
        unsent, self._unsent = self._unsent, {}
        questions, self._questions = self._questions, set()
        reports: dict[int, dict[int, Report]] = {account_id: {} for account_id in questions}
        for room, even_unchanged in unsent.items():
            report = self._report(room)
            if even_unchanged or report != self._sent.get(room):
                reports.setdefault(room.account_id, {})[room.chat_id] = report
        for account_id, chats in reports.items():
            is_question = account_id in questions
            try:
                await self._publish(account_id, encode_signal(Signal(self._origin, chats, is_question)))
            except ConfabError as error:
                log.debug("presence_not_published", account_id=account_id, error=error.code)
                self._repeat(ChatKey(account_id, chat_id) for chat_id in chats)
                self._questions |= {account_id} & questions
                continue
            for chat_id, report in chats.items():
                self._note_sent(ChatKey(account_id, chat_id), report)

    def _report(self, room: ChatKey) -> Report:
        present = {user_id: self._names.get(user_id, "") for user_id in self._membership.users_in(*room)}
        typing = {user_id: self._names.get(user_id, "") for user_id in self._typing_until.get(room, ())}
        return Report(_first(present), _first(typing))

    def _note_sent(self, room: ChatKey, report: Report) -> None:
        if report.is_empty:
            self._sent.pop(room, None)
        else:
            self._sent[room] = report


def _first(users: Mapping[int, str]) -> dict[int, str]:
    """At most MAX_USERS, in a fixed order: without a limit the cost of a crowd would grow with its square."""
    return dict(sorted(users.items())[:MAX_USERS])


def _frames(account_id: int, chat_id: int, before: ShownUsers, now: ShownUsers) -> list[bytes]:
    """A push for each of the two lists that has changed."""
    frames = []
    for event, old, new in (("presence", before.present, now.present), ("typing", before.typing, now.typing)):
        if old != new:
            users = [{"user_id": user_id, "name": name} for user_id, name in new.items()]
            data = {"chat_id": chat_id, "users": users}
            frames.append(orjson.dumps({"event": event, "account_id": account_id, "data": data}))
    return frames

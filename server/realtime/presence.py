"""Who has a chat open and who types in it, over all web instances: nothing of it is kept anywhere but in their memory.

Each instance tells of its own people when they change, and of all of them now and then; what is not told again is
forgotten, so that an instance that was killed takes its people along.
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
from server.realtime.hub import Hub
from server.realtime.signals import Report, Signal, decode_signal, encode_signal

log = structlog.get_logger()

TICK_SECONDS = 0.5
# Changes of one moment go out together.
GATHER_SECONDS = 0.05
# Missed once, a repetition may come late; missed twice, there is nobody left to send it.
REPEATS_MISSED = 2.25
# Somebody who goes on typing is told of so often; half of what a browser's own pauses allow.
TYPING_REPEAT_SECONDS = 2.0
MAX_USERS = 50

PresenceRoom = tuple[int, int]  # account, chat


class Heard(NamedTuple):
    """What an instance said of one chat, and when."""

    report: Report
    at: float


class Shown(NamedTuple):
    """What the sockets were last told of a chat."""

    people: Mapping[int, str] = {}
    typing: Mapping[int, str] = {}


class Presence:
    """The people at this process's sockets, and what the other processes say of theirs."""

    def __init__(
        self,
        hub: Hub,
        publish: Callable[[int, bytes], Awaitable[None]],
        *,
        refresh_seconds: float,
        typing_seconds: float,
    ) -> None:
        self._hub = hub
        self._publish = publish
        self._refresh_seconds = refresh_seconds
        self._typing_seconds = typing_seconds
        self._origin = uuid4().hex
        self._names: dict[int, str] = {}
        self._typists: dict[PresenceRoom, dict[int, float]] = defaultdict(dict)  # ours, and until when
        self._due: dict[PresenceRoom, bool] = {}  # to be told; True when even an unchanged report is
        self._questions: set[int] = set()
        self._sent: dict[PresenceRoom, Report] = {}
        self._heard: dict[int, dict[int, dict[str, Heard]]] = defaultdict(lambda: defaultdict(dict))
        self._shown: dict[int, dict[int, Shown]] = defaultdict(dict)
        self._wake = asyncio.Event()
        self._may_forget_at = 0.0
        hub.on_room, hub.on_signal, hub.on_listening = self.note_room, self.take, self.note_listening

    # -- what happens here ----------------------------------------------------------------------------------------

    def introduce(self, user_id: int, name: str) -> None:
        """The name under which the others see this user."""
        self._names[user_id] = name

    def note_room(self, account_id: int, chat_id: int) -> None:
        """Somebody opened or left a chat."""
        self._announce((account_id, chat_id))

    def set_typing(self, account_id: int, chat_id: int, user_id: int, *, is_on: bool) -> None:
        """Somebody types, or has stopped; who goes on says so again before `typing_seconds` are over."""
        typists, now = self._typists[account_id, chat_id], time.monotonic()
        until = typists.get(user_id)
        if not is_on:
            typists.pop(user_id, None)
        elif until is None or until - now < self._typing_seconds - TYPING_REPEAT_SECONDS:
            typists[user_id] = now + self._typing_seconds
        else:
            return
        self._announce((account_id, chat_id), always=is_on)

    def note_listening(self, account_id: int) -> None:
        """The account was not heard until now: what was known of it is old, the other instances are asked."""
        self._heard.pop(account_id, None)
        self._shown.pop(account_id, None)
        self._questions.add(account_id)
        self._wake.set()

    def greet(self, connection: Connection, account_id: int, chat_id: int | None = None) -> None:
        """Show a socket that has just joined who is there, in one chat or in all of the account."""
        shown = self._shown.get(account_id, {})
        for place in shown if chat_id is None else shown.keys() & {chat_id}:
            for frame in _frames(account_id, place, Shown(), shown[place]):
                connection.send(frame)

    def _announce(self, place: PresenceRoom, *, always: bool = False) -> None:
        self._due[place] = always or self._due.get(place, False)
        self._wake.set()

    # -- what the instances say, this one included ----------------------------------------------------------------

    def take(self, account_id: int, payload: bytes) -> None:
        """The hub's callback."""
        signal = decode_signal(payload)
        if signal.is_question and signal.origin != self._origin:
            self._repeat(place for place in self._hub.open_chats() if place[0] == account_id)
        for chat_id, report in signal.reports.items():
            heard = self._heard[account_id][chat_id]
            if report.is_empty:
                heard.pop(signal.origin, None)
            else:
                heard[signal.origin] = Heard(report, time.monotonic())
            self._show(account_id, chat_id)

    def _show(self, account_id: int, chat_id: int) -> None:
        """Tell the sockets of this process, if anything is different for them."""
        heard = self._heard[account_id][chat_id]
        now, chats = self._merge(heard), self._shown[account_id]
        frames = _frames(account_id, chat_id, chats.get(chat_id, Shown()), now)
        if now == Shown():
            chats.pop(chat_id, None)
        else:
            chats[chat_id] = now
        if not heard:
            del self._heard[account_id][chat_id]
        self._hub.tell_chat(account_id, chat_id, frames)

    def _merge(self, heard: Mapping[str, Heard]) -> Shown:
        """Of several tabs and instances each person once."""
        typing_since = time.monotonic() - self._typing_seconds - TICK_SECONDS
        people: dict[int, str] = {}
        typing: dict[int, str] = {}
        for report, at in heard.values():
            people |= report.people
            if at > typing_since:
                typing |= report.typing
        return Shown(_first(people), _first(typing))

    # -- the clock ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled: tell what changed at once, everything now and then, and forget what was not told again."""
        looked_at = time.monotonic()
        refresh_at = looked_at + self._refresh_seconds
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()
            self._note_standstill(time.monotonic() - looked_at)
            looked_at = time.monotonic()
            self._forget()
            if time.monotonic() >= refresh_at:
                refresh_at = time.monotonic() + self._refresh_seconds
                self._repeat(self._hub.open_chats())
            await self.flush()

    def _repeat(self, places: Iterable[PresenceRoom]) -> None:
        for place in places:
            self._announce(place, always=True)

    def _note_standstill(self, seconds: float) -> None:
        """Who did not run for a while has heard nobody: all get the time to repeat themselves before one is missed."""
        if seconds > TICK_SECONDS + GATHER_SECONDS + self._refresh_seconds / 2:
            self._may_forget_at = time.monotonic() + REPEATS_MISSED * self._refresh_seconds

    def _forget(self) -> None:
        now = time.monotonic()
        for place, typists in list(self._typists.items()):
            for user_id in [user_id for user_id, until in typists.items() if until <= now]:
                del typists[user_id]
                self._announce(place)
            if not typists:
                del self._typists[place]
        silent_since = now - REPEATS_MISSED * self._refresh_seconds if now >= self._may_forget_at else 0.0
        for account_id, chats in list(self._heard.items()):
            for chat_id, heard in list(chats.items()):
                for origin in [origin for origin, (_, at) in heard.items() if at < silent_since]:
                    del heard[origin]
                if not heard or self._shown[account_id].get(chat_id, Shown()).typing:
                    self._show(account_id, chat_id)

    async def flush(self) -> None:
        """Tell all that is due. One task does this, so that a chat's reports cannot overtake each other."""
        due, self._due = self._due, {}
        questions, self._questions = self._questions, set()
        reports: dict[int, dict[int, Report]] = {account_id: {} for account_id in questions}
        for place, always in due.items():
            report = self._report(place)
            if always or report != self._sent.get(place):
                reports.setdefault(place[0], {})[place[1]] = report
        for account_id, chats in reports.items():
            is_question = account_id in questions
            try:
                await self._publish(account_id, encode_signal(Signal(self._origin, chats, is_question)))
            except ConfabError as error:
                log.debug("presence_not_told", account_id=account_id, error=error.code)
                self._repeat((account_id, chat_id) for chat_id in chats)
                self._questions |= {account_id} & questions
                continue
            for chat_id, report in chats.items():
                self._note_sent((account_id, chat_id), report)

    def _report(self, place: PresenceRoom) -> Report:
        people = {user_id: self._names.get(user_id, "") for user_id in self._hub.people_in(*place)}
        typing = {user_id: self._names.get(user_id, "") for user_id in self._typists.get(place, ())}
        return Report(_first(people), _first(typing))

    def _note_sent(self, place: PresenceRoom, report: Report) -> None:
        if report.is_empty:
            self._sent.pop(place, None)
        else:
            self._sent[place] = report


def _first(people: Mapping[int, str]) -> dict[int, str]:
    """In a fixed order, and no more than anybody would read: a crowd must not cost its square."""
    return dict(sorted(people.items())[:MAX_USERS])


def _frames(account_id: int, chat_id: int, before: Shown, now: Shown) -> list[bytes]:
    """A push for each of the two lists that is another one."""
    frames = []
    for event, old, new in (
        ("presence", before.people, now.people),
        ("typing", before.typing, now.typing),
    ):
        if old != new:
            users = [{"user_id": user_id, "name": name} for user_id, name in new.items()]
            data = {"chat_id": chat_id, "users": users}
            frames.append(orjson.dumps({"event": event, "account_id": account_id, "data": data}))
    return frames

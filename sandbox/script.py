"""Simulates a busy day at a chosen speed: customers with media, groups, reactions, edits and offline phones."""

import asyncio
import contextlib
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from sandbox.conversations import (
    Draft,
    delete,
    deliver_pending,
    edit,
    react,
    read_by_contact,
    upsert_contact,
    write,
)
from sandbox.entities import GROUP, Account, Chat, Contact, Json, Message
from sandbox.groups import start_group
from sandbox.history import FIRST_NAMES, LAST_NAMES, QUESTIONS
from sandbox.media import describe
from sandbox.simulator import Simulator
from sandbox.views import contact_view

OPENS_AT, CLOSES_AT = 9 * 3600, 18 * 3600
VOICE_NOTE = Path(__file__).parent / "page" / "voice-note.ogg"
REACTIONS = ("👍", "❤️", "😂", "🙏")
WEIGHTS = {
    "write": 60,
    "picture": 6,
    "voice": 5,
    "document": 3,
    "quote": 6,
    "react": 6,
    "edit": 4,
    "delete": 2,
    "open_chat": 14,
    "switch_phone": 2,
    "group": 6,
}


def solid_png(dice: random.Random) -> bytes:
    """Create a small PNG of one colour."""
    width, height = 64, 48
    row = b"\0" + bytes(dice.randrange(256) for _ in range(3)) * width

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


class BusyDay:
    """One day of an account, deterministic for each seed, at `speed` times real time."""

    def __init__(
        self, simulator: Simulator, account: Account, *, steps: int, speed: float, seed: int
    ) -> None:
        self._simulator = simulator
        self._account = account
        self._dice = random.Random(seed)
        self._steps, self._speed = steps, speed
        self._done = 0
        self._customers = [self._customer(nth) for nth in range(max(3, min(40, steps // 5)))]
        self._task: asyncio.Task[None] | None = None

    def as_json(self) -> Json:
        """Return the progress of the day."""
        running = self._task is not None and not self._task.done()
        return {
            "account_id": self._account.id,
            "running": running,
            "steps": self._steps,
            "done": self._done,
            "speed": self._speed,
        }

    def start(self) -> None:
        """Start the day."""
        self._task = asyncio.create_task(self._play())
        self._task.add_done_callback(lambda _: self._simulator.live.publish("script", self.as_json()))

    async def stop(self) -> None:
        """Stop the day; its messages remain."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _play(self) -> None:
        times = sorted(self._dice.uniform(OPENS_AT, CLOSES_AT) for _ in range(self._steps))
        last = OPENS_AT + 0.0
        for moment in times:
            await asyncio.sleep((moment - last) / self._speed)
            last = moment
            if self._account.id not in self._simulator.world.accounts:
                return
            kind = self._dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            await getattr(self, f"_{kind}")(self._dice.choice(self._customers))
            self._done += 1
            self._simulator.live.publish("script", self.as_json())

    def _customer(self, nth: int) -> Contact:
        name = f"{self._dice.choice(FIRST_NAMES)} {self._dice.choice(LAST_NAMES)}"
        return upsert_contact(self._simulator, f"5521970{nth:06d}", name)

    def _chat(self, customer: Contact) -> Chat:
        return self._simulator.world.chat_with(self._account, customer)

    def _find(self, customer: Contact, fits: Callable[[Message], bool]) -> Message | None:
        recent = self._simulator.world.newest(self._chat(customer).id)
        return next((item for _, item in zip(range(20), recent, strict=False) if fits(item)), None)

    async def _write(self, customer: Contact) -> None:
        write(self._simulator, self._chat(customer), customer.id, Draft(self._dice.choice(QUESTIONS)))

    async def _attach(self, customer: Contact, body: bytes, name: str, text: str | None = None) -> None:
        attachment = describe(body, None, name, voice_note=name.endswith(".ogg"))
        await self._simulator.archive.store_blob(attachment["id"], body)
        write(self._simulator, self._chat(customer), customer.id, Draft(text, [attachment]))

    async def _picture(self, customer: Contact) -> None:
        caption = self._dice.choice([None, "This one, please", "É este aqui"])
        await self._attach(customer, solid_png(self._dice), "photo.png", caption)

    async def _voice(self, customer: Contact) -> None:
        await self._attach(customer, VOICE_NOTE.read_bytes(), "voice-note.ogg")

    async def _document(self, customer: Contact) -> None:
        await self._attach(customer, b"%PDF-1.7\n%%EOF\n", "order.pdf")

    async def _quote(self, customer: Contact) -> None:
        quoted = self._find(customer, lambda item: not item.deleted)
        draft = Draft("About this one", quoted_id=None if quoted is None else quoted.id)
        write(self._simulator, self._chat(customer), customer.id, draft)

    async def _react(self, customer: Contact) -> None:
        message = self._find(customer, lambda item: item.is_sender)
        if message is not None:
            react(self._simulator, message, customer.id, self._dice.choice(REACTIONS))

    async def _edit(self, customer: Contact) -> None:
        message = self._find(customer, lambda item: item.sender == customer.id and bool(item.text))
        if message is not None:
            edit(self._simulator, message, f"{message.text} Sorry, I meant today")

    async def _delete(self, customer: Contact) -> None:
        message = self._find(customer, lambda item: item.sender == customer.id and not item.deleted)
        if message is not None:
            delete(self._simulator, message)

    async def _open_chat(self, customer: Contact) -> None:
        read_by_contact(self._simulator, self._chat(customer), customer.id)

    async def _switch_phone(self, customer: Contact) -> None:
        customer.offline = not customer.offline
        self._simulator.world.save(customer)
        self._simulator.live.publish("contact", contact_view(customer))
        if not customer.offline:
            deliver_pending(self._simulator, customer)

    async def _group(self, customer: Contact) -> None:
        chats = [chat for chat in self._simulator.world.chats_of(self._account.id) if chat.kind == GROUP]
        mine = [chat for chat in chats if customer.id in chat.members]
        if not mine and len(chats) < 3:
            name = f"{self._dice.choice(['Wholesale', 'Partners', 'Book club'])} {len(chats) + 1}"
            members = [customer, *(other for other in self._customers[:4] if other is not customer)]
            mine = [start_group(self._simulator, self._account, name, members, starter=customer.id)]
        if mine:
            write(self._simulator, mine[0], customer.id, Draft(self._dice.choice(QUESTIONS)))


class Scripts:
    """Holds the latest day, running or finished."""

    def __init__(self) -> None:
        self.day: BusyDay | None = None

    def as_json(self) -> Json | None:
        """Return the progress of the latest day."""
        return None if self.day is None else self.day.as_json()

    async def stop(self) -> None:
        """Stop the day."""
        if self.day is not None:
            await self.day.stop()

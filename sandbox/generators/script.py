"""Simulates a busy day at a chosen speed: customers with media, groups, reactions, edits and offline phones."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from pathlib import Path

from sandbox.generators.history import ANSWERS, FIRST_NAMES, LAST_NAMES, QUESTIONS
from sandbox.generators.landscapes import draw_landscape
from sandbox.output.views import contact_view
from sandbox.simulator import Simulator
from sandbox.store.entities import GROUP, SELF, Account, Chat, Contact, Json, Message
from sandbox.whatsapp.accounts import now_ms
from sandbox.whatsapp.conversations import (
    Draft,
    delete,
    deliver_pending,
    edit,
    react,
    read_by_contact,
    upsert_contact,
    write,
)
from sandbox.whatsapp.groups import start_group
from sandbox.whatsapp.media import describe, describe_location

OPENS_AT, CLOSES_AT = 9 * 3600, 18 * 3600
VOICE_NOTE = Path(__file__).parent.parent / "page" / "voice-note.ogg"
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
    "group": 12,
    "album": 2,
    "location": 2,
    "late": 3,
    "own_phone": 4,
}
LOCATIONS = (
    (-23.5614, -46.6559, "Avenida Paulista 1000", "São Paulo"),
    (52.5208, 13.4094, "Alexanderplatz", "Berlin"),
    (38.7139, -9.1334, "Castelo de São Jorge", "Lisboa"),
)
LATE_MINUTES = (20, 90)


class BusyDay:
    """One day of an account, deterministic for each seed, at `speed` times real time; the first `opening` steps take
    no time.
    """

    def __init__(
        self,
        simulator: Simulator,
        account: Account,
        *,
        steps: int,
        speed: float,
        seed: int,
        opening: int = 0,
        report: Callable[[], None] = lambda: None,
    ) -> None:
        self._simulator = simulator
        self._account = account
        self._dice = random.Random(seed)
        self._steps, self._speed, self._opening, self._report = steps, speed, opening, report
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
        self._task.add_done_callback(lambda _: self._report())

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
            await asyncio.sleep(0 if self._done < self._opening else (moment - last) / self._speed)
            last = moment
            if self._account.id not in self._simulator.world.accounts:
                return
            kind = self._dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            await getattr(self, f"_{kind}")(self._dice.choice(self._customers))
            self._done += 1
            self._report()

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
        await self._attach(customer, draw_landscape(self._dice), "photo.png", caption)

    async def _album(self, customer: Contact) -> None:
        for _ in range(self._dice.randint(3, 4)):
            await self._attach(customer, draw_landscape(self._dice), "photo.png")

    async def _location(self, customer: Contact) -> None:
        location = describe_location(*self._dice.choice(LOCATIONS))
        write(self._simulator, self._chat(customer), customer.id, Draft(None, [location]))

    async def _late(self, customer: Contact) -> None:
        written = now_ms(self._simulator) - self._dice.randint(*LATE_MINUTES) * 60_000
        text = self._dice.choice(QUESTIONS)
        write(self._simulator, self._chat(customer), customer.id, Draft(text, timestamp=written))

    async def _own_phone(self, customer: Contact) -> None:
        write(self._simulator, self._chat(customer), SELF, Draft(self._dice.choice(ANSWERS)))

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

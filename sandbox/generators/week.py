"""Gives a number the week behind it: what customers and its phone wrote then, which arrives with its own times.

It is written line by line of all visits, so that in a chat each message arrives after the one before it. Then the team
does today what a team of Confab can do today only: answer what waits, label, close, and ask for ratings.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sandbox.generators.team.after_week import AfterWeek
from sandbox.generators.team.hiring import Team
from sandbox.generators.week_plan import Line, Visit, plan_week
from sandbox.simulator import Simulator
from sandbox.store.entities import SELF, Account, Json
from sandbox.whatsapp.accounts import now_ms
from sandbox.whatsapp.conversations import Draft, upsert_contact, write

# How long the first lines of all visits take, the second ones, and so on; without a team also until the phone that was
# just linked has shared its history.
ROUND_SECONDS, LINKED_SECONDS = 8.0, 3.0
POLL_SECONDS, DELIVERED_SECONDS = 0.1, 20.0


class Week:
    """The week of one account, the same for each seed; a number that has had this week gets it no second time."""

    def __init__(
        self,
        simulator: Simulator,
        account: Account,
        *,
        seed: int,
        report: Callable[[], None],
        round_seconds: float = ROUND_SECONDS,
    ) -> None:
        self._simulator, self._account, self._report = simulator, account, report
        self._round_seconds, self._seed = round_seconds, seed
        self._visits: list[Visit] = []
        self._written, self._is_running = 0, False
        self._after: AfterWeek | None = None
        self._task: asyncio.Task[None] | None = None

    def as_json(self) -> Json:
        """The progress of the week, and of what the team does after it."""
        messages = sum(len(visit.lines) for visit in self._visits)
        after = self._after.as_json() if self._after else None
        return {"running": self._is_running, "messages": messages, "written": self._written, "team": after}

    def start(self) -> None:
        """Play the week without a team."""
        self._task = asyncio.create_task(self.play(None))

    async def stop(self) -> None:
        """Stop it; what was written remains."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def play(self, team: Team | None) -> None:
        """Write the week; then the team works on it. Raises InboxError."""
        self._is_running = True
        try:
            self._visits = self._planned()
            await self._play(team)
        finally:
            self._is_running = False
            self._report()

    def _planned(self) -> list[Visit]:
        visits = plan_week(self._seed, datetime.fromtimestamp(now_ms(self._simulator) / 1000, UTC))
        known = self._simulator.world.contacts.get(visits[0].digits)
        is_played = known and self._simulator.world.find_chat_with(self._account, known)
        return [] if is_played else visits

    async def _play(self, team: Team | None) -> None:
        if not self._visits:
            return
        if team is None:
            await asyncio.sleep(min(LINKED_SECONDS, self._round_seconds))
        else:
            self._after = AfterWeek(self._simulator, self._account, team, self._visits, self._report)
            await self._after.prepare()
        for lines in self._rounds():
            await self._write_round(lines)
        if self._after is not None:
            await self._after.play()

    def _rounds(self) -> Iterator[list[tuple[Line, Visit]]]:
        for n in range(max(len(visit.lines) for visit in self._visits)):
            lines = [(visit.lines[n], visit) for visit in self._visits if n < len(visit.lines)]
            yield sorted(lines, key=lambda own: own[0].at)

    async def _write_round(self, lines: list[tuple[Line, Visit]]) -> None:
        for line, visit in lines:
            if self._account.id not in self._simulator.world.accounts:
                return
            self._write(line, visit)
            self._written += 1
            self._report()
            await asyncio.sleep(self._round_seconds / len(lines))
        await self._until_delivered()

    def _write(self, line: Line, visit: Visit) -> None:
        contact = upsert_contact(self._simulator, visit.digits, visit.name)
        chat = self._simulator.world.chat_with(self._account, contact)
        draft = Draft(line.text, timestamp=int(line.at.timestamp() * 1000), past=line.is_answer)
        write(self._simulator, chat, SELF if line.is_answer else contact.id, draft)

    async def _until_delivered(self) -> None:
        """What is delivered later counts as later: an answer must not overtake its question."""
        for _ in range(int(DELIVERED_SECONDS / POLL_SECONDS)):
            if self._simulator.dispatcher.pending == 0:
                return
            await asyncio.sleep(POLL_SECONDS)

"""A day of the team beside the customers' busy day: scenes at seeded times, each with a customer of its own.

Where a week was behind the number, the team works on that first of all.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable

import aiohttp

from sandbox.generators.team.customer import Customer
from sandbox.generators.team.hiring import Team, hire
from sandbox.generators.team.inbox import PATIENCE_SECONDS, InboxError
from sandbox.generators.team.scenes import KINDS, Scene
from sandbox.generators.week import Week
from sandbox.problems import Problem
from sandbox.settings import Inbox
from sandbox.simulator import Simulator
from sandbox.store.entities import Account, Json

SCENES = 3 * len(KINDS)
# So many are played at once when the day begins.
OPENING = len(KINDS)
DAY_SECONDS = 9 * 3600.0


class TeamDay:
    """What the agents of one account do, the same for each seed, at `speed` times real time."""

    def __init__(
        self,
        simulator: Simulator,
        account: Account,
        inbox: Inbox,
        *,
        speed: float,
        seed: int,
        report: Callable[[], None],
        week: Week | None = None,
    ) -> None:
        self._simulator, self._account, self._inbox, self._week = simulator, account, inbox, week
        self._speed, self._seed, self._report = speed, seed, report
        self._played = self._failed = self._collisions = 0
        self._problem: str | None = None
        self._task: asyncio.Task[None] | None = None

    def as_json(self) -> Json:
        """Return the progress, and the last reason why a scene ended early."""
        return {
            "running": self._task is not None and not self._task.done(),
            "scenes": SCENES,
            "played": self._played,
            "failed": self._failed,
            "collisions": self._collisions,
            "problem": self._problem,
        }

    def start(self) -> None:
        """Start the day."""
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(lambda _: self._report())

    async def stop(self) -> None:
        """Stop the day; what was done remains."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        # Each user has their token; the refresh cookies of one would be sent for the others.
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            try:
                await self._play(session)
            except InboxError as error:
                self._problem = str(error)

    async def _play(self, session: aiohttp.ClientSession) -> None:
        try:
            team = await hire(session, self._inbox, self._account.id)
        except InboxError:
            # The customers write all the same.
            await self._play_week(None)
            raise
        dice = random.Random(self._seed)
        kinds = [kind for _ in range(SCENES // len(KINDS)) for kind in dice.sample(KINDS, len(KINDS))]
        later = sorted(dice.uniform(0, DAY_SECONDS) for _ in kinds[OPENING:])
        async with asyncio.TaskGroup() as group:
            group.create_task(self._play_week(team))
            for index, (kind, moment) in enumerate(zip(kinds, [0.0] * OPENING + later, strict=True)):
                scene_dice = random.Random(f"{self._seed} {index}")
                digits = f"5521980{self._seed % 1000:03d}{index:03d}"
                customer = Customer(self._simulator, self._account, scene_dice, digits)
                scene = Scene(team, customer, scene_dice, self._pause)
                group.create_task(self._play_scene(scene, kind, moment))

    async def _play_week(self, team: Team | None) -> None:
        if self._week is not None:
            try:
                await self._week.play(team)
            except (InboxError, Problem) as error:
                self._problem = str(error)

    async def _play_scene(self, scene: Scene, kind: str, moment: float) -> None:
        await self._pause(moment)
        try:
            await scene.play(kind)
        except (InboxError, Problem) as error:
            # The scene ends: the user of the demo was first, Confab is away, or the account was removed.
            self._failed += 1
            self._problem = str(error)
        self._played += 1
        self._collisions += scene.collisions
        self._report()

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)

"""The day that is played: the customers of an account, the week behind them, and the team, where an inbox is known."""

from dataclasses import dataclass

from sandbox.generators.script import BusyDay
from sandbox.generators.team.day import TeamDay
from sandbox.generators.week import Week
from sandbox.simulator import Simulator
from sandbox.store.entities import Account, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """How a day is played; the first `opening` steps of the customers take no time. Each round of the week behind it
    takes `week_round` seconds; None: without a week.
    """

    steps: int
    speed: float
    seed: int
    opening: int = 0
    with_team: bool = True
    week_round: float | None = None


class Scripts:
    """Holds the latest day, running or finished."""

    def __init__(self) -> None:
        self._day: BusyDay | None = None
        self._team: TeamDay | None = None
        self._week: Week | None = None

    async def play(self, simulator: Simulator, account: Account, plan: DayPlan) -> Json | None:
        """Start a day of an account and return its progress; a running one is stopped."""
        await self.stop()

        def report() -> None:
            simulator.live.publish("script", self.as_json() or {})

        self._day = BusyDay(
            simulator,
            account,
            steps=plan.steps,
            speed=plan.speed,
            seed=plan.seed,
            opening=plan.opening,
            report=report,
        )
        self._day.start()
        self._week = self._team = None
        if plan.week_round is not None:
            self._week = Week(
                simulator, account, seed=plan.seed, report=report, round_seconds=plan.week_round
            )
        if plan.with_team and (inbox := simulator.settings.inbox) is not None:
            self._team = TeamDay(
                simulator, account, inbox, speed=plan.speed, seed=plan.seed, report=report, week=self._week
            )
            self._team.start()
        elif self._week is not None:
            self._week.start()
        return self.as_json()

    def as_json(self) -> Json | None:
        """Return the progress of the latest day: of the customers, in `team` of the team, in `week` of the week."""
        if self._day is None:
            return None
        own = {"team": self._team and self._team.as_json(), "week": self._week and self._week.as_json()}
        return self._day.as_json() | own

    async def stop(self) -> None:
        """Stop the day."""
        for part in (self._day, self._team, self._week):
            if part is not None:
                await part.stop()

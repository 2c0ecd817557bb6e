"""Plans, and what the grants of a user amount to: pure rules, no rows and no requests.

A grant gives what its plan gives, the default plan when it names none. Several grants that hold at the same time
give the most generous of each limit and all features together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from server.config.plans import FEATURES, Plan, Plans

T = TypeVar("T", int, float)

# A grant that somebody pays for stands above one that was given.
SOURCES = ("trial", "manual", "plan", "billing")
WARNING_PERCENT = 80


class Grant(NamedTuple):
    """One row of channels_entitlement; times as Unix seconds."""

    source: str
    plan: str | None
    is_active: bool
    expires_at: float | None

    def holds_at(self, now: float) -> bool:
        return self.is_active and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a user may do with one provider now; nothing at all when no grant holds."""

    provider: str
    plan: str | None = None
    source: str | None = None
    expires_at: float | None = None  # when the last grant ends; None: never, or there is none
    accounts: int | None = 0
    messages_per_month: int | None = 0
    seats: int | None = 0
    features: tuple[str, ...] = ()

    @property
    def is_entitled(self) -> bool:
        return self.plan is not None

    def includes(self, what: str) -> bool:
        """Whether a route that asks for `what` is open: for a feature it must be in the plan."""
        return self.is_entitled and (what not in FEATURES or what in self.features)


def merge_grants(plans: Plans, provider: str, grants: Iterable[Grant], now: float) -> Rights:
    """The grants that hold, as one: each limit the most generous, all features, until the last one ends."""
    held = [(grant, *plans.find(grant.plan)) for grant in grants if grant.holds_at(now)]
    held = [entry for entry in held if provider in entry[2].providers]
    if not held:
        return Rights(provider=provider)
    best, name, _ = max(held, key=_weight)
    given = [plan for _, _, plan in held]
    ends = [grant.expires_at for grant, _, _ in held]
    return Rights(
        provider=provider,
        plan=name,
        source=best.source,
        expires_at=_largest(ends),
        accounts=_largest([plan.accounts for plan in given]),
        messages_per_month=_largest([plan.messages_per_month for plan in given]),
        seats=_largest([plan.seats for plan in given]),
        features=tuple(name for name in FEATURES if any(name in plan.features for plan in given)),
    )


class Seats(NamedTuple):
    """How many people the team may have (None: without limit), and the plan that says so."""

    plan: str | None
    allowed: int | None


def seats_of(plans: Plans, grants: Iterable[tuple[str, Grant]], now: float) -> Seats:
    """The seats of the team, from the (provider, grant) of everybody in it: those of the largest plan that anybody
    holds. They are not added up, since each plan counts the whole team. Where nobody holds a plan there is no limit to
    people, who can do nothing but read: a team may come together before it has its plan.
    """
    held = [(provider, *plans.find(grant.plan)) for provider, grant in grants if grant.holds_at(now)]
    offers = [Seats(name, plan.seats) for provider, name, plan in held if provider in plan.providers]
    return max(offers, key=_room, default=Seats(None, None))


def _room(seats: Seats) -> float:
    return float("inf") if seats.allowed is None else seats.allowed


def _weight(entry: tuple[Grant, str, Plan]) -> tuple[float, int]:
    """The grant that is shown: the one that gives the most messages, of equal ones the one that is paid for."""
    grant, _, plan = entry
    limit = plan.messages_per_month
    return (float("inf") if limit is None else limit, SOURCES.index(grant.source))


def _largest(values: list[T | None]) -> T | None:
    """None is without limit, and the most there is."""
    known = [value for value in values if value is not None]
    return max(known) if len(known) == len(values) else None


def level_of(used: int, limit: int | None) -> str:
    """How near the end of the month's messages is: `ok`, `warning` or `reached`."""
    if limit is None or used * 100 < limit * WARNING_PERCENT:
        return "ok"
    return "warning" if used < limit else "reached"


def percent_of(level: str) -> int:
    """The level as the rows keep it, so that a higher one is more."""
    return {"ok": 0, "warning": WARNING_PERCENT, "reached": 100}[level]


def describe_month(rights: Rights, period: str, sent: int, received: int, here: int) -> dict[str, object]:
    """A month as API clients see it. A plan that has been changed says nothing of months gone by."""
    is_now = period == current_period()
    allowed = rights.messages_per_month if is_now else None
    return {
        "provider": rights.provider,
        "period": period,
        "messages_sent": sent,
        "messages_rcvd": received,
        "sent_here": here,
        "plan": rights.plan if is_now else None,
        "allowed": allowed,
        "level": level_of(here, allowed),
        "until": rfc3339(month_bounds(period)[1]),
    }


def month_bounds(period: str) -> tuple[datetime, datetime]:
    """When the month `YYYY-MM` begins, and when the next one does."""
    year, month = int(period[:4]), int(period[5:])
    begins = datetime(year, month, 1, tzinfo=UTC)
    return begins, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def current_period() -> str:
    return f"{datetime.now(UTC):%Y-%m}"

"""What a user's grants entitle them to: pure rules, without rows and requests.

A grant gives what its plan includes, or the default plan if it names none. Several valid grants give the highest of
each limit and all features.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from server.config.plans import FEATURES, Plan, Plans

T = TypeVar("T", int, float)

SOURCES = ("plan", "trial", "manual", "billing")
# In ascending order: paid grants take precedence over those given for free.
SOURCE_PRECEDENCE = ("trial", "manual", "plan", "billing")
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
    """What a user may do with one provider now; nothing if no grant is valid."""

    provider: str
    plan: str | None = None
    source: str | None = None
    expires_at: float | None = None  # when the last grant ends; None: never, or no grant
    accounts: int | None = 0
    messages_per_month: int | None = 0
    seats: int | None = 0
    features: tuple[str, ...] = ()

    @property
    def is_entitled(self) -> bool:
        return self.plan is not None

    def includes(self, what: str) -> bool:
        """Whether a route that requires `what` is allowed; a feature must be in the plan."""
        return self.is_entitled and (what not in FEATURES or what in self.features)


def merge_grants(plans: Plans, provider: str, grants: Iterable[Grant], now: float) -> Rights:
    """The valid grants combined: the highest of each limit and all features, until the last one ends."""
    valid = [(grant, *plans.find(grant.plan)) for grant in grants if grant.holds_at(now)]
    valid = [entry for entry in valid if provider in entry[2].providers]
    if not valid:
        return Rights(provider=provider)
    best, name, _ = max(valid, key=_grant_rank)
    given = [plan for _, _, plan in valid]
    ends = [grant.expires_at for grant, _, _ in valid]
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
    """How many users the team may have (None: unlimited), and the plan that sets this limit."""

    plan: str | None
    allowed: int | None


def seats_of(plans: Plans, grants: Iterable[tuple[str, Grant]], now: float) -> Seats:
    """The team's seats: the highest number in any plan of its users, from their (provider, grant) pairs. Plans are not
    added up, since each one covers the whole team. Without any plan the number of users is unlimited, as they can only
    read: a team can be set up before it has a plan.
    """
    valid = [(provider, *plans.find(grant.plan)) for provider, grant in grants if grant.holds_at(now)]
    offers = [Seats(name, plan.seats) for provider, name, plan in valid if provider in plan.providers]
    return max(offers, key=_seat_count, default=Seats(None, None))


def _seat_count(seats: Seats) -> float:
    return float("inf") if seats.allowed is None else seats.allowed


def _grant_rank(entry: tuple[Grant, str, Plan]) -> tuple[float, int]:
    """Sort key for the grant that is shown: the most messages, then the highest source."""
    grant, _, plan = entry
    limit = plan.messages_per_month
    return (float("inf") if limit is None else limit, SOURCE_PRECEDENCE.index(grant.source))


def _largest(values: list[T | None]) -> T | None:
    """The highest value; None means unlimited."""
    limits = [value for value in values if value is not None]
    return max(limits) if len(limits) == len(values) else None


def level_of(used: int, limit: int | None) -> str:
    """How much of the month's limit is used: `ok`, `warning` (80 %) or `reached`."""
    if limit is None or used * 100 < limit * WARNING_PERCENT:
        return "ok"
    return "warning" if used < limit else "reached"


def is_used_up(rights: Rights, used: int) -> bool:
    """Whether the month's messages are used up; a plan that has ended denies sends for another reason."""
    return rights.is_entitled and level_of(used, rights.messages_per_month) == "reached"


def percent_of(level: str) -> int:
    """The level as stored: a number that increases with it."""
    return {"ok": 0, "warning": WARNING_PERCENT, "reached": 100}[level]


def describe_month(rights: Rights, period: str, sent: int, received: int, here: int) -> dict[str, object]:
    """A month's usage as API clients see it. Past months have no plan, since it may have changed."""
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
    """The beginning of the month `YYYY-MM`, and of the next one."""
    year, month = int(period[:4]), int(period[5:])
    begins = datetime(year, month, 1, tzinfo=UTC)
    return begins, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def rfc3339(moment: datetime) -> str:
    """A UTC time as the API writes it, with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def current_period() -> str:
    """The current month, `YYYY-MM` in UTC."""
    return f"{datetime.now(UTC):%Y-%m}"

"""Figures of reports: how many, mean, median, 90th percentile and buckets, from counted days."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from server.rules.buckets import quantile, shown_counts

Group = TypeVar("Group", bound=Hashable)


class CountedBucket(NamedTuple):
    """Durations of one bucket: how many, their sum in seconds, and how many were within their target or not."""

    bucket: int
    n: int
    seconds: int
    met: int = 0
    breached: int = 0


@dataclass(slots=True)
class Figures:
    """Durations that are counted together."""

    n: int = 0
    seconds: int = 0
    met: int = 0
    breached: int = 0
    counts: Counter[int] = field(default_factory=Counter)

    def add(self, counted: CountedBucket) -> None:
        self.n += counted.n
        self.seconds += counted.seconds
        self.met += counted.met
        self.breached += counted.breached
        self.counts[counted.bucket] += counted.n

    def summary(self) -> dict[str, object]:
        """Without durations all but the count is null. Median and 90th percentile are those of the buckets, a few
        percent off; the mean is exact.
        """
        mean = round(self.seconds / self.n) if self.n else None
        durations: dict[str, object] = {
            "n": self.n,
            "mean": mean,
            "median": self.quantile(0.5),
            "p90": self.quantile(0.9),
        }
        return durations | {"met": self.met, "breached": self.breached}

    def full(self) -> dict[str, object]:
        """The same with the shown buckets."""
        return self.summary() | {"buckets": shown_counts(self.counts)}

    def quantile(self, share: float) -> int | None:
        found = quantile(self.counts, share)
        return None if found is None else round(found)


def grouped(rows: Iterable[tuple[Group, CountedBucket]]) -> Mapping[Group, Figures]:
    """The figures of each group; a group without rows has none."""
    found: dict[Group, Figures] = defaultdict(Figures)
    for group, counted in rows:
        found[group].add(counted)
    return found


@dataclass(slots=True)
class Messages:
    """Messages that are counted together."""

    received: int = 0
    sent: int = 0

    def add(self, received: int, sent: int) -> None:
        self.received += received
        self.sent += sent

    def as_json(self) -> dict[str, int]:
        return {"received": self.received, "sent": self.sent}

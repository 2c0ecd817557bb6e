"""Which children there should be: those of one reading of the settings, each replaced when it ends."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from server.config import Config
from server.supervisor.forking import Child

# A child that has not become ready by then, beside its wait for Redis, is killed.
START_SECONDS = 60.0
# Between the end of a child and its next start, by how often it has ended soon after one.
DELAYS_SECONDS = (0.0, 0.2, 1.0, 5.0)
# A child that lived for so long starts counting anew.
SETTLED_SECONDS = 60.0

Start = Callable[[str, Config], Child]


@dataclass
class Slot:
    """One of the children, by its name; empty between two of them."""

    name: str
    child: Child | None = None
    due: float = 0.0
    failures: int = 0
    was_ready: bool = False


@dataclass
class Generation:
    """The children of one reading of the settings."""

    config: Config
    slots: list[Slot] = field(default_factory=list)

    @property
    def children(self) -> list[Child]:
        return [slot.child for slot in self.slots if slot.child is not None]

    @property
    def is_ready(self) -> bool:
        """Whether every child takes work."""
        return all(slot.child is not None and slot.child.is_ready for slot in self.slots)

    @property
    def takes_requests(self) -> bool:
        """Whether a web process does."""
        return any(child.is_ready and child.name != WORKER for child in self.children)

    def start_due(self, start: Start) -> Iterator[Child]:
        """Start what is due. The first child alone at first: what stops its start would stop all of them."""
        now = time.monotonic()
        wanted = self.slots if any(slot.was_ready for slot in self.slots) else self.slots[:1]
        for slot in wanted:
            if slot.child is None and slot.due <= now:
                slot.child = start(slot.name, self.config)
                slot.child.due = now + START_SECONDS + self.config.redis.start_seconds
                yield slot.child

    def next_due(self) -> float:
        """When a child is due to start."""
        wanted = self.slots if any(slot.was_ready for slot in self.slots) else self.slots[:1]
        return min((slot.due for slot in wanted if slot.child is None), default=float("inf"))

    def note_ready(self, child: Child) -> None:
        child.is_ready, child.due = True, float("inf")
        for slot in self.slots:
            slot.was_ready |= slot.child is child

    def note_end(self, child: Child) -> Slot | None:
        """Empty the child's slot and set when it is filled again; None if the child is of another generation."""
        for slot in self.slots:
            if slot.child is child:
                now = time.monotonic()
                settled = child.is_ready and now - child.started_at >= SETTLED_SECONDS
                slot.failures = 0 if settled else slot.failures + 1
                slot.due = now + DELAYS_SECONDS[min(slot.failures, len(DELAYS_SECONDS) - 1)]
                slot.child = None
                return slot
        return None


WORKER = "worker"


def make_generation(config: Config) -> Generation:
    """Web processes as many as configured, and one for the workers if they are embedded."""
    names = [f"web-{index}" for index in range(1, config.web.processes + 1)]
    return Generation(
        config, [Slot(name) for name in (*names, *([WORKER] if config.worker.embedded else []))]
    )

"""Collects the metrics of all children when one of them is asked, and keeps what the ended ones have counted."""

import time
from collections.abc import Iterable, Mapping

from server.metrics import REGISTRY
from server.supervisor.channel import Kind
from server.supervisor.forking import Child
from server.supervisor.samples import Family, counted, load, merge, read_families, render

# A child that is busy for longer is shown as it was.
COLLECT_SECONDS = 2.0


class Scrapes:
    """The one that is running, if any, and the totals of children that have ended."""

    def __init__(self) -> None:
        self._ended: Mapping[str, Family] = {}
        self._asking: list[Child] = []
        self._waiting: set[int] = set()
        self.due = float("inf")

    def begin(self, asking: Child, children: Iterable[Child]) -> None:
        """Ask every child, unless that has been done for another one already."""
        self._asking.append(asking)
        if self._waiting:
            return
        self.due = time.monotonic() + COLLECT_SECONDS
        for child in children:
            if child.is_ready:
                self._waiting.add(child.pid)
                child.channel.send(Kind.COLLECT)

    def note(self, child: Child, body: bytes) -> None:
        """A child's samples have come, asked for or at its end."""
        child.samples = load(body)
        self._waiting.discard(child.pid)

    def note_end(self, child: Child) -> None:
        """Of a killed child what it showed last: what was shown once is never taken back."""
        self._ended = merge((self._ended, counted(child.samples)))
        self._waiting.discard(child.pid)
        self._asking = [asking for asking in self._asking if asking is not child]

    def answer(self, children: Iterable[Child]) -> None:
        """Answer those who asked, once every child has, or its time is over."""
        if self._waiting and time.monotonic() < self.due:
            return
        if self._asking:
            sources = (self._ended, read_families(REGISTRY), *(child.samples for child in children))
            text = render(merge(sources))
            for asking in self._asking:
                asking.channel.send(Kind.MERGED, text)
        self._asking, self._waiting, self.due = [], set(), float("inf")

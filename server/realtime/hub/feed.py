"""Orders the pushes of one topic in this process, drops duplicates, and detects gaps."""

from collections.abc import Iterable

from server.realtime.events import Push


class Feed:
    """`head` is the newest seq up to which nothing is missing; pushes beyond a gap wait until it is closed."""

    __slots__ = ("_ahead", "head")

    def __init__(self) -> None:
        self.head: int | None = None
        self._ahead: dict[int, Push] = {}

    @property
    def has_gap(self) -> bool:
        return bool(self._ahead)

    def is_behind(self, head: int) -> bool:
        """Whether the rows, whose head seq is `head`, have changes that did not arrive here."""
        return self.head is not None and self.head < head

    def start(self, head: int) -> list[Push]:
        """Begin at the rows' head seq; returns what arrived while it was being read and comes after it."""
        self.head = head
        return self._take_ready()

    def restart(self, head: int) -> None:
        """Begin again at a lower seq: the rows are an older copy of those whose changes arrived."""
        self.head = head
        self._ahead.clear()

    def take(self, pushes: Iterable[Push]) -> list[Push]:
        """Accept pushes in any order, with duplicates; returns those that can be delivered, in order, each once."""
        for push in pushes:
            if self.head is None or push.seq > self.head:
                self._ahead[push.seq] = push
        return self._take_ready()

    def heal(self, pushes: Iterable[Push], head: int) -> list[Push]:
        """Close all gaps up to `head` with what the rows say; a seq without a row was superseded by a newer one."""
        known = self.head or 0
        found = {push.seq: push for push in pushes if push.seq > known}
        waiting = {seq: push for seq, push in self._ahead.items() if seq <= head}
        ready = waiting | found
        self._ahead = {seq: push for seq, push in self._ahead.items() if seq > head}
        self.head = max(known, head)
        return [ready[seq] for seq in sorted(ready)] + self._take_ready()

    def _take_ready(self) -> list[Push]:
        if self.head is None:
            return []
        ready = []
        while (push := self._ahead.pop(self.head + 1, None)) is not None:
            ready.append(push)
            self.head += 1
        for seq in [seq for seq in self._ahead if seq <= self.head]:
            del self._ahead[seq]
        return ready

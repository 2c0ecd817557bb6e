"""One account as this process hears it: puts its changes in order, drops what is known, and notices holes."""

from collections.abc import Iterable

from server.realtime.events import Push


class Feed:
    """`head` is the newest number up to which nothing is missing; what is ahead of a hole waits for it."""

    __slots__ = ("_ahead", "head")

    def __init__(self) -> None:
        self.head: int | None = None
        self._ahead: dict[int, Push] = {}

    @property
    def has_hole(self) -> bool:
        return bool(self._ahead)

    def is_behind(self, head: int) -> bool:
        """Whether the rows, which stand at `head`, have something that was not heard here."""
        return self.head is not None and self.head < head

    def start(self, head: int) -> list[Push]:
        """Begin at the rows' number; what came in while it was being read is sorted now."""
        self.head = head
        return self._ready()

    def restart(self, head: int) -> None:
        """Begin again at a lower number: the rows are an older copy of those that were heard of."""
        self.head = head
        self._ahead.clear()

    def take(self, pushes: Iterable[Push]) -> list[Push]:
        """Accept pushes in any order and any number; return those that are due now, in order, each once."""
        for push in pushes:
            if self.head is None or push.seq > self.head:
                self._ahead[push.seq] = push
        return self._ready()

    def heal(self, pushes: Iterable[Push], head: int) -> list[Push]:
        """Close all holes up to `head` with what the rows say; numbers without a row were overtaken by newer ones."""
        known = self.head or 0
        found = {push.seq: push for push in pushes if push.seq > known}
        waiting = {seq: push for seq, push in self._ahead.items() if seq <= head}
        due = waiting | found
        self._ahead = {seq: push for seq, push in self._ahead.items() if seq > head}
        self.head = max(known, head)
        return [due[seq] for seq in sorted(due)] + self._ready()

    def _ready(self) -> list[Push]:
        if self.head is None:
            return []
        ready = []
        while (push := self._ahead.pop(self.head + 1, None)) is not None:
            ready.append(push)
            self.head += 1
        for seq in [seq for seq in self._ahead if seq <= self.head]:
            del self._ahead[seq]
        return ready

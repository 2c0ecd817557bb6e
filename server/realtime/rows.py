"""What the hub knows of Postgres: two functions that it is given."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from server.realtime.events import Push


class Rows(NamedTuple):
    """The accounts' newest numbers, and (pushes, head) of what came after one."""

    read_heads: Callable[[Sequence[int]], Awaitable[dict[int, int]]]
    read_changes: Callable[[int, int], Awaitable[tuple[list[Push], int]]]

"""The two queries that the hub needs, passed in so that it does not depend on the database."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from server.realtime.events import Push
from server.redis.channels import Topic


class Rows(NamedTuple):
    """`read_heads` gives the head seq of each topic; `read_changes` the pushes after a seq, and the head then."""

    read_heads: Callable[[Sequence[Topic]], Awaitable[dict[Topic, int]]]
    read_changes: Callable[[Topic, int], Awaitable[tuple[list[Push], int]]]

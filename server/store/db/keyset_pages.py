"""Pages of list queries: rows that Postgres has written as JSON, and the key at which the next page begins."""

from collections.abc import Sequence
from typing import NamedTuple

# (sort key, id): a position in a list.
Key = tuple[str, int]


class Page(NamedTuple):
    """`items` are JSON texts; `next_key` is the key of the last item when more follow; `first_key` of the first."""

    items: list[str]
    next_key: Key | None
    first_key: Key | None = None


class Window(NamedTuple):
    """A part of a list, newest first, as JSON texts; a key is None where the list ends."""

    items: list[str]
    older: Key | None
    newer: Key | None


def page_of(rows: Sequence[tuple[str, str, int]], limit: int) -> Page:
    """A page of at most `limit` items from a query's (JSON text, sort key, id) rows. The query asks for one row more,
    to learn whether more follow.
    """
    shown = rows[:limit]
    has_more = len(rows) > limit
    next_key = (shown[-1][1], shown[-1][2]) if has_more else None
    return Page([row[0] for row in shown], next_key, (shown[0][1], shown[0][2]) if shown else None)

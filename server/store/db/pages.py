"""What a list query answers: rows that Postgres has already written as JSON, and where the next page begins."""

from collections.abc import Sequence
from typing import Any, NamedTuple

# (sort key, id): a place in a list.
Key = tuple[str, int]


class Page(NamedTuple):
    """`items` are JSON texts; `next_key` is (sort key, id) of the last item when there are more."""

    items: list[str]
    next_key: Key | None


class Window(NamedTuple):
    """Part of a list, newest first, as JSON texts; a key is None where the list ends."""

    items: list[str]
    older: Key | None
    newer: Key | None


def page_of(rows: Sequence[Sequence[Any]], limit: int) -> Page:
    """Cut the one row too many that a list query asks for; each row is (JSON text, sort key, id)."""
    kept = rows[:limit]
    more = len(rows) > limit
    return Page([row[0] for row in kept], (kept[-1][1], kept[-1][2]) if more else None)

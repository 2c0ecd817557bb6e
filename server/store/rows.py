"""What a list query answers: rows that Postgres has already written as JSON, and where the next page begins."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Page(NamedTuple):
    """`items` are JSON texts; `next_key` is (sort key, id) of the last item when there are more."""

    items: list[str]
    next_key: tuple[str, int] | None


def page_of(rows: Sequence[Sequence[Any]], limit: int) -> Page:
    """Cut the one row too many that a list query asks for; each row is (JSON text, sort key, id)."""
    kept = rows[:limit]
    more = len(rows) > limit
    return Page([row[0] for row in kept], (kept[-1][1], kept[-1][2]) if more else None)

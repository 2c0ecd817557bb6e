"""Splits the text of each migration into statements once: yoyo does it anew for each database, a second for all."""

from functools import cache

import sqlparse

_split = sqlparse.split


@cache
def _split_once(text: str) -> tuple[str, ...]:
    return tuple(_split(text))


def split(text: str) -> list[str]:
    """A list of its own for each caller: yoyo changes it."""
    return list(_split_once(text))


def pytest_configure() -> None:
    sqlparse.split = split  # type: ignore[assignment]

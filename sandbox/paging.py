"""Reads list parameters, cuts pages, and makes the cursors."""

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.entities import Json
from sandbox.ids import from_iso
from sandbox.problems import Problem

DEFAULT_LIMIT, MAX_LIMIT = 100, 250

Position = tuple[int, str]  # when, and the id that breaks ties: the order of every list


@dataclass(frozen=True, slots=True)
class Page:
    """One request for a part of a list: what, how many, and after which item."""

    limit: int
    filters: dict[str, str] = field(default_factory=dict)
    last: Position | None = None

    @property
    def before(self) -> int | None:
        """The exclusive upper end in time."""
        return _moment(self.filters, "before")

    @property
    def after(self) -> int | None:
        """The exclusive lower end in time."""
        return _moment(self.filters, "after")

    @property
    def accounts(self) -> list[str] | None:
        """The accounts asked for; None for all of them."""
        value = self.filters.get("account_id")
        return None if value is None else [part for part in value.split(",") if part]

    def flag(self, name: str) -> bool | None:
        """Read a filter that is true or false."""
        value = self.filters.get(name)
        if value not in {None, "true", "false", "1", "0"}:
            raise Problem("invalid_parameters", f"{name} must be true or false.")
        return None if value is None else value in {"true", "1"}


def _moment(filters: dict[str, str], name: str) -> int | None:
    value = filters.get(name)
    if value is None:
        return None
    moment = from_iso(value)
    if moment is None:
        raise Problem("invalid_parameters", f"{name} must be written as YYYY-MM-DDTHH:MM:SS.sssZ.")
    return moment


def _read_limit(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise Problem("invalid_parameters", f"limit must be a number from 1 to {MAX_LIMIT}.")
    return int(value)


def _read_cursor(value: str) -> Page:
    try:
        content = json.loads(base64.b64decode(value, validate=True))
        last = content["last_date"], content["last_id"]
        filters = content["filters"]
        if not isinstance(last[0], int) or not isinstance(last[1], str) or not isinstance(filters, dict):
            raise ValueError("not a cursor")
        return Page(_read_limit(str(content["limit"])), {str(k): str(v) for k, v in filters.items()}, last)
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise Problem("invalid_parameters", "The cursor is not one of ours.") from None


def read_page(request: web.Request, *names: str) -> Page:
    """Read limit, cursor and the filters named; a cursor brings its own filters and wins."""
    query = request.query
    limit = _read_limit(query["limit"]) if query.get("limit") else DEFAULT_LIMIT
    filters = {name: query[name] for name in names if query.get(name)}
    page = _read_cursor(query["cursor"]) if query.get("cursor") else Page(limit, filters)
    _ = page.before, page.after
    return page


def make_cursor(page: Page, last: Position) -> str:
    """Write down, in base64, where the next page begins."""
    content = {"filters": page.filters, "limit": page.limit, "last_id": last[1], "last_date": last[0]}
    return base64.b64encode(json.dumps(content).encode()).decode()


def cut(page: Page, positions: Iterable[Position]) -> tuple[list[Position], str | None]:
    """Take one page from places that come newest first, with the cursor of the next."""
    rest = positions if page.last is None else (position for position in positions if position < page.last)
    taken = list(itertools.islice(rest, page.limit + 1))
    shown = taken[: page.limit]
    return shown, make_cursor(page, shown[-1]) if len(taken) > page.limit else None


def listing(thing: str, items: list[Json], cursor: str | None = None) -> Json:
    """Wrap items in the envelope of every list."""
    return {"object": f"{thing}List", "items": items, "cursor": cursor}

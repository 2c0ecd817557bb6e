"""Parses list parameters, cuts pages and encodes cursors."""

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.problems import Problem
from sandbox.store.entities import Json
from sandbox.store.ids import from_iso

DEFAULT_LIMIT, MAX_LIMIT = 100, 250

Position = tuple[int, str]  # timestamp, then id as the tie-breaker: the sort key of every list


@dataclass(frozen=True, slots=True)
class Page:
    """A page request: the filters, the limit and the position it continues after."""

    limit: int
    filters: dict[str, str] = field(default_factory=dict)
    last: Position | None = None

    @property
    def before(self) -> int | None:
        """The exclusive upper time bound."""
        return _moment(self.filters, "before")

    @property
    def after(self) -> int | None:
        """The exclusive lower time bound."""
        return _moment(self.filters, "after")

    @property
    def accounts(self) -> list[str] | None:
        """The requested accounts; None for all."""
        value = self.filters.get("account_id")
        return None if value is None else [part for part in value.split(",") if part]

    def flag(self, name: str) -> bool | None:
        """Parse a boolean filter."""
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
        raise Problem("invalid_parameters", f"{name} must have the format YYYY-MM-DDTHH:MM:SS.sssZ.")
    return moment


def _read_limit(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise Problem("invalid_parameters", f"limit must be an integer from 1 to {MAX_LIMIT}.")
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
        raise Problem("invalid_parameters", "The cursor is invalid.") from None


def read_page(request: web.Request, *names: str) -> Page:
    """Parse the limit, the cursor and the named filters; a cursor's own filters take precedence."""
    query = request.query
    limit = _read_limit(query["limit"]) if query.get("limit") else DEFAULT_LIMIT
    filters = {name: query[name] for name in names if query.get(name)}
    page = _read_cursor(query["cursor"]) if query.get("cursor") else Page(limit, filters)
    _ = page.before, page.after
    return page


def make_cursor(page: Page, last: Position) -> str:
    """Encode the position the next page continues after as a base64 cursor."""
    content = {"filters": page.filters, "limit": page.limit, "last_id": last[1], "last_date": last[0]}
    return base64.b64encode(json.dumps(content).encode()).decode()


def cut(page: Page, positions: Iterable[Position]) -> tuple[list[Position], str | None]:
    """Cut one page from positions sorted newest first; return it with the cursor of the next page."""
    rest = positions if page.last is None else (position for position in positions if position < page.last)
    taken = list(itertools.islice(rest, page.limit + 1))
    shown = taken[: page.limit]
    return shown, make_cursor(page, shown[-1]) if len(taken) > page.limit else None


def listing(thing: str, items: list[Json], cursor: str | None = None) -> Json:
    """Wrap items in the list envelope."""
    return {"object": f"{thing}List", "items": items, "cursor": cursor}

"""Reads request bodies, queries and path ids, and builds JSON responses: the JSON edge of the handlers."""

import base64
import binascii
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from aiohttp import web
from marshmallow import Schema, ValidationError

from server.config.plans import PROVIDERS
from server.errors import ConfabError, NotFound
from server.schemas.fields import MAX_ID
from server.store.db.keyset_pages import Page, Window
from server.web.app_keys import CONFIG, USER_ID

JSON_TYPE = "application/json"
# More than any schema needs.
MAX_KEYS, MAX_ITEMS, MAX_NAME = 100, 1000, 50
# Loaded queries are cached, because apps send the same few again and again: a schema of ten fields takes 30 µs.
CACHED_QUERIES, CACHED_LENGTH = 500, 200
_loaded_queries: dict[tuple[Schema, str], dict[str, Any]] = {}


async def load_body(request: web.Request, schema: Schema) -> dict[str, Any]:
    """The validated body; an empty one counts as {}. Raises ConfabError malformed, too_large or invalid."""
    raw = await request.read()
    try:
        data = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise ConfabError("malformed", "The body must be a JSON object.")
    return _validated(schema, data)


def load_fields(fields: Mapping[str, str], schema: Schema) -> dict[str, Any]:
    """The validated fields of a form."""
    return _validated(schema, fields)


def load_query(request: web.Request, schema: Schema) -> dict[str, Any]:
    """The validated query string. Schemas of queries read nothing but the query, and load values that cannot change."""
    key = (schema, request.rel_url.raw_query_string)
    found = _loaded_queries.get(key)
    if found is None:
        found = _validated(schema, dict(request.query))
        if len(key[1]) <= CACHED_LENGTH:
            if len(_loaded_queries) >= CACHED_QUERIES:
                _loaded_queries.clear()
            _loaded_queries[key] = found
    return found.copy()


def _validated(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    _require_few(data)
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise ConfabError("invalid", fields=_messages(error)) from error
    return loaded


def _require_few(data: Mapping[str, Any]) -> None:
    """Bound the work of a schema, which checks every field and item: a second for a megabyte."""
    if len(data) > MAX_KEYS:
        raise ConfabError("malformed", f"The body has more than {MAX_KEYS} fields.")
    for name, value in data.items():
        if isinstance(value, list | dict) and len(value) > MAX_ITEMS:
            raise ConfabError("invalid", fields={name[:MAX_NAME]: [f"Must have at most {MAX_ITEMS} items."]})


def _messages(error: ValidationError) -> dict[str, object]:
    return error.messages if isinstance(error.messages, dict) else {"body": error.messages}


def caller(request: web.Request) -> int:
    """The signed-in user's id."""
    return request[USER_ID]


def path_id(request: web.Request, name: str) -> int:
    """An id of the path, digits by the route's pattern. An id that no row can have raises NotFound."""
    value = int(request.match_info[name])
    if value > MAX_ID:
        raise NotFound
    return value


def provider_of(request: web.Request) -> str:
    """The provider of the path; raises NotFound for one that Confab does not support."""
    provider = request.match_info["provider"]
    if provider not in PROVIDERS:
        raise NotFound
    return provider


def find_cookie(request: web.Request, name: str) -> str:
    """One cookie among those of all applications of the domain: parsing 32 KiB into objects takes 50 ms."""
    found = ""
    for cookie in ";".join(request.headers.getall("Cookie", ())).split(";"):
        key, _, value = cookie.partition("=")
        if key.strip() == name:
            found = value.strip()
    return found


def is_https(request: web.Request) -> bool:
    """Whether browsers reach us over TLS."""
    return request.app[CONFIG].web.is_https


def error_answer(error: ConfabError, request_id: str | None = None) -> web.Response:
    """A response in the one error format."""
    request_id = request_id or uuid4().hex
    answer = json_answer(error.body(request_id), error.status)
    answer.headers["X-Request-Id"] = request_id
    answer.headers.update(error.headers)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


async def stream_answer(
    request: web.Request, answer: web.StreamResponse, chunks: AsyncIterator[bytes]
) -> web.StreamResponse:
    """Stream the chunks as the response body; HEAD gets the headers only."""
    await answer.prepare(request)
    if request.method != "HEAD":
        async for chunk in chunks:
            await answer.write(chunk)
    await answer.write_eof()
    return answer


def json_answer(data: object, status: int = 200) -> web.Response:
    """A response with this value as JSON."""
    return text_answer(json_text(data), status)


def json_text(data: object) -> str:
    """The value as JSON."""
    return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS).decode()


def text_answer(text: str, status: int = 200) -> web.Response:
    """A response whose JSON text was produced by Postgres."""
    return web.Response(body=text.encode(), status=status, content_type=JSON_TYPE)


def page_answer(page: Page) -> web.Response:
    """A list in the envelope of docs/api.md, "Conventions"."""
    return text_answer(page_text(page))


def page_text(page: Page) -> str:
    """The same as JSON text, for a response that has more."""
    return object_text(page_parts(page))


def page_parts(page: Page) -> list[tuple[str, str]]:
    """The members of the envelope, as JSON texts."""
    cursor = f'"{encode_cursor(*page.next_key)}"' if page.next_key else "null"
    return [("items", f"[{','.join(page.items)}]"), ("next_cursor", cursor)]


def window_answer(window: Window, **more: str) -> web.Response:
    """A part of a list that continues in both directions; `more` are JSON texts."""
    older, newer = (f'"{encode_cursor(*key)}"' if key else "null" for key in (window.older, window.newer))
    parts = {"items": f"[{','.join(window.items)}]", "next_cursor": older, "previous_cursor": newer} | more
    return object_answer(parts.items())


def object_answer(parts: Iterable[tuple[str, str]], status: int = 200) -> web.Response:
    """An object whose values are JSON texts."""
    return text_answer(object_text(parts), status)


def object_text(parts: Iterable[tuple[str, str]]) -> str:
    """The same as JSON text."""
    members = ",".join(f'"{name}":{text}' for name, text in parts)
    return f"{{{members}}}"


def encode_cursor(sort_key: str, row_id: int) -> str:
    """An opaque cursor for the page after this row."""
    return base64.urlsafe_b64encode(f"{sort_key}|{row_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, name: str = "cursor") -> tuple[str, int] | None:
    """(sort key, id) at which the next page begins; raises ConfabError("invalid") for anything but our cursors."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.urlsafe_b64decode(padded.encode("ascii")).decode("ascii")
        sort_key, separator, row_id = text.rpartition("|")
        if not separator or not row_id.isdigit() or int(row_id) > MAX_ID:
            raise ValueError(row_id)
        return sort_key, int(row_id)
    except (ValueError, binascii.Error, UnicodeError) as error:
        raise _bad_cursor(name) from error


def time_cursor(cursor: str | None, name: str = "cursor") -> tuple[str, int] | None:
    """The same for lists sorted by time; `name` is the query parameter."""
    key = decode_cursor(cursor, name)
    if key is None:
        return None
    try:
        moment = datetime.fromisoformat(key[0])
        if moment.tzinfo is None:
            raise ValueError(key[0])
        # Normalised: Python accepts spellings and offsets that Postgres rejects.
        return moment.astimezone(UTC).isoformat(), key[1]
    except (ValueError, OverflowError) as error:
        raise _bad_cursor(name) from error


def text_cursor(cursor: str | None) -> tuple[str, int] | None:
    """The same for lists sorted by a text, which the cursor has in hex."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    try:
        text = bytes.fromhex(key[0]).decode()
        if "\x00" in text:
            raise ValueError(key[0])
        return text, key[1]
    except ValueError as error:
        raise _bad_cursor("cursor") from error


def _bad_cursor(name: str) -> ConfabError:
    return ConfabError("invalid", fields={name: ["Must be a cursor from an earlier response."]})

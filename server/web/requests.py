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
from server.web.app_keys import USER_ID

JSON_TYPE = "application/json"
# More than any schema needs.
MAX_KEYS, MAX_ITEMS, MAX_NAME = 100, 1000, 50


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
    """The validated query string."""
    return _validated(schema, dict(request.query))


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


def _messages(error: ValidationError) -> dict[str, Any]:
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
    return web.Response(
        body=orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS), status=status, content_type=JSON_TYPE
    )


def text_answer(text: str, status: int = 200) -> web.Response:
    """A response whose JSON text was produced by Postgres."""
    return web.Response(body=text.encode(), status=status, content_type=JSON_TYPE)


def page_answer(page: Page) -> web.Response:
    """A list in the envelope of docs/api.md, "Conventions"."""
    cursor = f'"{encode_cursor(*page.next_key)}"' if page.next_key else "null"
    return text_answer(f'{{"items":[{",".join(page.items)}],"next_cursor":{cursor}}}')


def window_answer(window: Window) -> web.Response:
    """A part of a list that continues in both directions."""
    older, newer = (f'"{encode_cursor(*key)}"' if key else "null" for key in (window.older, window.newer))
    items = ",".join(window.items)
    return text_answer(f'{{"items":[{items}],"next_cursor":{older},"previous_cursor":{newer}}}')


def object_answer(parts: Iterable[tuple[str, str]], status: int = 200) -> web.Response:
    """An object whose values are JSON texts."""
    members = ",".join(f'"{name}":{text}' for name, text in parts)
    return text_answer(f"{{{members}}}", status)


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


def _bad_cursor(name: str) -> ConfabError:
    return ConfabError("invalid", fields={name: ["Must be a cursor from an earlier response."]})

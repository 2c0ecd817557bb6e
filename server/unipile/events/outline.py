"""The outline of an event: its fields without what people wrote, so that a faulty event can be looked at."""

from collections.abc import Iterator, Mapping
from typing import TypedDict

# Ids and kinds that UniPile gives; everything else can be a text, a name, a phone number or a place.
SHOWN = frozenset(("account_id", "event", "message_id", "timestamp", "webhook_name"))
MAX_SHOWN, MAX_NAME, MAX_FIELDS, MAX_DEPTH = 100, 60, 200, 8


class OutlineField(TypedDict):
    """One field: its path, its type, how long a text or list is, and its value only if that can be shown."""

    path: str
    type: str
    length: int | None
    value: str | None


def outline(body: object) -> list[OutlineField]:
    """The fields of a JSON value in their order, at most MAX_FIELDS."""
    found: list[OutlineField] = []
    for field in _fields(body, "", "", 0):
        if len(found) == MAX_FIELDS:
            break
        found.append(field)
    return found


def _fields(value: object, path: str, name: str, depth: int) -> Iterator[OutlineField]:
    if isinstance(value, Mapping) and value and depth < MAX_DEPTH:
        for key, inner in value.items():
            short = str(key)[:MAX_NAME]
            yield from _fields(inner, f"{path}.{short}" if path else short, short, depth + 1)
    elif isinstance(value, list) and value and depth < MAX_DEPTH:
        for index, inner in enumerate(value):
            yield from _fields(inner, f"{path}[{index}]", "", depth + 1)
    else:
        yield _field(value, path, name)


def _field(value: object, path: str, name: str) -> OutlineField:
    length = len(value) if isinstance(value, str | list | Mapping) else None
    shown = value if isinstance(value, str) and name in SHOWN and len(value) <= MAX_SHOWN else None
    return {"path": path, "type": _type_of(value), "length": length, "value": shown}


def _type_of(value: object) -> str:
    """As JSON calls it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"

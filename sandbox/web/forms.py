"""Parses request bodies leniently: JSON, multipart and urlencoded."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.problems import Problem
from sandbox.store.entities import Json

FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
TRUE_TEXTS, FALSE_TEXTS = {"true", "1"}, {"false", "0"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form."""

    field_name: str
    file_name: str
    content_type: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The fields and files of a request, in any of the encodings."""

    fields: dict[str, list[Any]] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """Return a text field; numbers are accepted, nested values are not."""
        values = self.texts(name)
        return values[0] if values else None

    def texts(self, name: str) -> list[str]:
        """Return all values of a repeatable field."""
        values = [value for key in (name, f"{name}[]") for value in self.fields.get(key, [])]
        return [_as_text(name, value) for value in values if value is not None]


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise Problem("invalid_parameters", f"{name} must be a string.")
    return str(value)


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


async def read_json(request: web.Request) -> Json:
    """Parse a JSON object; an empty body is an empty object."""
    body = await request.read()
    if not body.strip():
        return {}
    try:
        value = json.loads(body, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        raise Problem("malformed_request", "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Problem("malformed_request", "The body must be a JSON object.")
    return value


async def read_form(request: web.Request) -> Form:
    """Parse a form, or a JSON object in its place."""
    if request.content_type not in FORM_TYPES:
        body = await read_json(request)
        return Form({key: value if isinstance(value, list) else [value] for key, value in body.items()})
    try:
        posted = await request.post()
    except (ValueError, AssertionError, LookupError, EOFError):
        raise Problem("malformed_request", "The form could not be parsed.") from None
    form = Form()
    for name, value in posted.items():
        if isinstance(value, web.FileField):
            form.uploads.append(Upload(name, value.filename, value.content_type, value.file.read()))
        else:
            text = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
            form.fields.setdefault(name, []).append(text)
    return form


def require_text(body: Json, name: str, *, most: int = 65_536) -> str:
    """Return a required, non-empty string."""
    value = opt_text(body, name, most=most)
    if not value:
        raise Problem("missing_parameters", f"{name} is required.")
    return value


def opt_text(body: Json, name: str, *, most: int = 65_536) -> str | None:
    """Return an optional string."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Problem("invalid_parameters", f"{name} must be a string.")
    if len(value) > most:
        raise Problem("too_many_characters", f"{name} may have at most {most} characters.")
    return value


def opt_bool(body: Json, name: str, default: bool = False) -> bool:
    """Return an optional boolean; true, false, 1 and 0 of forms are accepted."""
    value = body.get(name, default)
    if isinstance(value, bool):
        return value
    if str(value).lower() in TRUE_TEXTS | FALSE_TEXTS:
        return str(value).lower() in TRUE_TEXTS
    raise Problem("invalid_parameters", f"{name} must be true or false.")


def opt_texts(body: Json, name: str) -> list[str]:
    """Return an optional list of strings, empty by default."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Problem("invalid_parameters", f"{name} must be a list of strings.")
    return value


def opt_objects(body: Json, name: str) -> list[Json]:
    """Return an optional list of objects, empty by default."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Problem("invalid_parameters", f"{name} must be a list of objects.")
    return value

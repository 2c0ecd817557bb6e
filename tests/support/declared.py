"""Checks every response of a web process against the table of routes, the source of the API description."""

from collections import Counter
from functools import cache
from typing import Any

import orjson
from aiohttp import web
from marshmallow import RAISE, Schema, fields

from server.routes.error_codes import codes_of
from server.routes.route import ROUTE, Route
from server.schemas.errors import Error
from tests.support.page_watch import plain_body

# Made once: a schema copies its fields, which took longer than reading a response.
ERROR = Error()


class Watch:
    """Collects a process's undocumented responses while a test runs."""

    def __init__(self) -> None:
        self.undeclared: list[str] = []
        # How often each path gave each status.
        self.seen: Counter[tuple[str, int]] = Counter()
        # Where a test breaks something on purpose, to check the report.
        self.may_break = False

    def follow(self, app: web.Application) -> None:
        """From now until the process ends."""
        app.on_response_prepare.append(self._check_response)

    async def _check_response(self, request: web.Request, answer: web.StreamResponse) -> None:
        route = getattr(request.match_info.handler, ROUTE, None)
        if route is None or not route.path.startswith(("/api/", "/health", "/metrics", "/ws")):
            return
        self.seen[route.name, answer.status] += 1
        if complaint := complaint_about(route, answer):
            self.undeclared.append(f"{route.method} {route.name}: {complaint}")

    def verdict(self) -> None:
        """Fail if there was a complaint."""
        found = [said for said in self.undeclared if not (self.may_break and said.endswith("internal"))]
        assert not found, found


def complaint_about(route: Route, answer: web.StreamResponse) -> str | None:
    """What is wrong with this response of the route; None if it is as declared."""
    body = answer.body if isinstance(answer, web.Response) else None
    if answer.status >= 400:
        said = orjson.loads(body if isinstance(body, bytes) else b"{}")
        code = said.get("error", {}).get("code")
        if route.name != "show_readiness" and (wrong := ERROR.validate(said)):
            return f"{answer.status} {wrong}"
        return None if code in codes_of(route) else f"{answer.status} {code}"
    if answer.status not in (route.status, *route.also):
        return f"{answer.status}"
    if answer.status == route.status and route.answer is not None:
        plain = plain_body(answer) if isinstance(answer, web.Response) and isinstance(body, bytes) else b"{}"
        wrong = strict_answer(route).validate(orjson.loads(plain))
        return f"{answer.status} {wrong}" if wrong else None
    return None


@cache
def strict_answer(route: Route) -> Schema:
    assert route.answer is not None
    return strict(route.answer())


def strict(schema: Schema) -> Schema:
    """The schema, rejecting undeclared fields at every depth."""
    schema.unknown = RAISE
    for field in schema.fields.values():
        inner: fields.Field[Any] | None = field.inner if isinstance(field, fields.List) else field
        inner = inner.value_field if isinstance(inner, fields.Dict) else inner
        if isinstance(inner, fields.Nested):
            inner.unknown = RAISE
            strict(inner.schema)
    return schema

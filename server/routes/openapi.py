"""Describes the API for programs (OpenAPI 3.1) and for people (one page), both from the table of routes."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from server import VERSION
from server.config.plans import PROVIDERS
from server.errors import TABLE
from server.routes import Route
from server.routes.error_codes import by_status, codes_of
from server.schemas.errors import Error

DESCRIPTION = (
    "Confab's REST API. Live updates come over the WebSocket at `/ws`. HEAD is answered wherever GET is. "
    "Requests are not compressed (415 for any Content-Encoding), and their headers have at most 32 KiB a line (431)."
)
# A parameter of a path as aiohttp writes it, with the pattern it must match: {account_id:\d{1,20}}.
PATH_PARAMETER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
BEARER, SECRET, SIGNATURE = "accessToken", "webhookSecret", "webhookSignature"
SCHEMES: Mapping[str, Mapping[str, str]] = {
    BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    SECRET: {"type": "apiKey", "in": "header", "name": "Unipile-Auth"},
    # Standard Webhooks, together with webhook-id and webhook-timestamp.
    SIGNATURE: {"type": "apiKey", "in": "header", "name": "webhook-signature"},
}

PART, RETRY_LATER = 206, (429, 503)
ALSO: Mapping[int, Mapping[str, Any]] = {
    PART: {"description": "The part that `Range` asked for."},
    304: {"description": "What `If-None-Match` names is still the same."},
}


def build_document(routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of these routes; those that are only the app's own files are left out."""
    spec = APISpec(
        title="Confab",
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": DESCRIPTION},
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
    )
    for name, scheme in SCHEMES.items():
        spec.components.security_scheme(name, dict(scheme))
    told = [route for route in routes if route.is_documented]
    spec.components.schema("Error", schema=Error)
    for name, codes in sorted({failure for route in told for failure in _failures(route).values()}):
        spec.components.response(name, _failure(codes))
    for route in told:
        spec.path(path=plain_path(route.path), operations={route.method.lower(): _operation(route)})
    document: dict[str, Any] = spec.to_dict()
    return document


def plain_path(path: str) -> str:
    """The path as OpenAPI writes it: parameters without their patterns."""
    return PATH_PARAMETER.sub(r"{\1}", path)


def _schema_name(schema: type[Schema] | Schema | str) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": route.name.replace("_", " ").capitalize(),
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": _security(route),
    }
    if route.handler.__doc__:
        operation["description"] = " ".join(route.handler.__doc__.split())
    if route.body is not None:
        form = {"multipart/form-data": {"schema": route.form}} if route.form is not None else {}
        # No body at all is read as {}, which some addresses are content with.
        is_needed = bool(route.body().validate({}))
        operation["requestBody"] = {"required": is_needed, "content": _json(route.body) | form}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"in": "path", "name": name, "required": True, "schema": _path_schema(name, pattern)}
        for name, pattern in PATH_PARAMETER.findall(route.path)
    ]
    if route.query is not None:
        found.append({"in": "query", "schema": route.query})
    return found


def _path_schema(name: str, pattern: str) -> dict[str, Any]:
    if pattern.startswith(r"\d"):
        return {"type": "integer", "format": "int64", "minimum": 0}
    if name == "provider":
        return {"type": "string", "enum": list(PROVIDERS)}
    return {"type": "string", "pattern": f"^{pattern}$"} if pattern else {"type": "string"}


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.needs_token:
        return [{BEARER: []}]
    if route.needs_signature:
        return [{SIGNATURE: []}]
    return [{SECRET: []}] if route.needs_secret else []


def _responses(route: Route) -> dict[str, Any]:
    """Every status that this address may answer with, and no other."""
    found: dict[str, Any] = {str(route.status): _success(route)}
    for status in route.also:
        bytes_too: dict[str, Any] = {"content": _bytes(route)} if status == PART else {}
        found[str(status)] = {**ALSO[status], **bytes_too}
    return found | {str(status): name for status, (name, _) in _failures(route).items()}


def _failures(route: Route) -> dict[int, tuple[str, tuple[str, ...]]]:
    """status -> the name of the shared description, and the codes that it tells of."""
    return {
        status: ("Or".join(code.title().replace("_", "") for code in codes), codes)
        for status, codes in by_status(codes_of(route)).items()
    }


def _failure(codes: tuple[str, ...]) -> dict[str, Any]:
    """The one error shape with one of these codes in it; whoever may come again is told when."""
    one_of = {"properties": {"error": {"properties": {"code": {"enum": list(codes)}}}}}
    told: dict[str, Any] = {
        "description": " ".join(f"`{code}`: {TABLE[code][1]}" for code in codes),
        "content": {
            "application/json": {"schema": {"allOf": [{"$ref": "#/components/schemas/Error"}, one_of]}}
        },
    }
    if TABLE[codes[0]][0] in RETRY_LATER:
        seconds = {"type": "integer", "minimum": 0}
        told["headers"] = {"Retry-After": {"required": True, "schema": seconds, "description": "Seconds."}}
    return told


def _success(route: Route) -> dict[str, Any]:
    if route.status in (101, 204):
        return {"description": "Done." if route.status == 204 else "A WebSocket."}
    if route.answer is not None:
        return {"description": "Done.", "content": _json(route.answer)}
    return {"description": "Done.", "content": _bytes(route)}


def _bytes(route: Route) -> dict[str, Any]:
    return {content_type: {} for content_type in route.content_type.split(", ")}


def _json(schema: type[Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


# -- the page for people ------------------------------------------------------------------------------------

STYLE = """:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
code { font: 0.9em ui-monospace, monospace }
section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: 0.75rem 0 }
h2 { text-transform: capitalize; margin: 2rem 0 0.5rem }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere }
p { margin: 0.25rem 0 }
pre { overflow-x: auto; padding: 0.75rem; background: color-mix(in srgb, currentColor 6%, transparent) }
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Confab API</title><link rel="stylesheet" href="/api/docs.css"></head>
<body><h1>Confab API</h1>
<p>The same for programs: <a href="/api/openapi.json"><code>/api/openapi.json</code></a>.</p>
{routes}
<h2>Shapes</h2>
{shapes}
</body></html>
"""


def render_page(document: Mapping[str, Any]) -> str:
    """The document as plain HTML; no script and nothing from elsewhere, as the strict CSP wants it."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            section = _section(method, path, operation, document["components"].get("responses", {}))
            by_tag.setdefault(operation["tags"][0], []).append(section)
    routes = "\n".join(f"<h2>{escape(tag)}</h2>\n" + "\n".join(rows) for tag, rows in sorted(by_tag.items()))
    shapes = "\n".join(_shape(name, schema) for name, schema in document["components"]["schemas"].items())
    return PAGE.format(routes=routes, shapes=shapes)


def _section(
    method: str, path: str, operation: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]
) -> str:
    security = ", ".join(name for wanted in operation["security"] for name in wanted) or "nothing"
    lines = [
        f'<section id="{escape(operation["operationId"])}">',
        f"<h3><code>{method.upper()} {escape(path)}</code></h3>",
        f"<p>{escape(operation.get('description') or operation['summary'])}</p>",
        f"<p>Needs: {escape(security)}.</p>",
    ]
    if query := [p["name"] for p in operation["parameters"] if p["in"] == "query"]:
        lines.append(f"<p>Query: <code>{escape(', '.join(query))}</code></p>")
    if "requestBody" in operation:
        lines.append(f"<p>Takes {_reference(operation['requestBody'])}</p>")
    for status, response in operation["responses"].items():
        told = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        lines.append(f"<p><code>{escape(status)}</code> {_reference(told)}</p>")
    return "\n".join([*lines, "</section>"])


def _reference(part: Mapping[str, Any]) -> str:
    """The shape that a body or an answer has, as a link."""
    shapes = [_content(content_type, content) for content_type, content in part.get("content", {}).items()]
    return ", or ".join(shapes) or escape(str(part["description"]))


def _content(content_type: str, content: Mapping[str, Any]) -> str:
    schema = content.get("schema", {})
    if "allOf" in schema:  # the error shape with one of some codes
        shape, told = schema["allOf"]
        codes = told["properties"]["error"]["properties"]["code"]["enum"]
        return f"{_content(content_type, {'schema': shape})} {escape(', '.join(codes))}"
    name = escape(schema.get("$ref", "").rpartition("/")[2])
    if not name:
        return escape(content_type)
    link = f'<a href="#shape-{name}">{name}</a>'
    return link if content_type == "application/json" else f"{link} as {escape(content_type)}"


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    required = schema.get("required", [])
    rows = "\n".join(
        f"{key}{'' if key in required else '?'}: {_type(value)}"
        for key, value in schema["properties"].items()
    )
    return f'<section id="shape-{escape(name)}"><h3>{escape(name)}</h3><pre>{escape(rows)}</pre></section>'


def _type(value: Mapping[str, Any]) -> str:
    if "enum" in value:
        return " | ".join(str(item) for item in value["enum"])
    if "$ref" in value:
        return str(value["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "allOf"):
        if several in value:
            return " | ".join(_type(item) for item in value[several])
    if value.get("type") == "array":
        return f"[{_type(value['items'])}]"
    kind = value.get("type", "any")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)

"""Builds the OpenAPI 3.1 document from the route table and the marshmallow schemas."""

import re
from collections.abc import Iterable, Mapping
from typing import NotRequired, TypedDict, cast

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
    "Confab's REST API. Live updates come over the WebSocket at `/ws`. HEAD is accepted wherever GET is. "
    "Request bodies must not be compressed (any Content-Encoding is answered with 415). A header line has at most "
    "32 KiB (431)."
)
# A path parameter as aiohttp writes it, with the pattern it must match: {account_id:\d{1,20}}.
PATH_PARAMETER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
BEARER, SECRET, SIGNATURE = "accessToken", "webhookSecret", "webhookSignature"
SCHEMES: Mapping[str, Mapping[str, str]] = {
    BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    SECRET: {"type": "apiKey", "in": "header", "name": "Unipile-Auth"},
    # Standard Webhooks, together with webhook-id and webhook-timestamp.
    SIGNATURE: {"type": "apiKey", "in": "header", "name": "webhook-signature"},
}

PARTIAL_CONTENT, NOT_MODIFIED = 206, 304
DESCRIPTIONS: Mapping[int, str] = {
    PARTIAL_CONTENT: "The part that `Range` asked for.",
    NOT_MODIFIED: "The version in `If-None-Match` is current.",
}
RETRY_LATER = (429, 503)

# -- the parts of the finished document that docs_page.py reads. `object` stands for what it does not look into --------

SchemaObject = TypedDict(
    "SchemaObject",
    {
        "$ref": str,
        "type": str | list[str],
        "enum": list[object],
        "anyOf": list["SchemaObject"],
        "allOf": list["SchemaObject"],
        "items": "SchemaObject",
        "properties": dict[str, "SchemaObject"],
        "required": list[str],
        "format": str,
        "description": str,
    },
    total=False,
)
Parameter = TypedDict("Parameter", {"in": str, "name": str, "required": bool, "schema": SchemaObject})


class MediaType(TypedDict, total=False):
    """One content type of a body."""

    schema: SchemaObject


Body = TypedDict(
    "Body",
    {
        "$ref": str,
        "description": str,
        "required": bool,
        "content": dict[str, MediaType],
        "headers": dict[str, dict[str, object]],
    },
    total=False,
)


class Operation(TypedDict):
    """One method of one path."""

    operationId: str
    tags: list[str]
    summary: str
    description: NotRequired[str]
    parameters: list[Parameter]
    requestBody: NotRequired[Body]
    responses: dict[str, Body]
    security: list[dict[str, list[str]]]


class Components(TypedDict):
    """What operations refer to by name."""

    schemas: dict[str, SchemaObject]
    responses: NotRequired[dict[str, Body]]
    securitySchemes: NotRequired[dict[str, dict[str, str]]]


class Document(TypedDict):
    """The whole document."""

    paths: dict[str, dict[str, Operation]]
    components: Components


# -- the document --------------------------------------------------------------------------------------------------


def build_document(routes: Iterable[Route]) -> Document:
    """The OpenAPI document of the documented routes."""
    spec = APISpec(
        title="Confab",
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": DESCRIPTION},
        plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)],
    )
    for name, scheme in SCHEMES.items():
        spec.components.security_scheme(name, dict(scheme))
    documented = [route for route in routes if route.is_documented]
    spec.components.schema("Error", schema=Error)
    for name, codes in sorted({error for route in documented for error in _errors(route).values()}):
        spec.components.response(name, _error_response(codes))
    for route in documented:
        spec.path(path=plain_path(route.path), operations={route.method.lower(): _operation(route)})
    return cast(Document, spec.to_dict())


def plain_path(path: str) -> str:
    """The path as OpenAPI writes it: parameters without their patterns."""
    return PATH_PARAMETER.sub(r"{\1}", path)


def _schema_name(schema: type[Schema] | Schema | str) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__


def _operation(route: Route) -> dict[str, object]:
    operation: dict[str, object] = {
        "operationId": route.name,
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": route.name.replace("_", " ").capitalize(),
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": _security(route),
    }
    if route.handler.__doc__:
        operation["description"] = " ".join(route.handler.__doc__.split())
    form = {"multipart/form-data": {"schema": route.form}} if route.form is not None else {}
    if route.body is None and form:
        operation["requestBody"] = {"required": True, "content": form}
    if route.body is not None:
        # An empty body is read as {}, which is valid for some routes.
        is_required = bool(route.body().validate({}))
        operation["requestBody"] = {"required": is_required, "content": _json(route.body) | form}
    return operation


def _parameters(route: Route) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        {"in": "path", "name": name, "required": True, "schema": _path_schema(name, pattern)}
        for name, pattern in PATH_PARAMETER.findall(route.path)
    ]
    if route.query is not None:
        found.append({"in": "query", "schema": route.query})
    if NOT_MODIFIED in route.also:
        found.append(
            {"in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string"}}
        )
    return found


def _path_schema(name: str, pattern: str) -> dict[str, object]:
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


def _responses(route: Route) -> dict[str, object]:
    """Every status of the route, and no other; errors by the name of their shared component."""
    found: dict[str, object] = {str(route.status): _success(route)}
    for status in route.also:
        content = {"content": _binary(route)} if status == PARTIAL_CONTENT else {}
        found[str(status)] = {"description": DESCRIPTIONS[status], **content, **_tag(route)}
    return found | {str(status): name for status, (name, _) in _errors(route).items()}


def _errors(route: Route) -> dict[int, tuple[str, tuple[str, ...]]]:
    """status -> the name of the shared response component, and its error codes."""
    return {
        status: ("Or".join(code.title().replace("_", "") for code in codes), codes)
        for status, codes in by_status(codes_of(route)).items()
    }


def _error_response(codes: tuple[str, ...]) -> dict[str, object]:
    """The one error schema, limited to these codes; with Retry-After where the request may be repeated."""
    one_of = {"properties": {"error": {"properties": {"code": {"enum": list(codes)}}}}}
    response: dict[str, object] = {
        "description": " ".join(f"`{code}`: {TABLE[code][1]}" for code in codes),
        "content": {
            "application/json": {"schema": {"allOf": [{"$ref": "#/components/schemas/Error"}, one_of]}}
        },
    }
    if TABLE[codes[0]][0] in RETRY_LATER:
        seconds = {"type": "integer", "minimum": 0}
        response["headers"] = {
            "Retry-After": {"required": True, "schema": seconds, "description": "Seconds."}
        }
    return response


def _success(route: Route) -> dict[str, object]:
    if route.status in (101, 204):
        return {"description": "Done." if route.status == 204 else "A WebSocket."}
    return {
        "description": "Done.",
        "content": _binary(route) if route.answer is None else _json(route.answer),
        **_tag(route),
    }


def _tag(route: Route) -> dict[str, object]:
    """The header of what can be asked for by its version."""
    if NOT_MODIFIED not in route.also:
        return {}
    tag = {
        "schema": {"type": "string"},
        "description": "For `If-None-Match`.",
        "required": not route.has_version,
    }
    return {"headers": {"ETag": tag}}


def _binary(route: Route) -> dict[str, dict[str, type[Schema]]]:
    return {content_type: {} for content_type in route.content_type.split(", ")}


def _json(schema: type[Schema]) -> dict[str, dict[str, type[Schema]]]:
    return {"application/json": {"schema": schema}}

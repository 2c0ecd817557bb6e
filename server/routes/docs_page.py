"""Renders the OpenAPI document as one HTML page for developers."""

from collections.abc import Mapping
from html import escape

from server.routes.openapi import Body, Document, MediaType, Operation, SchemaObject

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
<p>Machine-readable: <a href="/api/openapi.json"><code>/api/openapi.json</code></a>.</p>
{routes}
<h2>Schemas</h2>
{schemas}
</body></html>
"""


def render_page(document: Document) -> str:
    """The document as plain HTML, without scripts and external resources as the strict CSP requires."""
    responses = document["components"].get("responses", {})
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_section(method, path, operation, responses))
    routes = "\n".join(f"<h2>{escape(tag)}</h2>\n" + "\n".join(rows) for tag, rows in sorted(by_tag.items()))
    schemas = "\n".join(_schema(name, schema) for name, schema in document["components"]["schemas"].items())
    return PAGE.format(routes=routes, schemas=schemas)


def _section(method: str, path: str, operation: Operation, shared: Mapping[str, Body]) -> str:
    security = ", ".join(name for schemes in operation["security"] for name in schemes) or "nothing"
    lines = [
        f'<section id="{escape(operation["operationId"])}">',
        f"<h3><code>{method.upper()} {escape(path)}</code></h3>",
        f"<p>{escape(operation.get('description') or operation['summary'])}</p>",
        f"<p>Needs: {escape(security)}.</p>",
    ]
    if query := [p["name"] for p in operation["parameters"] if p["in"] == "query"]:
        lines.append(f"<p>Query: <code>{escape(', '.join(query))}</code></p>")
    if "requestBody" in operation:
        lines.append(f"<p>Takes {_body(operation['requestBody'])}</p>")
    for status, response in operation["responses"].items():
        body = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        lines.append(f"<p><code>{escape(status)}</code> {_body(body)}</p>")
    return "\n".join([*lines, "</section>"])


def _body(body: Body) -> str:
    """Links to the schemas of a request or response body."""
    links = [_content(content_type, content) for content_type, content in body.get("content", {}).items()]
    return ", or ".join(links) or escape(body["description"])


def _content(content_type: str, content: MediaType) -> str:
    schema = content.get("schema", {})
    if "allOf" in schema:  # the error schema, limited to some codes
        error, limited = schema["allOf"]
        codes = limited["properties"]["error"]["properties"]["code"]["enum"]
        return f"{_content(content_type, {'schema': error})} {escape(', '.join(map(str, codes)))}"
    name = escape(schema.get("$ref", "").rpartition("/")[2])
    if not name:
        return escape(content_type)
    link = f'<a href="#shape-{name}">{name}</a>'
    return link if content_type == "application/json" else f"{link} as {escape(content_type)}"


def _schema(name: str, schema: SchemaObject) -> str:
    required = schema.get("required", [])
    rows = "\n".join(
        f"{key}{'' if key in required else '?'}: {_type(value)}"
        for key, value in schema["properties"].items()
    )
    return f'<section id="shape-{escape(name)}"><h3>{escape(name)}</h3><pre>{escape(rows)}</pre></section>'


def _type(schema: SchemaObject) -> str:
    if "enum" in schema:
        return " | ".join(str(item) for item in schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if alternatives := schema.get("anyOf", schema.get("allOf")):
        return " | ".join(_type(item) for item in alternatives)
    kind = schema.get("type", "any")
    if kind == "array":
        return f"[{_type(schema['items'])}]"
    return " | ".join(kind) if isinstance(kind, list) else kind

"""The OpenAPI document matches the route table, and its page works under the strict CSP."""

import re
from typing import Any

import pytest

from server.config import ROOT
from server.errors import TABLE
from server.routes import ROUTES
from server.routes.docs_page import render_page
from server.routes.error_codes import codes_of
from server.routes.openapi import Document, Operation, build_document, plain_path
from tests.support.fixtures_stack import Stack

DOCUMENTED = [route for route in ROUTES if route.is_documented]
# An empty body is enough: they have no fields, or all fields have defaults.
NEEDS_NO_BODY = ("connect_account", "reconnect_account", "request_export", "run_macro")


@pytest.fixture(scope="module")
def document() -> Document:
    return build_document(ROUTES)


def test_the_document_lists_exactly_the_routes(document: Document) -> None:
    declared = {
        (method.upper(), path) for path, operations in document["paths"].items() for method in operations
    }
    assert declared == {(route.method, plain_path(route.path)) for route in DOCUMENTED}
    assert {route.name for route in ROUTES if not route.is_documented} == {
        "show_asset",
        "show_file",
        "show_app",
        # Also at the message's own path, without its chat.
        "edit_message",
        "delete_message",
        "set_reaction",
        "remove_reaction",
        "retry_message",
        "show_attachment",
        "retry_attachment",
        # At a second path, for elements of our pages.
        "show_avatar",
    }


def test_security_md_states_the_number_of_operations(document: Document) -> None:
    count = sum(len(operations) for operations in document["paths"].values())
    assert f"all {count} operations" in (ROOT / "docs/security.md").read_text()


@pytest.mark.parametrize("route", DOCUMENTED, ids=lambda route: route.name)
def test_an_operation_declares_parameters_responses_and_security(document: Document, route: Any) -> None:
    operation = document["paths"][plain_path(route.path)][route.method.lower()]
    assert operation["operationId"] == route.name
    names = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
    assert names == re.findall(r"\{(\w+)\}", plain_path(route.path))
    query = {p["name"] for p in operation["parameters"] if p["in"] == "query"}
    fields = route.query().fields if route.query else {}
    assert query == {field.data_key or name for name, field in fields.items()}
    assert ("requestBody" in operation) == (route.body is not None or route.form is not None)
    failures = {TABLE[code][0] for code in codes_of(route)}
    assert set(operation["responses"]) == {str(status) for status in (route.status, *route.also, *failures)}
    wanted = "accessToken" if route.needs_token else "webhookSecret" if route.needs_secret else None
    wanted = "webhookSignature" if route.needs_signature else wanted
    if route.body is not None:
        assert operation["requestBody"]["required"] == (route.name not in NEEDS_NO_BODY)
    assert operation["security"] == ([{wanted: []}] if wanted else [])


def test_declared_errors_follow_from_the_row(document: Document) -> None:
    """The expected statuses of a few routes, written out independently of the rules that derive them."""
    account = "/api/channels/{provider}/{account_id}"
    wanted = {
        ("get", "/api/config"): "200 429",
        ("get", "/api/auth/me"): "200 401 429 503",
        ("post", "/api/auth/login"): "200 400 401 403 413 415 422 429 503",
        ("get", "/api/channels/{provider}/accounts"): "200 401 403 404 422 429 503",
        ("delete", account): "204 401 403 404 409 415 422 429 502 503 504",
        ("post", f"{account}/chats"): "201 400 401 402 403 404 409 413 415 422 429 502 503 504",
        ("post", f"{account}/chats/{{chat_id}}/send"): "201 400 401 402 403 404 409 413 415 422 429 503",
        ("post", "/api/webhooks/unipile/messages"): "200 400 401 413 415 429 503",
    }
    file = f"{account}/chats/{{chat_id}}/messages/{{message_id}}/attachments/{{attachment_id}}"
    wanted["get", file] = "200 206 304 401 403 404 416 429 503"
    declared = {
        (method, path): " ".join(sorted(document["paths"][path][method]["responses"]))
        for method, path in wanted
    }
    assert declared == wanted


def test_errors_declare_their_codes_and_retry_after(
    document: Document,
) -> None:
    shared = document["components"]["responses"]
    denied = shared["NotEntitledOrForbidden"]
    shape, declared = denied["content"]["application/json"]["schema"]["allOf"]
    assert shape == {"$ref": "#/components/schemas/Error"}
    assert declared["properties"]["error"]["properties"]["code"]["enum"] == ["not_entitled", "forbidden"]
    assert [name for name, failure in shared.items() if "headers" in failure] == [
        "TooManyRequests",
        "TooManyRequestsOrNewChatsStopped",
        "Unavailable",
    ]
    assert shared["Unavailable"]["headers"]["Retry-After"]["required"] is True
    assert '<code>403</code> <a href="#shape-Error">Error</a> not_entitled, forbidden' in render_page(
        document
    )


def test_every_reference_resolves(document: Document) -> None:
    found = references(document)
    assert len(found) > 20
    for reference in found:
        part: Any = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [r for value in part.values() for r in references(value)]
    return [r for value in part for r in references(value)] if isinstance(part, list) else []


def test_error_format_and_both_security_schemes_are_declared(document: Document) -> None:
    error = document["components"]["schemas"]["Failed"]
    translated = {"reason", "field_reasons"}
    assert set(error["properties"]) - translated == {
        "code",
        "message",
        "fields",
        "limit",
        "details",
        "request_id",
    }
    assert translated < set(error["properties"])
    assert error["required"] == ["code", "message", "request_id"]
    schemes = document["components"]["securitySchemes"]
    assert schemes["accessToken"]["scheme"] == "bearer"
    assert schemes["webhookSecret"]["name"] == "Unipile-Auth"


def test_what_has_a_version_is_declared_with_its_tag(document: Document) -> None:
    """The header to ask with, the tag of what is answered, and 304; nowhere else."""
    with_tag = [route for route in DOCUMENTED if 304 in route.also]
    assert {"list_chats", "list_messages", "show_attachment"} <= {route.name for route in with_tag}
    for route in DOCUMENTED:
        operation = document["paths"][plain_path(route.path)][route.method.lower()]
        headers = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"]
        assert headers == (["If-None-Match"] if route in with_tag else [])
        tagged = {
            status for status, said in operation["responses"].items() if "ETag" in said.get("headers", {})
        }
        assert tagged == ({str(status) for status in (200, *route.also)} if route in with_tag else set())


def test_a_send_is_declared_in_both_content_types(document: Document) -> None:
    (send,) = [path for path in document["paths"] if path.endswith("/send")]
    content = document["paths"][send]["post"]["requestBody"]["content"]
    shapes = {kind: declared["schema"]["$ref"].rpartition("/")[2] for kind, declared in content.items()}
    assert shapes == {"application/json": "Send", "multipart/form-data": "SendForms"}
    fields = document["components"]["schemas"]["SendForms"]["properties"]
    assert set(fields) == {
        "text",
        "quote_id",
        "client_id",
        "seen_seq",
        "hold",
        "attachments",
        "voice_message",
        "media_info",
    }
    assert fields["attachments"]["items"] == {"type": "string", "format": "binary"}
    assert '"width"' in fields["media_info"]["description"]
    assert "SendForms</a> as multipart/form-data" in render_page(document)


def test_the_page_needs_no_script_and_no_inline_style(document: Document) -> None:
    page = render_page(document)
    assert not re.search(r"<script|<style|style=|\son\w+=|https?://", page)
    for path in document["paths"]:
        assert path in page
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert targets <= set(re.findall(r'id="([\w-]+)"', page))


def test_the_page_escapes_its_content() -> None:
    operation: Operation = {
        "operationId": "x",
        "tags": ["<b>"],
        "summary": "<script>",
        "parameters": [],
        "responses": {},
        "security": [],
    }
    page = render_page({"paths": {"/<i>": {"get": operation}}, "components": {"schemas": {}}})
    assert not re.search("<script>|<b>|<i>", page)


async def test_document_page_and_style_are_served(web_only: Stack, document: Document) -> None:
    stranger = web_only.stranger
    assert await stranger.ok("GET", "/api/openapi.json") == document
    page = await stranger.call("GET", "/api/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]
    style = await stranger.call("GET", "/api/docs.css")
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")

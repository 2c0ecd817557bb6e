"""Over the whole table of routes: tokens are required, no body causes a 500, responses are as declared.

The cases are generated from the table: a new route is tested here automatically.
"""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import FormData
from marshmallow import fields

from server.auth.tokens import hash_token
from server.routes import ROUTES, Route
from server.schemas.errors import Error
from server.store.accounts.hosted_links import insert_link
from server.store.people.user_links import put_link
from server.web.app_keys import DATABASE
from tests.server.handlers.test_auth import EMAIL, PASSWORD, make_user
from tests.support.dead_letters import insert_dead
from tests.support.declared import strict
from tests.support.factories import (
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer
from tests.support.route_cases import (
    HOSTED_TOKEN,
    NEEDED,
    RouteTarget,
    fail_message,
    good_body,
    make_related_chat,
    make_route_target,
    one_file,
)

GUARDED = [route for route in ROUTES if route.needs_token]
# Absent in this configuration: handlers/test_registration.py and workers/people/test_mail.py enable them.
SHUT = ("register", "forget_password")
# Without a signature the body is not read: signed requests are tested in handlers/test_billing.py.
WITH_BODY = [
    route
    for route in ROUTES
    if route.body is not None and not route.needs_signature and route.name not in SHUT
]
# Responses that need UniPile are tested beside their handlers, with the sandbox.
AT_UNIPILE = ("start_chat", "edit_message", "delete_message", "set_reaction", "remove_reaction")
# And routes that need earlier actions: also beside their handlers.
ELSEWHERE = (
    *AT_UNIPILE,
    "add_device",
    "show_erasure",
    "list_account_erasures",
    "show_export",
    "list_exports",
    "upload_contacts",
    "list_contact_imports",
    "show_contact_import",
    "list_rejected_rows",
    "check_contact_import",
    "start_contact_import",
    "merge_contacts",
    "undo_contact_merge",
    "list_rule_runs",
    "list_surveys",
)
ANSWERING = [
    route
    for route in ROUTES
    if route.answer is not None and route.name not in (*ELSEWHERE, *SHUT) and not route.needs_signature
]
TAKES_FORMS = ("send_message",)


def named(route: Route) -> str:
    return route.name


@pytest.fixture
async def target(web_only: Stack) -> RouteTarget:
    return await make_route_target(web_only)


def assert_rejected(answer: Answer, *statuses: int) -> None:
    assert answer.status in statuses, (answer.status, answer.raw[:300])
    assert not Error().validate(answer.body)


def test_every_route_has_a_unique_name() -> None:
    """Undocumented routes may be a second path of a documented one."""
    names = [route.name for route in ROUTES if route.is_documented]
    assert len(set(names)) == len(names)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_every_public_route_is_listed() -> None:
    """No route that shows or changes a user's data is public."""
    assert {route.name for route in ROUTES if not route.needs_token} == {
        "show_health",
        "show_readiness",
        "show_metrics",
        "show_config",
        "show_openapi",
        "show_docs",
        "show_docs_style",
        "log_in",
        "forget_password",
        "refresh",
        "log_out",
        "register",
        "show_link",
        "accept_link",
        "unsubscribe",
        "make_test_token",
        "receive_messages",
        "receive_account_status",
        "receive_hosted",
        "take_billing_event",
        "open_socket",
        "show_asset",
        "show_file",
        "show_app",
    }


async def test_routes_require_a_valid_token(web_only: Stack, target: RouteTarget) -> None:
    headers: list[Mapping[str, str]] = [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer garbage"},
        {"Authorization": f"Basic {target.peer.token}"},
        {"Authorization": f"{target.peer.token}"},
        {"Authorization": f"Bearer {target.peer.token}x"},
        {"Cookie": f"token={target.peer.token}"},
    ]
    assert len(GUARDED) >= 12
    for route in GUARDED:
        for sent in headers:
            for body in (None, b"{", b"x" * 100):
                answer = await web_only.stranger.call(route.method, target.path(route), body, headers=sent)
                assert_rejected(answer, 401)
                assert answer.body["error"]["code"] == "unauthenticated", (route.name, sent)
        query = f"{target.path(route)}?token={target.peer.token}&access_token={target.peer.token}"
        assert_rejected(await web_only.stranger.call(route.method, query), 401)


NOT_JSON = [b"{", b"nonsense", b'{"a": 1,}', b"\xff\xfe", b'{"a": "\\ud800"}', b"[" * 3000, b"NaN", b'"']
NOT_JSON += [b"[]", b'[{"text": "Oi"}]', b"17", b'"text"', b"true", b"null"]
# What of them a field of this type accepts.
RIGHT_VALUES: list[tuple[type, Any]] = [(fields.Integer, 17), (fields.Boolean, True), (fields.List, [])]
RIGHT_VALUES += [(fields.Nested, {})]
WRONG_VALUES: list[Any] = [17, -1, 1.5, True, [], ["x"], {}, {"a": 1}, 10**30]


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
async def test_invalid_bodies_are_rejected(target: RouteTarget, route: Route) -> None:
    assert route.body is not None
    path = target.path(route)
    for raw in NOT_JSON:
        assert_rejected(await target.peer.call(route.method, path, raw), 400)
    known = list(route.body().fields)
    bodies: list[dict[str, Any]] = [{"unknown": 1}, {"": 1}, {"\u0000": 1}, {"constructor": 1}]
    for name, kind in route.body().fields.items():
        right = next((value for type_, value in RIGHT_VALUES if isinstance(kind, type_)), None)
        wrong = [
            value
            for value in WRONG_VALUES
            if right is None or type(value) is not type(right) or value != right
        ]
        bodies += [{name: value} for value in [*wrong, "a\x00b", "x" * 70_000]]
        bodies.append(dict.fromkeys(known) | {name: {}})
    for body in bodies:
        assert_rejected(await target.peer.call(route.method, path, body), 422)
    big = io.BytesIO(b'{"a": "' + b"x" * 1024 * 1024 + b'"}')
    assert_rejected(await target.peer.call(route.method, path, data=big), 413)


@pytest.mark.parametrize("route", [r for r in WITH_BODY if r.name not in TAKES_FORMS], ids=named)
async def test_a_form_is_not_accepted_as_json(target: RouteTarget, route: Route) -> None:
    form = FormData({"text": "Oi"}, default_to_multipart=True)
    assert_rejected(await target.peer.call(route.method, target.path(route), data=form), 400, 415)


async def test_invalid_paths_are_rejected(target: RouteTarget) -> None:
    """Ids and queries at the limits of columns and parsers."""
    for route in GUARDED:
        for value in ("0", str(2**63 - 1), str(2**63), "9" * 20):
            for name in ("account_id", "chat_id", "user_id", "key_id", "team_id", "note_id"):
                if f"{{{name}:" in route.path:
                    path = replace(target)
                    setattr(path, name, int(value))
                    answer = await target.peer.call(route.method, path.path(route), good_body(route))
                    assert_rejected(answer, 404, 422)
        if route.query is not None:
            for name in route.query().fields:
                for value in ("%00", "%ff", "", "x" * 3000, "1e9", "-9" * 30, "%5B%5D"):
                    answer = await target.peer.call(route.method, f"{target.path(route)}?{name}={value}")
                    # A search text and an action name may be nearly anything.
                    if name not in ("q", "action") or answer.status != 200:
                        assert_rejected(answer, 422)


async def happy_answer(stack: Stack, target: RouteTarget, route: Route) -> Answer:
    """The response to a valid request."""
    path, headers = target.path(route), {}
    if route.needs_secret:
        headers["Unipile-Auth"] = "sandbox-webhook-secret"
    if route.name in ("log_in", "refresh"):
        await make_user(stack)
    if route.name == "refresh":
        signed_in = await stack.stranger.call(
            "POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD}
        )
        headers = {"X-Confab": "1", "Cookie": signed_in.headers["Set-Cookie"].partition(";")[0]}
    path += NEEDED.get(route.name, "")
    if route.name == "receive_hosted":
        await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
        await stack.app[DATABASE].write(insert_link, HOSTED_TOKEN, target.peer.user_id, "whatsapp", 60)
        body = {"status": "CREATION_SUCCESS", "account_id": "acc-1", "name": None}
        return await target.peer.call(route.method, path, body)
    if route.name in ("show_link", "accept_link"):
        await stack.app[DATABASE].write(
            put_link, target.user_id, hash_token(HOSTED_TOKEN), "invitation", 60, None
        )
    if route.name in ("retry_message", "retry_attachment"):
        await fail_message(stack, target.message_id)
    if route.name == "list_related":
        await make_related_chat(stack, target.peer)
    if route.name == "reconnect_account":
        account = await stack.make_account(target.peer, "acc-2")
        path = RouteTarget(target.peer, account["id"], 0).path(route)
    if route.name == "add_reply_files":
        return await target.peer.call(route.method, path, data=one_file())
    given = {"user_id": target.user_id} if route.name == "set_payer" else good_body(route)
    return await target.peer.call(route.method, path, given, headers=headers)


@pytest.mark.parametrize("route", ANSWERING, ids=named)
async def test_responses_match_their_routes(web_only: Stack, target: RouteTarget, route: Route) -> None:
    assert route.answer is not None
    answer = await happy_answer(web_only, target, route)
    assert answer.status == route.status, answer.raw[:300]
    assert answer.headers["Content-Type"] == route.content_type
    assert strict(route.answer()).validate(answer.body) == {}
    for listed in ("items", "messages" if route.name == "find" else "items"):
        if isinstance(answer.body.get(listed), list):
            assert answer.body[listed], "an empty list proves nothing"


async def test_responses_of_a_whole_conversation_match_their_routes(stack: Stack) -> None:
    """With data that needs the sandbox and workers: names, phone numbers, ticks, the account's own number."""
    agent = await sign_in_as(stack, "owner")
    account = await stack.make_account(agent)
    socket = await agent.listen()
    await stack.write("acc-1", "Oi")
    await socket.wait_for_event("message:new")
    (chat,) = await agent.chats(account["id"])
    target = RouteTarget(agent, account["id"], chat["id"], contact_id=chat["contact"]["id"])
    target.dead_letter_id = await insert_dead(stack)
    send = next(route for route in ROUTES if route.name == "send_message")
    await agent.ok("POST", target.path(send), {"text": "Olá", "client_id": "client-1"})
    await socket.wait_for_event("message:updated", client_id="client-1", status="delivered")
    for route in ANSWERING:
        if route.method == "GET" and route.needs_token:
            answer = await agent.call("GET", target.path(route) + NEEDED.get(route.name, ""))
            assert route.answer is not None
            assert strict(route.answer()).validate(answer.body) == {}, route.name


def test_the_strict_schema_rejects_an_unknown_key_at_any_depth() -> None:
    """Checks that the two tests above can fail."""
    (route,) = (route for route in ANSWERING if route.name == "list_messages")
    assert route.answer is not None
    message = {
        "id": 1,
        "sender": {"provider_id": "x", "name": None, "phone": None, "avatar": None, "secret": 1},
    }
    errors: Any = strict(route.answer()).validate({"items": [message], "next_cursor": None, "more": 1})
    assert "more" in errors
    assert errors["items"][0]["sender"] == {"secret": ["Unknown field."]}

"""Fields of contacts over REST: defined by admins, values of each kind, and what is rejected."""

from typing import Any

import pytest

from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, audit_lines, make_contact, make_field, set_role, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

FIELDS = "/api/contact-fields"
OPTIONS = ("Small", "Large")


def contact_path(account_id: int, contact_id: int, rest: str = "") -> str:
    return f"{CHANNELS}/{account_id}/contacts/{contact_id}{rest}"


async def make_admin(stack: Stack) -> tuple[Peer, Peer, int, int]:
    """An admin and an agent of one account, and a contact of it."""
    admin, ana, account_id, _, _ = await make_pair(stack)
    await set_role(stack, admin, "admin")
    return admin, ana, account_id, await make_contact(stack, account_id)


async def listed(peer: Peer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await peer.ok("GET", FIELDS))["items"]
    return items


async def test_a_field_is_defined_renamed_and_deleted_with_its_values(web_only: Stack) -> None:
    admin, ana, account_id, contact_id = await make_admin(web_only)
    socket = await ana.listen()
    city = await make_field(admin, "City")
    plan = await make_field(admin, "Plan", "list", OPTIONS)
    await socket.wait_for_event("contact-fields:changed", 2)
    assert [(f["id"], f["name"], f["kind"], f["options"]) for f in await listed(ana)] == [
        (city, "City", "text", []),
        (plan, "Plan", "list", list(OPTIONS)),
    ]
    path = contact_path(account_id, contact_id)
    await ana.ok("PATCH", path, {"fields": {str(plan): "small", str(city): " Porto "}})
    changed = await admin.ok("PATCH", f"{FIELDS}/{plan}", {"name": "Size", "options": ["Large", "Huge"]})
    assert changed["field"]["options"] == ["Large", "Huge"]
    stays = (await ana.ok("GET", path))["contact"]["fields"]
    assert stays == {str(plan): "Small", str(city): "Porto"}, "a value that is no longer offered stays"
    assert (await admin.call("DELETE", f"{FIELDS}/{plan}")).status == 204
    assert (await ana.ok("GET", path))["contact"]["fields"] == {str(city): "Porto"}
    assert (await admin.call("DELETE", f"{FIELDS}/{plan}")).status == 404
    assert await make_field(admin, "Size") != plan, "the name is free again"
    actions = [(line.action, line.details) for line in await audit_lines(web_only)]
    assert ("contact_field.deleted", {"name": "Size", "kind": "list"}) in actions
    assert [action for action, _ in actions if action.startswith("contact_field")] == [
        *["contact_field.created"] * 2,
        "contact_field.changed",
        "contact_field.deleted",
        "contact_field.created",
    ]


async def test_only_admins_define_fields(web_only: Stack) -> None:
    admin, ana, _, _ = await make_admin(web_only)
    field_id = await make_field(admin, "City")
    for method, path, body in (
        ("POST", FIELDS, {"name": "Plan", "kind": "text"}),
        ("PATCH", f"{FIELDS}/{field_id}", {"name": "Town"}),
        ("DELETE", f"{FIELDS}/{field_id}", None),
    ):
        assert (await ana.call(method, path, body)).status == 403
    assert [field["name"] for field in await listed(ana)] == ["City"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Plan", "kind": "list"},
        {"name": "Plan", "kind": "text", "options": ["A"]},
        {"name": "Plan", "kind": "list", "options": ["A", "a"]},
        {"name": "Plan", "kind": "multi_list", "options": ["A; B"]},
        {"name": "Plan", "kind": "list", "options": [" "]},
        {"name": "Plan", "kind": "formula"},
        {"name": " ", "kind": "text"},
    ],
)
async def test_a_field_that_cannot_be_is_rejected(web_only: Stack, body: dict[str, Any]) -> None:
    admin = await sign_in_as(web_only, "admin")
    assert (await admin.call("POST", FIELDS, body)).status == 422
    assert await listed(admin) == []


async def test_a_name_is_taken_in_any_case_and_fields_are_limited(web_only: Stack) -> None:
    admin = await sign_in_as(web_only, "admin")
    first = await make_field(admin, "City")
    answer = await admin.call("POST", FIELDS, {"name": "CITY", "kind": "text"})
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    other = await make_field(admin, "Town")
    assert (await admin.call("PATCH", f"{FIELDS}/{other}", {"name": "city"})).status == 409
    await admin.ok("PATCH", f"{FIELDS}/{first}", {"name": "CITY"})
    await web_only.execute(
        "insert into contact_field (name, kind) select 'f' || n, 'text' from generate_series(3, 100) n"
    )
    assert (await admin.call("POST", FIELDS, {"name": "One more", "kind": "text"})).status == 409


VALUES: tuple[tuple[str, Any, Any], ...] = (
    ("text", "  Olá\nmundo ", "Olá\nmundo"),
    ("number", 12.0, 12),
    ("number", -0.5, -0.5),
    ("date", "2026-02-28", "2026-02-28"),
    ("yes_no", False, False),
    ("list", "LARGE", "Large"),
    ("multi_list", ["large", "Small", "Large"], ["Small", "Large"]),
    ("link", "https://x.example/a?b=c", "https://x.example/a?b=c"),
    ("email", " ana@x.example ", "ana@x.example"),
    ("phone", "+55 (11) 98888-0000", "+5511988880000"),
)


@pytest.mark.parametrize(("kind", "given", "stored"), VALUES)
async def test_a_value_of_each_kind(web_only: Stack, kind: str, given: Any, stored: Any) -> None:
    admin, ana, account_id, contact_id = await make_admin(web_only)
    field_id = await make_field(admin, "Field", kind, OPTIONS if "list" in kind else ())
    path = contact_path(account_id, contact_id)
    done = await ana.ok("PATCH", path, {"fields": {str(field_id): given}})
    assert done["contact"]["fields"] == {str(field_id): stored}
    emptied = await ana.ok("PATCH", path, {"fields": {str(field_id): [] if kind == "multi_list" else None}})
    assert emptied["contact"]["fields"] == {}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", 5),
        ("text", "x" * 2001),
        ("text", "a\x00b"),
        ("number", "12"),
        ("number", True),
        ("number", 10**15),
        ("date", "2026-02-30"),
        ("date", "20260228"),
        ("date", "2026-02-28T00:00"),
        ("yes_no", "yes"),
        ("list", "Medium"),
        ("list", ["Small"]),
        ("multi_list", "Small"),
        ("multi_list", ["Small", "Medium"]),
        ("link", "javascript:alert(1)"),
        ("link", "x.example"),
        ("link", "https://x.example/ a"),
        ("email", "ana"),
        ("phone", "98888-0000"),
    ],
)
async def test_a_value_that_does_not_fit_is_rejected(web_only: Stack, kind: str, given: Any) -> None:
    admin, ana, account_id, contact_id = await make_admin(web_only)
    field_id = await make_field(admin, "Field", kind, OPTIONS if "list" in kind else ())
    path = contact_path(account_id, contact_id)
    answer = await ana.call("PATCH", path, {"own_name": "Bia", "fields": {str(field_id): given}})
    assert answer.status == 422
    assert list(answer.body["error"]["fields"]) == [f"fields.{field_id}"]
    shown = (await ana.ok("GET", path))["contact"]
    assert (shown["fields"], shown["own_name"]) == ({}, None), "nothing was stored"


async def test_unknown_fields_are_rejected(web_only: Stack) -> None:
    _, ana, account_id, contact_id = await make_admin(web_only)
    path = contact_path(account_id, contact_id)
    for fields in ({"999": "x"}, {"x": "x"}, {}, {"-1": "x"}, {"²": "x"}):
        assert (await ana.call("PATCH", path, {"fields": fields})).status == 422, fields
    assert (await ana.call("PATCH", path, {})).status == 422


async def test_what_is_refused_has_its_code_beside_the_english_text(web_only: Stack) -> None:
    admin, ana, account_id, contact_id = await make_admin(web_only)
    plan = await make_field(admin, "Plan", "list", OPTIONS)
    taken = await admin.call("POST", FIELDS, {"name": "plan", "kind": "text"})
    error = taken.body["error"]
    assert (error["code"], error["message"]) == ("conflict", "There is another field of this name.")
    assert error["reason"] == {"code": "field_name_taken", "params": {}}
    wrong = await ana.call("PATCH", contact_path(account_id, contact_id), {"fields": {str(plan): "Huge"}})
    error, name = wrong.body["error"], f"fields.{plan}"
    assert "reason" not in error
    assert error["fields"] == {name: ["Must be one of: Small, Large."]}
    assert error["field_reasons"] == {name: [{"code": "value_option", "params": {"options": "Small, Large"}}]}

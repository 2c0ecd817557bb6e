"""The cells of the permission matrix, from the tables of routes, commands and rules: who must be denied what."""

from typing import NamedTuple

from server.routes import ROUTES, Route
from server.rules import permissions, policy

GUARDED = [route for route in ROUTES if route.needs_token]
IDS = (
    "account_id",
    "chat_id",
    "message_id",
    "user_id",
    "key_id",
    "contact_id",
    "refusal_id",
    "team_id",
    "note_id",
    "reply_id",
    "label_id",
    "planned_id",
    "view_id",
    "device_id",
    "field_id",
    "rule_id",
    "target_id",
    "macro_id",
    "dead_letter_id",
)
# Another user has these too.
OTHERS_IDS = (
    "account_id",
    "chat_id",
    "message_id",
    "refusal_id",
    "note_id",
    "reply_id",
    "label_id",
    "planned_id",
    "view_id",
    "device_id",
    "rule_id",
    "target_id",
)
ABOUT_A_CHAT = ("join-chat", "typing")
# Tokens without any permission.
BAD_TOKENS = (
    "nothing",
    "expired",
    "a revoked key",
    "half a key",
    "a key's prefix",
    "another's rest",
    "no key",
)


def lesser(least: str, ladder: tuple[str, ...]) -> tuple[str, ...]:
    return ladder[: ladder.index(least)]


def by_second(cells: list[tuple[Route, str]]) -> dict[str, list[Route]]:
    """The routes of each role or scope."""
    found: dict[str, list[Route]] = {}
    for route, name in cells:
        found.setdefault(name, []).append(route)
    return found


def rule_of(route: Route) -> policy.Rule:
    return policy.RULES[permissions.ROUTES[route.name]]


class Foreign(NamedTuple):
    """A route, and the id in its path that is absent or another user's; `stranger` is not a member of the account."""

    route: Route
    name: str
    is_absent: bool = False


def foreign_cells() -> list[Foreign]:
    cells: list[Foreign] = []
    for route in GUARDED:
        for name in (name for name in IDS if f"{{{name}:" in route.path):
            cells.append(Foreign(route, name, is_absent=True))
            # The only rule that gives admins access to an account of others.
            reaches_all = rule_of(route).by_admins and name == "account_id"
            if name in OTHERS_IDS and not reaches_all:
                cells.append(Foreign(route, name))
        if "{account_id:" in route.path:
            cells.append(Foreign(route, "stranger"))
    return cells


def team_cells() -> list[tuple[Route, str]]:
    """Routes, and the team roles that are too low for them."""
    return [(route, role) for route in GUARDED for role in lesser(rule_of(route).role, policy.ROLES)]


def member_cells() -> list[tuple[Route, str]]:
    """Routes of an account, and the account roles that are too low for them."""
    return [
        (route, role)
        for role in policy.ACCOUNT_ROLES[:-1]  # this route cannot set the payer
        for route in GUARDED
        if "{account_id:" in route.path and role in lesser(rule_of(route).account, policy.ACCOUNT_ROLES)
    ]


def scope_cells() -> list[tuple[Route, str]]:
    """Routes, and the scopes of keys that do not cover them."""
    return [
        (route, scope)
        for scope in policy.SCOPES
        for route in GUARDED
        if rule_of(route).scope not in (scope, policy.ANY_SCOPE)
    ]


def bound_key_cells() -> list[tuple[Route, int]]:
    """Routes that a key of another account must not use, and the expected response."""
    cells = [(route, 404) for route in GUARDED if "{account_id:" in route.path]
    named = [route for route in GUARDED if "{account_id:" not in route.path]
    return cells + [(route, 403) for route in named if route.name not in permissions.NARROWED]


class Denied(NamedTuple):
    """A socket command, its sender, and the code of the denial."""

    command: str
    who: str
    code: str


def command_cells() -> list[Denied]:
    cells: list[Denied] = []
    for command, permission in permissions.COMMANDS.items():
        if command == "auth":
            continue
        cells += [Denied(command, who, "4401") for who in ("nothing", "garbage")]
        if permission is None:
            continue
        if command in ABOUT_A_CHAT:
            cells += [Denied(command, who, "not_found") for who in ("stranger", "bound", "absent")]
        cells.append(Denied(command, "reading", "forbidden"))
        if "viewer" in lesser(policy.RULES[permission].role, policy.ROLES):
            cells.append(Denied(command, "viewer", "forbidden"))
    return cells

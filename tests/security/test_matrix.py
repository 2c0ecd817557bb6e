"""Permissions: every route with every id of its path, and every socket command, for every caller without permission.

Generated from the tables: a route or command that is missing in the policy, or has no case here, fails.
"""

import re
import time
from dataclasses import dataclass, replace

import pytest

from server.config import ROOT
from server.routes import ROUTES, Route
from server.rules import permissions, policy
from server.store.people.api_keys import revoke_key
from server.web.app_keys import DATABASE, TOKENS
from tests.security.matrix_cells import (
    ABOUT_A_CHAT,
    BAD_TOKENS,
    GUARDED,
    OTHERS_IDS,
    bound_key_cells,
    by_second,
    command_cells,
    foreign_cells,
    member_cells,
    scope_cells,
    team_cells,
)
from tests.support.factories import (
    CHANNELS,
    add_member,
    insert_rejected_account,
    make_account,
    make_chat,
    make_label,
    make_rule,
    make_target,
    make_view,
    set_role,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer, Peer
from tests.support.route_cases import (
    RouteTarget,
    good_body,
    insert_device,
    make_planned,
    make_route_target,
)

# Path values for ids that do not exist.
UNKNOWN_ID = 10**15


@dataclass
class Callers:
    """All callers without permission, and their credentials."""

    target: RouteTarget
    stack: Stack

    def with_token(self, token: str | None) -> Peer:
        return Peer(self.stack.stranger.session, self.stack.stranger.url, token, self.target.peer.user_id)

    async def key(self, scopes: list[str], account_ids: list[int] | None = None) -> Peer:
        body = {"name": "program", "scopes": scopes, "account_ids": account_ids}
        made = await self.target.peer.ok("POST", "/api/keys", body)
        return self.with_token(made["secret"])

    async def ask(self, peer: Peer, route: Route, target: RouteTarget | None = None) -> Answer:
        return await peer.call(route.method, (target or self.target).path(route), good_body(route))


@pytest.fixture
async def callers(web_only: Stack) -> Callers:
    return Callers(await make_route_target(web_only), web_only)


def expect(answer: Answer, status: int, *what: object) -> None:
    assert answer.status == status, (what, answer.status, answer.raw[:200])
    assert set(answer.body) == {"error"}


def test_security_md_states_the_number_of_cells() -> None:
    """docs/security.md states it in round numbers."""
    lists = (foreign_cells(), team_cells(), member_cells(), scope_cells(), bound_key_cells(), command_cells())
    count = len(GUARDED) * len(BAD_TOKENS) + sum(len(cells) for cells in lists)
    found = re.search(r"some ([\d,]+) cells", (ROOT / "docs/security.md").read_text())
    assert found is not None
    assert int(found[1].replace(",", "")) == pytest.approx(count, rel=0.05)


def test_the_policy_lists_exactly_the_existing_routes() -> None:
    guarded, open_ = {route.name for route in GUARDED}, {r.name for r in ROUTES if not r.needs_token}
    assert guarded - set(permissions.ROUTES) == set()
    assert open_ - permissions.OPEN_ROUTES == set()
    assert set(permissions.ROUTES.values()) | {n for n in permissions.COMMANDS.values() if n} <= set(
        policy.RULES
    )
    assert set(permissions.NARROWED) <= set(permissions.ROUTES)
    assert not set(permissions.ROUTES) & permissions.OPEN_ROUTES


async def test_every_route_rejects_callers_without_a_valid_token(callers: Callers, web_only: Stack) -> None:
    tokens = web_only.app[TOKENS]
    short = type(tokens)(web_only.config.secrets.jwt_secret, -int(time.time() // 2))
    expired = short.issue(callers.target.peer.user_id, "0b54b0a6-7f0e-4bb0-8f4e-1a1f2c1f8e0a")[0]
    dead = await callers.key(["read", "send", "manage"])
    me = await dead.ok("GET", "/api/auth/me")
    await web_only.app[DATABASE].write(revoke_key, me["key"]["id"], None)
    secret = str(dead.token)
    comers = {
        "nothing": None,
        "expired": expired,
        "a revoked key": secret,
        "half a key": secret[:30],
        "a key's prefix": secret[:12],
        "another's rest": secret[:12] + "A" * (len(secret) - 12),
        "no key": "cfb_",
    }
    assert set(comers) == set(BAD_TOKENS)
    for route in GUARDED:
        for name, token in comers.items():
            expect(await callers.ask(callers.with_token(token), route), 401, route.name, name)


async def test_foreign_ids_get_the_same_response_as_absent_ids(callers: Callers, web_only: Stack) -> None:
    """A missing id and another user's id get the same response, for each id of each route."""
    stranger = await web_only.sign_in("stranger")
    foreign_account = await make_account(web_only, stranger, "acc-foreign")
    foreign_chat = await make_chat(web_only, foreign_account, "chat-foreign")
    (message,) = await stranger.messages(foreign_account, foreign_chat)
    notes = f"{CHANNELS}/{foreign_account}/chats/{foreign_chat}/notes"
    note = await stranger.ok("POST", notes, {"text": "Oi"})
    foreign = {
        "account_id": foreign_account,
        "chat_id": foreign_chat,
        "message_id": message["id"],
        "note_id": note["note"]["id"],
        "refusal_id": await insert_rejected_account(web_only, stranger),
        "reply_id": (await stranger.ok("POST", "/api/replies", {"name": "Mine"}))["reply"]["id"],
        "view_id": await make_view(stranger, "Theirs", shared=False),
        "label_id": await make_label(stranger, "Theirs", shared=False),
        "planned_id": await make_planned(stranger, foreign_account, foreign_chat),
        "device_id": await insert_device(web_only, stranger),
        "rule_id": await make_rule(stranger, foreign_account),
        "target_id": await make_target(stranger, foreign_account),
    }
    assert set(foreign) == set(OTHERS_IDS)
    for route, name, is_absent in foreign_cells():
        if name == "stranger":
            expect(await callers.ask(stranger, route), 404, route.name, name)
            continue
        target = replace(callers.target)
        setattr(target, name, UNKNOWN_ID if is_absent else foreign[name])
        expect(await callers.ask(callers.target.peer, route, target), 404, route.name, name, is_absent)


async def test_every_route_rejects_roles_and_scopes_that_are_too_low(
    callers: Callers, web_only: Stack
) -> None:
    """By role in the team, role on the account, scopes of a key, and accounts of a key."""
    agent = await web_only.sign_in("agent")
    await add_member(web_only, callers.target.account_id, agent, "owner")
    for role, routes in by_second(team_cells()).items():
        await set_role(web_only, agent, role)
        for route in routes:
            expect(await callers.ask(agent, route), 403, route.name, role)
    helper = await web_only.sign_in("helper")
    for role, routes in by_second(member_cells()).items():
        path = f"/api/channels/whatsapp/{callers.target.account_id}/members/{helper.user_id}"
        await callers.target.peer.ok("PUT", path, {"role": role})
        for route in routes:
            expect(await callers.ask(helper, route), 403, route.name, role)
    for scope, routes in by_second(scope_cells()).items():
        key = await callers.key([scope])
        for route in routes:
            expect(await callers.ask(key, route), 403, route.name, scope)


async def test_a_key_of_other_accounts_sees_nothing_of_this_one(callers: Callers, web_only: Stack) -> None:
    other = await make_account(web_only, callers.target.peer, "acc-other")
    key = await callers.key(["read", "send", "manage"], [other])
    for route, status in bound_key_cells():
        expect(await callers.ask(key, route), status, route.name)
    listed = await key.ok("GET", "/api/channels/whatsapp/accounts")
    assert [item["id"] for item in listed["items"]] == [other]


# -- the socket -----------------------------------------------------------------------------------------------


def body_of(command: str, target: RouteTarget) -> dict[str, object]:
    bodies: dict[str, dict[str, object]] = {
        "auth": {"token": ""},
        "join-user": {"user_id": target.peer.user_id},
        "join-chat": {"chat_id": target.chat_id},
        "leave-chat": {"chat_id": target.chat_id},
        "typing": {"chat_id": target.chat_id, "on": True},
        "ping": {},
    }
    assert set(bodies) == set(permissions.COMMANDS)
    return bodies[command]


async def error_code(peer: Peer, command: str, target: RouteTarget) -> str | None:
    """The error code for a command of a signed-in socket."""
    socket = await peer.open_socket()
    assert (await socket.command("auth", token=peer.token))["ok"]
    answer = await socket.command(command, **body_of(command, target))
    await socket.close()
    return None if answer["ok"] else answer["error"]["code"]


async def test_every_socket_command_rejects_unauthorised_callers(callers: Callers, web_only: Stack) -> None:
    target = callers.target
    stranger, viewer = await web_only.sign_in("stranger"), await sign_in_as(web_only, "viewer")
    await add_member(web_only, target.account_id, viewer, "owner")
    elsewhere = await make_account(web_only, target.peer, "acc-other")
    senders = {
        "stranger": stranger,
        "viewer": viewer,
        "bound": await callers.key(["read", "send"], [elsewhere]),
        "reading": await callers.key(["manage"]),
        "absent": target.peer,
    }
    for command, who, code in command_cells():
        if code == "4401":
            socket = await web_only.stranger.open_socket()
            body = body_of(command, target) if who == "nothing" else {"token": "garbage"}
            event = command if who == "nothing" else "auth"
            await socket.socket.send_json({"event": event, "data": body, "id": 1})
            assert await socket.wait_closed() == 4401, command
        else:
            at = replace(target, chat_id=UNKNOWN_ID) if who == "absent" else target
            assert await error_code(senders[who], command, at) == code, (command, who)
    for command, permission in permissions.COMMANDS.items():
        if permission is not None:
            assert ("chat_id" in body_of(command, target)) == (command in ABOUT_A_CHAT)
            assert await error_code(target.peer, command, target) is None

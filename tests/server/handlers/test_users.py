"""Roles in the team: changed, and in force from the next request."""

import asyncio

import psycopg2
import pytest
from aiopg import Cursor

from server.web.app_keys import DATABASE
from tests.server.handlers.test_registration import (
    CHANNELS,
    EMAIL,
    KEYS,
    ME,
    PASSWORD,
    USERS,
    accept,
    as_peer,
    closed,
    invite,
    log_in,
    token_of,
)
from tests.support.factories import audit_lines, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def test_a_disabled_user_loses_access_everywhere_within_seconds(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    eva = await invite(web_only, owner)
    key = Peer(
        eva.session, eva.url, (await eva.ok("POST", KEYS, {"name": "k", "scopes": ["read"]}))["secret"]
    )
    key.user_id = eva.user_id
    sockets = [await eva.listen(), await key.listen()]
    changed = await owner.ok("PATCH", f"{USERS}/{eva.user_id}", {"is_active": False})
    assert changed["user"]["status"] == "disabled"
    assert [await socket.wait_closed() for socket in sockets] == [4401, 4401]
    for peer in (eva, key):
        assert await closed(peer)
    assert (await log_in(web_only)).status == 401
    assert (await owner.call("POST", f"{USERS}/{eva.user_id}/link")).status == 409
    await owner.ok("PATCH", f"{USERS}/{eva.user_id}", {"is_active": True})
    assert (await log_in(web_only)).status == 200
    assert await closed(key)  # its key does not come back


async def test_a_role_applies_from_the_next_request(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    eva = await invite(web_only, owner)
    account_id = await make_account(web_only, eva)
    chat = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, account_id)}"
    assert (await eva.call("PATCH", chat, {"pinned": True})).status == 200
    socket, others = await eva.listen(), await owner.listen()
    await owner.ok("PATCH", f"{USERS}/{eva.user_id}", {"role": "viewer"})
    await socket.wait_for_event("rights:changed")
    assert not others.events("rights:changed")
    assert (await eva.call("PATCH", chat, {"pinned": False})).status == 403
    assert (await eva.call("GET", chat)).status == 200
    me = await eva.ok("GET", ME)
    assert "send" not in me["permissions"] + me["number_permissions"]["owner"]


async def test_users_cannot_change_higher_roles_and_the_last_owner_stays(web_only: Stack) -> None:
    owner, admin = await sign_in_as(web_only, "owner"), await sign_in_as(web_only, "admin")
    for body in ({"role": "agent"}, {"is_active": False}, {"name": "x"}):
        assert (await admin.call("PATCH", f"{USERS}/{owner.user_id}", body)).status == 403
    assert (await admin.call("POST", f"{USERS}/{owner.user_id}/link")).status == 403
    assert (await admin.call("POST", USERS, {"email": EMAIL, "role": "owner"})).status == 403
    assert (await admin.call("PATCH", f"{USERS}/{admin.user_id}", {"role": "owner"})).status == 403
    mine = f"{USERS}/{owner.user_id}"
    for body in ({"role": "admin"}, {"is_active": False}):
        assert (await owner.call("PATCH", mine, body)).status == 409
    second = await invite(web_only, owner, "owner")
    # Two owners who demote each other at the same moment: one of them stays.
    answers = await asyncio.gather(
        owner.call("PATCH", f"{USERS}/{second.user_id}", {"role": "agent"}),
        second.call("PATCH", mine, {"role": "agent"}),
    )
    assert sorted(answer.status for answer in answers)[0] == 200
    people = (await admin.ok("GET", USERS))["items"]
    assert [p["role"] for p in people].count("owner") == 1


async def test_the_audit_log_is_append_only_and_contains_no_secret(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    made = await owner.ok("POST", USERS, {"email": EMAIL, "role": "viewer"})
    key = await owner.ok("POST", KEYS, {"name": "crm", "scopes": ["read"]})
    eva = as_peer(web_only, await accept(web_only, token_of(made)))
    assert (await eva.call("GET", USERS)).status == 403
    lines = await audit_lines(web_only)
    assert [line.action for line in lines] == [
        "user.invited",
        "api_key.created",
        "user.invitation_accepted",
        "access.refused",
    ]
    assert (lines[3].actor, lines[3].details) == (EMAIL, {"what": "list_users"})
    assert not any(secret in repr(lines) for secret in (token_of(made), key["secret"], PASSWORD))
    for statement in ("update audit_log set actor = ''", "delete from audit_log", "truncate audit_log"):

        async def run(cursor: Cursor, statement: str = statement) -> None:
            await cursor.execute(statement)

        with pytest.raises(psycopg2.errors.RestrictViolation):
            await web_only.app[DATABASE].write(run)

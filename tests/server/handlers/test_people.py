"""People, members and keys through the front door: invited, let in, given a role, shut out; each with its refusal."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from aiopg import Cursor

from server.auth.tokens import hash_token, make_refresh_token
from server.config import Config
from server.config.limits import Allowance, Limits, Rate
from server.process.seed import seed_owner
from server.store.people.user_links import put_link
from server.web.app_keys import DATABASE, LIMITER
from tests.support.factories import add_member, audit_lines, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Answer, Peer, eventually

CHANNELS, ME, USERS, KEYS = "/api/channels/whatsapp", "/api/auth/me", "/api/users", "/api/keys"
PASSWORD, EMAIL = "correct horse battery", "eva@example.com"
NEWS_SECONDS = 5.0


def token_of(answer: dict[str, Any]) -> str:
    """The one-time token of a link, which stands behind the #."""
    address, _, token = answer["link"]["url"].partition("#")
    assert token not in address
    return str(token)


async def accept(stack: Stack, token: str, password: str = PASSWORD, **more: str) -> Answer:
    body = {"token": token, "password": password} | more
    return await stack.stranger.call("POST", "/api/auth/link/accept", body)


async def log_in(stack: Stack, password: str = PASSWORD, email: str = EMAIL) -> Answer:
    return await stack.stranger.call("POST", "/api/auth/login", {"email": email, "password": password})


def as_peer(stack: Stack, answer: Answer) -> Peer:
    assert answer.status == 200, answer.raw
    return Peer(stack.stranger.session, stack.stranger.url, answer.body["token"], answer.body["user"]["id"])


async def invite(stack: Stack, admin: Peer, role: str = "agent") -> Peer:
    made = await admin.ok("POST", USERS, {"email": EMAIL, "role": role})
    return as_peer(stack, await accept(stack, token_of(made), name="Eva"))


async def closed(peer: Peer, path: str = ME) -> bool:
    return (await peer.call("GET", path)).status == 401


# -- invitations and links ----------------------------------------------------------------------------------


async def test_an_invitation_is_accepted_once_with_a_name_and_a_password(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    made = await owner.ok("POST", USERS, {"email": EMAIL, "role": "agent"})
    assert (made["user"]["status"], made["user"]["role"]) == ("invited", "agent")
    token = token_of(made)
    told = await web_only.stranger.ok("POST", "/api/auth/link", {"token": token})
    assert told == {"kind": "invitation", "email": EMAIL, "name": "eva"}
    assert (await log_in(web_only)).status == 401
    # Nobody takes another address than the one that was invited.
    answer = await accept(web_only, token, name="Eva Lima", email="other@example.com")
    user = answer.body["user"]
    assert (user["email"], user["name"], user["role"]) == (EMAIL, "Eva Lima", "agent")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    for _ in range(2):
        assert (await accept(web_only, token)).status == 404
    assert (await log_in(web_only)).status == 200
    again = await owner.call("POST", USERS, {"email": EMAIL.upper(), "role": "agent"})
    assert (again.status, again.body["error"]["code"]) == (409, "conflict")
    assert {line.action for line in await audit_lines(web_only)} >= {
        "user.invited",
        "user.invitation_accepted",
    }


async def test_of_many_who_use_one_link_at_once_one_comes_in(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    token = token_of(await owner.ok("POST", USERS, {"email": EMAIL, "role": "agent"}))
    answers = await asyncio.gather(*(accept(web_only, token, f"{PASSWORD} {n}") for n in range(6)))
    assert sorted(answer.status for answer in answers) == [200, 404, 404, 404, 404, 404]


async def test_a_link_is_kept_as_a_hash_expires_and_is_replaced_by_the_next(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    made = await owner.ok("POST", USERS, {"email": EMAIL, "role": "agent"})
    first, user_id = token_of(made), made["user"]["id"]

    async def read(cursor: Cursor) -> bytes:
        await cursor.execute("select token_hash from user_link")
        return bytes((await cursor.fetchone())[0])

    assert await web_only.app[DATABASE].read(read) == hash_token(first)
    second = token_of(await owner.ok("POST", f"{USERS}/{user_id}/link"))
    assert (await accept(web_only, first)).status == 404
    late = make_refresh_token()
    await web_only.app[DATABASE].write(put_link, user_id, hash_token(late), "invitation", -1, None)
    for token in (second, late, "x" * 43):
        assert (await accept(web_only, token)).status == 404
        assert (await web_only.stranger.call("POST", "/api/auth/link", {"token": token})).status == 404


async def test_a_reset_link_ends_what_was_open_with_the_old_password(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    eva = await invite(web_only, owner)
    link = await owner.ok("POST", f"{USERS}/{eva.user_id}/link")
    assert not await closed(eva)  # making it changes nothing yet
    assert (await accept(web_only, token_of(link), "another horse battery")).status == 200
    await eventually(lambda: closed(eva), NEWS_SECONDS)
    assert [(await log_in(web_only, p)).status for p in (PASSWORD, "another horse battery")] == [401, 200]


async def test_short_passwords_and_odd_addresses_are_refused(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    token = token_of(await owner.ok("POST", USERS, {"email": EMAIL, "role": "agent"}))
    assert (await accept(web_only, token, "ninechars")).status == 422
    for email in ("eva", "eva@", "@x", "a b@c", "a@b\u200b", "a@b@c", "", "x" * 330 + "@x"):
        assert (await owner.call("POST", USERS, {"email": email, "role": "agent"})).status == 422, email


async def test_the_first_run_makes_an_owner_once(config: Config) -> None:
    async with run_stack(config, with_workers=False) as stack:
        links = [link for link in await asyncio.gather(*(seed_owner(stack.config) for _ in range(4))) if link]
        assert len(links) == 1
        answer = await accept(stack, links[0].partition("#")[2], name="Ada", email="ada@example.com")
        assert (answer.body["user"]["role"], answer.body["user"]["email"]) == ("owner", "ada@example.com")
        assert await seed_owner(stack.config) is None


async def test_registering_is_shut_unless_it_is_opened(web_only: Stack, config: Config) -> None:
    body = {"email": EMAIL, "name": "Eva", "password": PASSWORD}
    assert (await web_only.stranger.call("POST", "/api/auth/register", body)).status == 404
    opened = replace(config, auth=replace(config.auth, open_registration=True))
    async with run_stack(opened, with_workers=False) as stack:
        first = await stack.stranger.call("POST", "/api/auth/register", body)
        assert (first.status, first.body["user"]["role"]) == (200, "agent")
        assert (await stack.stranger.call("POST", "/api/auth/register", body)).status == 409


# -- passwords ----------------------------------------------------------------------------------------------


async def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(web_only: Stack) -> None:
    eva = await invite(web_only, await sign_in_as(web_only, "owner"))
    other = as_peer(web_only, await log_in(web_only))
    socket = await other.listen()
    path, new = "/api/auth/password", "another horse battery"
    wrong = await eva.call("POST", path, {"old_password": "x", "new_password": new})
    assert (wrong.status, list(wrong.body["error"]["fields"])) == (422, ["old_password"])
    assert (await eva.call("POST", path, {"old_password": PASSWORD, "new_password": new})).status == 204
    assert await socket.wait_closed() == 4401
    await eventually(lambda: closed(other), NEWS_SECONDS)
    assert not await closed(eva)
    assert [(await log_in(web_only, p)).status for p in (PASSWORD, new)] == [401, 200]


@pytest.fixture
async def guarded(config: Config) -> AsyncIterator[Stack]:
    """A Confab whose `[limits]` forgive less than the shipped ones, and are off but for guessing."""
    strict = {"login_user": 3, "login_address": 12, "link_address": 2, "old_password": 2}
    classes = {name: Allowance(burst=burst, per_minute=1) for name, burst in strict.items()}
    limits = Limits(enabled=False, classes={**config.limits.classes, **classes})
    async with run_stack(replace(config, limits=limits), with_workers=False) as running:
        yield running


async def test_links_and_old_passwords_are_not_guessed(guarded: Stack) -> None:
    owner = await sign_in_as(guarded, "owner")
    looks = [await guarded.stranger.call("POST", "/api/auth/link", {"token": "x" * 40}) for _ in range(3)]
    assert [look.status for look in looks] == [404, 404, 429]
    guess = {"old_password": "wrong password", "new_password": PASSWORD}
    guesses = [await owner.call("POST", "/api/auth/password", guess) for _ in range(3)]
    assert [answer.status for answer in guesses] == [422, 422, 429]


async def test_guessing_is_slowed_down_by_name_and_by_address(guarded: Stack) -> None:
    web_only = guarded
    await invite(web_only, await sign_in_as(web_only, "owner"))
    for _ in range(5):  # a right one is not counted against its owner
        assert (await log_in(web_only)).status == 200
    for email in (EMAIL, "nobody@example.com"):
        guesses = [await log_in(web_only, "wrong password", email) for _ in range(3)]
        assert {guess.status for guess in guesses} == {401}
        if email == EMAIL:
            refused = await log_in(web_only, email=email.upper())
            assert (refused.status, refused.body["error"]["code"]) == (429, "too_many_requests")
            assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert (await log_in(web_only, email="somebody@example.com")).status == 429


async def test_without_redis_limits_count_here(web_only: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, rate = web_only.app[LIMITER], Rate("tried", 2, 60.0)

    async def away(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(limiter, "_take", away)
    assert [await limiter.take(rate, "x") > 0 for _ in range(3)] == [False, False, True]
    await limiter.give_back(rate, "x")
    assert [await limiter.take(rate, "x") > 0 for _ in range(2)] == [False, True]
    assert await limiter.take(rate, "y") == 0


# -- roles --------------------------------------------------------------------------------------------------


async def test_who_is_disabled_is_out_everywhere_within_seconds(web_only: Stack) -> None:
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


async def test_a_role_counts_from_the_next_request(web_only: Stack) -> None:
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


async def test_nobody_reaches_above_themselves_and_the_last_owner_stays(web_only: Stack) -> None:
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


# -- members of a number ------------------------------------------------------------------------------------


async def test_a_number_is_shared_and_taken_away_live(web_only: Stack) -> None:
    owner, eva = await web_only.sign_in("ana"), await web_only.sign_in("eva")
    account_id = await make_account(web_only, owner)
    path = f"{CHANNELS}/{account_id}/members"
    socket = await eva.listen()
    assert (await owner.call("PUT", f"{path}/{eva.user_id}", {"role": "viewer"})).status == 200
    await socket.wait_for_event("account:updated", id=account_id)
    told = await eva.ok("GET", path)
    assert [(m["user_id"], m["role"], m["is_payer"]) for m in told["items"]] == [
        (owner.user_id, "owner", True),
        (eva.user_id, "viewer", False),
    ]
    assert (await eva.call("PUT", f"{path}/{eva.user_id}", {"role": "owner"})).status == 403
    await owner.ok("PUT", f"{path}/{eva.user_id}", {"role": "owner"})
    await socket.wait_for_event("rights:changed", 2)
    # The one whose plan pays stays, also against another owner; and whoever is not in it cannot be taken out.
    for body in ({"role": "agent"}, None):
        method = "PUT" if body else "DELETE"
        assert (await eva.call(method, f"{path}/{owner.user_id}", body)).status == 409
    assert (await owner.call("DELETE", f"{path}/{eva.user_id}")).status == 204
    assert (await owner.call("DELETE", f"{path}/{eva.user_id}")).status == 404
    assert (await eva.call("GET", path)).status == 404

    await socket.wait_for_event("account:left", id=account_id)

    async def left() -> bool:
        return not any(connection.accounts for connection in web_only.app_connections())

    await eventually(left, NEWS_SECONDS)


async def test_an_admin_arranges_numbers_whose_chats_they_do_not_see(web_only: Stack) -> None:
    admin, ana = await sign_in_as(web_only, "admin"), await web_only.sign_in("ana")
    account_id = await make_account(web_only, ana)
    assert (await admin.call("GET", f"{CHANNELS}/{account_id}/chats")).status == 404
    path = f"{CHANNELS}/{account_id}/members/{admin.user_id}"
    assert (await admin.call("PUT", path, {"role": "agent"})).status == 200
    assert (await admin.call("GET", f"{CHANNELS}/{account_id}/chats")).status == 200
    assert [line.action for line in await audit_lines(web_only)] == ["member.set"]


# -- keys ---------------------------------------------------------------------------------------------------


async def test_a_key_is_shown_once_used_noted_and_revoked(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    account_id = await make_account(web_only, ana)
    made = await ana.ok("POST", KEYS, {"name": "crm", "scopes": ["read"], "account_ids": [account_id]})
    secret = made["secret"]
    assert secret.startswith("cfb_")
    assert made["key"]["prefix"] == secret[:12]
    listed = await ana.call("GET", KEYS)
    assert secret.encode() not in listed.raw
    assert listed.body["items"][0]["last_used_at"] is None
    program = Peer(ana.session, ana.url, secret, ana.user_id)
    assert (await program.ok("GET", ME))["key"]["scopes"] == ["read"]
    (used,) = (await ana.ok("GET", KEYS))["items"]
    await program.ok("GET", ME)
    (again,) = (await ana.ok("GET", KEYS))["items"]
    assert used["last_used_at"] == again["last_used_at"] is not None  # at most once a minute
    socket = await program.listen()
    assert (await ana.call("DELETE", f"{KEYS}/{used['id']}")).status == 204
    assert await socket.wait_closed() == 4401
    assert await closed(program)
    assert (await ana.ok("GET", KEYS))["items"] == []


async def test_a_keys_socket_hears_its_numbers_only(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    first, second = [await make_account(web_only, ana, name) for name in ("acc-1", "acc-2")]
    made = await ana.ok("POST", KEYS, {"name": "crm", "scopes": ["read"], "account_ids": [second]})
    program = Peer(ana.session, ana.url, made["secret"], ana.user_id)
    socket = await program.open_socket()
    assert (await socket.command("auth", token=program.token))["ok"]
    joined = await socket.command("join-user", user_id=ana.user_id)
    assert list(joined["data"]["accounts"]) == [str(second)]
    # Nor does it change into its person, or hear a number that comes later.
    assert not (await socket.command("auth", token=ana.token))["ok"]
    other = await program.listen()
    third = await make_account(web_only, ana, "acc-3")
    witness = await ana.listen()
    await witness.wait_for(lambda frame: "ack" in frame)
    assert not [f for f in other.frames if f.get("account_id") in (first, third)]


async def test_a_key_can_do_no_more_than_its_person(web_only: Stack) -> None:
    owner, ana = await sign_in_as(web_only, "owner"), await web_only.sign_in("ana")
    account_id = await make_account(web_only, owner)
    refused = await ana.call("POST", KEYS, {"name": "x", "scopes": ["read"], "account_ids": [account_id]})
    assert refused.status == 422
    await add_member(web_only, account_id, ana, "viewer")
    made = await ana.ok("POST", KEYS, {"name": "x", "scopes": ["send", "read"]})
    program = Peer(ana.session, ana.url, made["secret"])
    chat = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, account_id)}"
    assert (await program.call("PATCH", chat, {"pinned": True})).status == 403
    assert (await program.call("GET", chat)).status == 200
    assert (await program.call("POST", KEYS, {"name": "y", "scopes": ["read"]})).status == 403
    # Another agent neither sees nor revokes it; an admin does.
    bia = await web_only.sign_in("bia")
    assert (await bia.call("DELETE", f"{KEYS}/{made['key']['id']}")).status == 404
    assert [key["name"] for key in (await owner.ok("GET", KEYS))["items"]] == ["x"]
    assert (await owner.call("DELETE", f"{KEYS}/{made['key']['id']}")).status == 204


async def test_an_expired_key_opens_nothing(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    assert (await ana.call("POST", KEYS, {"name": "x", "scopes": ["read"], "expires_at": past})).status == 422
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    made = await ana.ok("POST", KEYS, {"name": "x", "scopes": ["read"], "expires_at": soon})
    program = Peer(ana.session, ana.url, made["secret"], ana.user_id)
    socket = await program.listen()
    assert await socket.wait_closed() == 4401
    assert await closed(program)


# -- what is written down -----------------------------------------------------------------------------------


async def test_the_audit_log_only_grows_and_holds_no_secret(web_only: Stack) -> None:
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

"""Invitations, one-time links and open registration: used once, expired, replaced, rejected."""

import asyncio
from dataclasses import replace
from typing import Any

from aiopg import Cursor

from server.auth.tokens import hash_token, make_refresh_token
from server.config import Config
from server.process.seed import seed_owner
from server.store.people.user_links import put_link
from server.web.app_keys import DATABASE
from tests.support.factories import audit_lines, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Answer, Peer, eventually

CHANNELS, ME, USERS, KEYS = "/api/channels/whatsapp", "/api/auth/me", "/api/users", "/api/keys"
PASSWORD, EMAIL = "correct horse battery", "eva@example.com"
PUSH_SECONDS = 5.0


def token_of(answer: dict[str, Any]) -> str:
    """The one-time token of a link, in its fragment."""
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


async def test_an_invitation_is_accepted_once_with_a_name_and_a_password(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    made = await owner.ok("POST", USERS, {"email": EMAIL, "role": "agent"})
    assert (made["user"]["status"], made["user"]["role"]) == ("invited", "agent")
    token = token_of(made)
    checked = await web_only.stranger.ok("POST", "/api/auth/link", {"token": token})
    assert checked == {"kind": "invitation", "email": EMAIL, "name": "eva"}
    assert (await log_in(web_only)).status == 401
    # The invited e-mail address cannot be changed.
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


async def test_of_concurrent_uses_of_a_link_one_succeeds(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    token = token_of(await owner.ok("POST", USERS, {"email": EMAIL, "role": "agent"}))
    answers = await asyncio.gather(*(accept(web_only, token, f"{PASSWORD} {n}") for n in range(6)))
    assert sorted(answer.status for answer in answers) == [200, 404, 404, 404, 404, 404]


async def test_a_link_is_stored_as_a_hash_expires_and_is_replaced(web_only: Stack) -> None:
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


async def test_a_reset_link_ends_sessions_of_the_old_password(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    eva = await invite(web_only, owner)
    link = await owner.ok("POST", f"{USERS}/{eva.user_id}/link")
    assert not await closed(eva)  # making it changes nothing yet
    assert (await accept(web_only, token_of(link), "another horse battery")).status == 200
    await eventually(lambda: closed(eva), PUSH_SECONDS)
    assert [(await log_in(web_only, p)).status for p in (PASSWORD, "another horse battery")] == [401, 200]


async def test_short_passwords_and_invalid_emails_are_rejected(web_only: Stack) -> None:
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


async def test_registration_is_closed_unless_enabled(web_only: Stack, config: Config) -> None:
    body = {"email": EMAIL, "name": "Eva", "password": PASSWORD}
    assert (await web_only.stranger.call("POST", "/api/auth/register", body)).status == 404
    opened = replace(config, auth=replace(config.auth, open_registration=True))
    async with run_stack(opened, with_workers=False) as stack:
        first = await stack.stranger.call("POST", "/api/auth/register", body)
        assert (first.status, first.body["user"]["role"]) == (200, "agent")
        assert (await stack.stranger.call("POST", "/api/auth/register", body)).status == 409

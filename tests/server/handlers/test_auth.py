"""Login: test tokens, passwords, the refresh cookie, and what a token permits."""

from dataclasses import replace
from typing import Any

import pytest
from aiopg import Cursor

from server.config import Config
from server.handlers import auth
from server.store.people import users
from server.web.app_keys import DATABASE, PASSWORDS
from server.web.identity import session_cookies
from tests.security.test_auth_tokens import FORGED
from tests.support.factories import audit_lines
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Answer, Peer, eventually

TEST_TOKEN, LOGIN = "/api/auth/test-token", "/api/auth/login"
REFRESH, LOGOUT, ME = "/api/auth/refresh", "/api/auth/logout", "/api/auth/me"
EMAIL, PASSWORD = "Ana@example.com", "correct horse battery"


# -- test tokens --------------------------------------------------------------------------------------------


async def test_test_tokens_are_absent_unless_allowed(config: Config) -> None:
    shut = replace(config, auth=replace(config.auth, test_tokens=False))
    async with run_stack(shut, with_workers=False) as stack:
        for body in ({"user_id": "ana"}, {}, b"{"):
            answer = await stack.stranger.call("POST", TEST_TOKEN, body)
            assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")


async def test_a_test_user_is_any_string_made_once_and_entitled(web_only: Stack) -> None:
    for name in ("ana", "17", "Ana Lima", "ação 🎉", "' or 1=1 --", "a/b?c=d", "x" * 200):
        first = await web_only.stranger.ok("POST", TEST_TOKEN, {"user_id": name})
        again = await web_only.stranger.ok("POST", TEST_TOKEN, {"user_id": name})
        assert first["user"] == again["user"]
        assert (first["user"]["name"], first["user"]["role"]) == (name, "agent")
        peer = Peer(web_only.stranger.session, web_only.stranger.url, first["token"])
        assert (await peer.ok("GET", ME))["user"] == first["user"]
        (plan,) = (await peer.ok("GET", "/api/entitlements"))["items"]
        assert (plan["is_active"], plan["source"]) == (True, "trial")


async def test_a_test_user_can_be_asked_for_by_address(web_only: Stack) -> None:
    first = await web_only.stranger.ok("POST", TEST_TOKEN, {"email": "bia@example.com", "name": "Bia"})
    again = await web_only.stranger.ok("POST", TEST_TOKEN, {"email": "BIA@example.com"})
    assert first["user"] == again["user"]
    assert (first["user"]["email"], first["user"]["name"]) == ("bia@example.com", "Bia")


BAD_TEST_TOKENS: list[dict[str, Any]] = [
    {},
    {"user_id": ""},
    {"user_id": None},
    {"user_id": "a\x00b"},
    {"email": "a\x00@b"},
    {"user_id": "ana", "name": "\x00"},
    {"user_id": 17},
    {"user_id": True},
    {"user_id": ["ana"]},
    {"user_id": "x" * 201},
    {"email": "x" * 201},
    {"user_id": "ana", "email": "x" * 400},
    {"user_id": "ana", "name": "x" * 5000},
    {"user_id": "ana", "role": "owner"},
]


async def test_an_invalid_test_user_name_is_rejected(web_only: Stack) -> None:
    for body in BAD_TEST_TOKENS:
        answer = await web_only.stranger.call("POST", TEST_TOKEN, body)
        assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), body
        assert answer.body["error"]["fields"]
    surrogate = await web_only.stranger.call("POST", TEST_TOKEN, b'{"user_id": "\\ud800"}')
    assert surrogate.status == 400  # JSON that cannot be UTF-8 is none (RFC 8259, section 8.1)


# -- passwords --------------------------------------------------------------------------------------------


async def make_user(stack: Stack, *, is_active: bool = True) -> int:
    password_hash = await stack.app[PASSWORDS].hash(PASSWORD)

    async def insert(cursor: Cursor) -> int:
        user = await users.ensure_user(cursor, EMAIL, "Ana", "agent")
        await users.set_password(cursor, user.id, password_hash)
        await users.set_active(cursor, user.id, is_active)
        return user.id

    return await stack.app[DATABASE].write(insert)


async def log_in(stack: Stack, password: str = PASSWORD, email: str = EMAIL) -> Answer:
    return await stack.stranger.call("POST", LOGIN, {"email": email, "password": password})


def cookie_of(answer: Answer) -> str:
    """The refresh cookie as a browser would send it back."""
    cookie: str = answer.headers["Set-Cookie"].partition(";")[0]
    return cookie


async def with_cookie(stack: Stack, path: str, cookie: str | None, **headers: str) -> Answer:
    sent = {"X-Confab": "1"} | ({"Cookie": cookie} if cookie else {}) | headers
    return await stack.stranger.call("POST", path, headers=sent)


async def test_the_right_password_signs_in(web_only: Stack) -> None:
    user_id = await make_user(web_only)
    answer = await log_in(web_only, email=EMAIL.lower())
    assert answer.status == 200
    assert answer.body["user"] == {"id": user_id, "email": EMAIL, "name": "Ana", "role": "agent"}
    me = await Peer(web_only.stranger.session, web_only.stranger.url, answer.body["token"]).ok("GET", ME)
    assert (me["user"], me["key"]) == (answer.body["user"], None)
    assert me["permissions"] == answer.body["permissions"]
    attributes = answer.headers["Set-Cookie"].lower()
    for wanted in ("httponly", "samesite=strict", "path=/api/auth", "max-age=2592000"):
        assert wanted in attributes
    assert answer.headers["Cache-Control"] == "no-store"


async def test_wrong_password_unknown_and_disabled_user_get_the_same_answer(web_only: Stack) -> None:
    await make_user(web_only, is_active=False)
    await web_only.sign_in("without-password")
    answers = [
        await log_in(web_only),
        await log_in(web_only, email="nobody@example.com"),
        await log_in(web_only, email="without-password@test.confab.local"),
    ]
    await make_user(web_only)
    answers.append(await log_in(web_only, PASSWORD + "x"))
    errors = [(a.status, a.body["error"]["code"], a.body["error"]["message"]) for a in answers]
    assert len(set(errors)) == 1
    assert errors[0][:2] == (401, "bad_credentials")
    assert not any("Set-Cookie" in answer.headers for answer in answers)


async def test_the_cookie_is_for_https_only_where_there_is_https(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_user(web_only)
    plain = (await log_in(web_only)).headers["Set-Cookie"]
    assert plain.startswith("confab_refresh=")
    assert "secure" not in plain.lower()
    monkeypatch.setattr(session_cookies, "is_https", lambda _: True)
    secure = (await log_in(web_only)).headers["Set-Cookie"]
    assert secure.startswith("__Host-confab_refresh=")
    assert {"secure", "path=/"} <= {part.strip() for part in secure.lower().split(";")}
    assert "domain" not in secure.lower()


# -- the refresh cookie -------------------------------------------------------------------------------------


async def test_a_refresh_gives_a_new_token_and_a_new_cookie(web_only: Stack) -> None:
    user_id = await make_user(web_only)
    first = cookie_of(await log_in(web_only))
    answer = await with_cookie(web_only, REFRESH, first)
    assert (answer.status, answer.body["user"]["id"]) == (200, user_id)
    second = cookie_of(answer)
    assert second != first
    assert (await with_cookie(web_only, REFRESH, second)).status == 200


async def test_the_old_cookie_serves_a_second_tab_without_rotating(web_only: Stack) -> None:
    await make_user(web_only)
    first = cookie_of(await log_in(web_only))
    second = cookie_of(await with_cookie(web_only, REFRESH, first))
    tab = await with_cookie(web_only, REFRESH, first)
    assert tab.status == 200
    assert not any(cookie.startswith("confab_refresh") for cookie in tab.headers.getall("Set-Cookie"))
    assert (await with_cookie(web_only, REFRESH, second)).status == 200
    # Two rotations later it is unknown.
    assert (await with_cookie(web_only, REFRESH, first)).status == 401


async def test_the_old_cookie_is_rejected_after_the_grace_period(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "REFRESH_GRACE_SECONDS", 0)
    await make_user(web_only)
    first = cookie_of(await log_in(web_only))
    answer = await with_cookie(web_only, REFRESH, first)
    second = cookie_of(answer)
    assert (await with_cookie(web_only, REFRESH, first)).status == 401
    # One of the two uses is a theft: the session of the newer one ends too, and it is in the audit log.
    assert (await with_cookie(web_only, REFRESH, second)).status == 401
    peer = Peer(web_only.stranger.session, web_only.stranger.url, answer.body["token"])

    async def is_out() -> bool:
        return (await peer.call("GET", ME)).status == 401

    await eventually(is_out)
    assert [line.action for line in await audit_lines(web_only)] == ["login", "session.reused"]


async def test_the_cookie_is_ignored_without_the_header(web_only: Stack) -> None:
    await make_user(web_only)
    cookie = cookie_of(await log_in(web_only))
    answer = await web_only.stranger.call("POST", REFRESH, headers={"Cookie": cookie})
    assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated")
    assert "X-Confab" in answer.body["error"]["message"]
    # Nor can another page end the session.
    assert (await web_only.stranger.call("POST", LOGOUT, headers={"Cookie": cookie})).status == 204
    assert (await with_cookie(web_only, REFRESH, cookie)).status == 200


async def test_forged_cookies_are_rejected(web_only: Stack) -> None:
    await make_user(web_only)
    name, _, value = cookie_of(await log_in(web_only)).partition("=")
    session_id, _, token = value.partition(".")
    bare = session_id.replace("-", "")
    for forged in (
        "",
        ".",
        token,
        f"{session_id}.",
        f".{token}",
        f"{session_id}.{token}x",
        f"{session_id}.{'a' * 43}",
        f"{'0' * 8}{session_id[8:]}.{token}",
        f"{bare[0]}-{bare[1:]}.{token}x",
        f"{bare}---.{token}x",
        f"x{session_id[1:]}.{token}",
        "é.é",
        "'; drop table sessions; --.x",
    ):
        answer = await with_cookie(web_only, REFRESH, f"{name}={forged}")
        assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated"), forged
        assert (await with_cookie(web_only, LOGOUT, f"{name}={forged}")).status == 204
    assert (await with_cookie(web_only, REFRESH, None)).status == 401


async def test_signing_out_ends_the_session_and_clears_the_cookie(web_only: Stack) -> None:
    await make_user(web_only)
    cookie = cookie_of(await log_in(web_only))
    answer = await with_cookie(web_only, LOGOUT, cookie)
    assert (answer.status, answer.raw) == (204, b"")
    assert "max-age=0" in answer.headers["Set-Cookie"].lower()
    assert (await with_cookie(web_only, REFRESH, cookie)).status == 401
    assert (await with_cookie(web_only, LOGOUT, cookie)).status == 204
    assert (await with_cookie(web_only, LOGOUT, None)).status == 204


async def test_a_disabled_user_is_out(web_only: Stack) -> None:
    await make_user(web_only)
    answer = await log_in(web_only)
    await make_user(web_only, is_active=False)
    peer = Peer(web_only.stranger.session, web_only.stranger.url, answer.body["token"])
    assert (await peer.call("GET", ME)).status == 401
    assert (await with_cookie(web_only, REFRESH, cookie_of(answer))).status == 401


async def test_no_forged_token_opens_anything(web_only: Stack) -> None:
    for name, token in FORGED.items():
        peer = Peer(web_only.stranger.session, web_only.stranger.url, token or None)
        answer = await peer.call("GET", ME)
        assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated"), name

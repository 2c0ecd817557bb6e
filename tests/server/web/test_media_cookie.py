"""The media cookie: elements of our own pages load files with it, and nothing else accepts it."""

import time
from dataclasses import dataclass
from typing import Any

import pytest

from server.auth.tokens import MEDIA
from server.web.app_keys import CACHED_ROLES, DATABASE, TOKENS
from server.web.identity import media_cookie, session_cookies
from tests.server.handlers.test_attachments import send
from tests.server.handlers.test_auth import EMAIL, PASSWORD, log_in, make_user
from tests.support.factories import CHANNELS, add_member, make_account, make_chat, make_contact
from tests.support.fixtures_stack import Stack
from tests.support.media_files import file_path, png
from tests.support.peers import Answer, Peer, eventually

FILE = png()
ABSENT = 10**15


def cookies_of(answer: Answer) -> dict[str, str]:
    """Each cookie that the response sets, by name, with its attributes."""
    return {line.partition("=")[0]: line for line in answer.headers.getall("Set-Cookie")}


@dataclass
class Browser:
    """A signed-in browser: its access token and its media cookie."""

    peer: Peer
    cookie: str
    key: str

    async def load(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """As an element does: with the cookie and without a token."""
        stranger = Peer(self.peer.session, self.peer.url)
        return await stranger.call(method, path, headers={"Cookie": self.cookie} | headers)


@dataclass
class Scene:
    """A user's account with a stored file."""

    stack: Stack
    browser: Browser
    account_id: int
    message: dict[str, Any]

    @property
    def file(self) -> str:
        """The address for elements."""
        attachment = self.message["attachments"][0]["id"]
        return f"/api/media/whatsapp/{self.account_id}/messages/{self.message['id']}/attachments/{attachment}"


async def sign_in(stack: Stack, email: str = EMAIL) -> Browser:
    await make_user(stack)
    answer = await log_in(stack, email=email)
    peer = Peer(stack.stranger.session, stack.stranger.url, answer.body["token"], answer.body["user"]["id"])
    cookie = cookies_of(answer)["confab_media"].partition(";")[0]
    return Browser(peer, cookie, answer.body["media_key"])


@pytest.fixture
async def scene(web_only: Stack) -> Scene:
    browser = await sign_in(web_only)
    owner = await web_only.sign_in("owner")
    account_id = await make_account(web_only, owner)
    await add_member(web_only, account_id, browser.peer, "viewer")
    path = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, account_id)}/send"
    message = await send(owner, path, ("foto.png", FILE, "image/png"))
    return Scene(web_only, browser, account_id, message)


def assert_refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (status, code), answer.raw


async def test_a_file_is_loaded_with_the_cookie_whole_and_in_parts(scene: Scene) -> None:
    whole = await scene.browser.load(f"{scene.file}?for={scene.browser.key}")
    assert (whole.status, whole.raw, whole.headers["Content-Type"]) == (200, FILE, "image/png")
    # What a browser has loaded it does not ask for again, whatever token it has meanwhile: elements send none.
    assert whole.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert (whole.headers["Vary"], whole.headers["Cross-Origin-Resource-Policy"]) == (
        "Authorization",
        "same-origin",
    )
    part = await scene.browser.load(scene.file, Range="bytes=0-3")
    assert (part.status, part.raw) == (206, FILE[:4])
    assert (await scene.browser.load(scene.file, "HEAD")).status == 200
    known = await scene.browser.load(scene.file, **{"If-None-Match": whole.headers["ETag"]})
    assert known.status == 304


async def test_a_picture_is_loaded_with_the_cookie(scene: Scene) -> None:
    sha256 = (await scene.browser.load(scene.file)).headers["ETag"].strip('"')
    contact_id = await make_contact(scene.stack, scene.account_id)

    async def set_picture(cursor: Any) -> None:
        await cursor.execute("update channels_contact set avatar = %s where id = %s", (sha256, contact_id))

    await scene.stack.app[DATABASE].write(set_picture)
    path = f"/api/media/whatsapp/{scene.account_id}/avatars/"
    assert (await scene.browser.load(path + sha256)).raw == FILE
    assert_refused(await scene.browser.load(path + "0" * 64), 404, "not_found")


async def test_a_token_also_opens_the_address_and_nothing_does_not(scene: Scene) -> None:
    assert (await scene.browser.peer.call("GET", scene.file)).status == 200
    assert_refused(await scene.stack.stranger.call("GET", scene.file), 401, "unauthenticated")
    # With an expired cookie the page is told to renew it, although its token is still valid.
    token = {"Authorization": f"Bearer {scene.browser.peer.token}"}
    stale = Browser(scene.browser.peer, "confab_media=stale", "")
    assert_refused(await stale.load(scene.file, **token), 401, "unauthenticated")


async def test_no_other_route_accepts_the_cookie(scene: Scene) -> None:
    chats = f"{CHANNELS}/{scene.account_id}/chats"
    for method, path in (
        ("GET", "/api/auth/me"),
        ("GET", "/api/bootstrap"),
        ("GET", chats),
        ("GET", file_path(scene.message)),
        ("POST", f"{file_path(scene.message)}/retry"),
        ("POST", f"{chats}/1/send"),
        ("DELETE", f"{CHANNELS}/{scene.account_id}"),
    ):
        assert_refused(await scene.browser.load(path, method), 401, "unauthenticated")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert_refused(await scene.browser.load(scene.file, method), 405, "method_not_allowed")


async def test_each_token_is_valid_as_its_own_kind_only(scene: Scene) -> None:
    media = Peer(scene.browser.peer.session, scene.browser.peer.url, scene.browser.cookie.partition("=")[2])
    assert_refused(await media.call("GET", "/api/auth/me"), 401, "unauthenticated")
    assert_refused(await media.call("GET", scene.file), 401, "unauthenticated")
    access = Browser(scene.browser.peer, f"confab_media={scene.browser.peer.token}", "")
    assert_refused(await access.load(scene.file), 401, "unauthenticated")


async def test_an_expired_media_token_is_rejected(scene: Scene) -> None:
    tokens = scene.stack.app[TOKENS]
    short = type(tokens)(scene.stack.config.secrets.jwt_secret, -int(time.time() // 2))
    token, _ = short.issue(scene.browser.peer.user_id, "0b54b0a6-7f0e-4bb0-8f4e-1a1f2c1f8e0a", MEDIA)
    assert_refused(
        await Browser(scene.browser.peer, f"confab_media={token}", "").load(scene.file),
        401,
        "unauthenticated",
    )


async def test_files_of_others_are_absent(scene: Scene) -> None:
    """Also those of an account that the user has just left, whose sockets are told within five seconds."""
    foreign = await make_account(scene.stack, await scene.stack.sign_in("stranger"), "acc-foreign")
    for account_id in (foreign, ABSENT):
        path = scene.file.replace(f"/{scene.account_id}/", f"/{account_id}/", 1)
        assert_refused(await scene.browser.load(path), 404, "not_found")
    owner = await scene.stack.sign_in("owner")
    await owner.ok("DELETE", f"{CHANNELS}/{scene.account_id}/members/{scene.browser.peer.user_id}")
    assert_refused(await scene.browser.load(scene.file), 404, "not_found")


async def test_pages_of_other_sites_are_refused(scene: Scene) -> None:
    for site in ("cross-site", "same-site"):
        assert_refused(await scene.browser.load(scene.file, **{"Sec-Fetch-Site": site}), 403, "forbidden")
    for site in ("same-origin", "none"):
        assert (await scene.browser.load(scene.file, **{"Sec-Fetch-Site": site})).status == 200


async def test_the_cookie_ends_with_its_session(scene: Scene) -> None:
    answer = await scene.browser.peer.call("POST", "/api/auth/logout", headers={"X-Confab": "1"})
    assert "max-age=0" in cookies_of(answer)["confab_media"].lower()

    async def has_ended() -> bool:
        return (await scene.browser.load(scene.file)).status == 401

    await eventually(has_ended)


async def test_the_cookie_of_a_disabled_user_is_rejected(scene: Scene) -> None:
    await make_user(scene.stack, is_active=False)
    scene.stack.app[CACHED_ROLES].forget()
    assert_refused(await scene.browser.load(scene.file), 401, "unauthenticated")


async def test_scripts_never_see_it_and_it_is_renewed_with_the_session(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_user(web_only)
    signed_in = await log_in(web_only)
    plain = cookies_of(signed_in)
    attributes = {part.strip().lower() for part in plain["confab_media"].split(";")[1:]}
    assert attributes >= {"httponly", "samesite=strict", "path=/api/media"}
    assert "secure" not in attributes
    headers = {"X-Confab": "1", "Cookie": plain["confab_refresh"].partition(";")[0]}
    renewed = await web_only.stranger.call("POST", "/api/auth/refresh", headers=headers)
    assert cookies_of(renewed)["confab_media"] != plain["confab_media"]
    # The key of addresses is the user's, so that the browser's cache survives a renewal.
    assert renewed.body["media_key"] == signed_in.body["media_key"]
    for module in (media_cookie, session_cookies):
        monkeypatch.setattr(module, "is_https", lambda _: True)
    secure = cookies_of(
        await web_only.stranger.call("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD})
    )
    assert {"secure", "path=/api/media"} <= {
        part.strip().lower() for part in secure["__Secure-confab_media"].split(";")
    }


async def test_each_user_has_addresses_of_their_own_in_the_cache(scene: Scene) -> None:
    """The next user of a browser does not know the key, and so asks the server for what is cached under it."""
    other = await scene.browser.peer.ok("POST", "/api/auth/test-token", {"user_id": "other"})
    assert scene.browser.key != other["media_key"]
    # It opens nothing: without the cookie the address is closed.
    closed = await scene.stack.stranger.call("GET", f"{scene.file}?for={scene.browser.key}")
    assert_refused(closed, 401, "unauthenticated")

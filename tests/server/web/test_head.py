"""HEAD, as used by uptime monitors: the response of GET without a body, and not audited as a download."""

import pytest

from server.routes import ROUTES
from server.routes.route import Route
from tests.server.handlers.test_attachments import make_chat_path, send
from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.media_files import PDF, file_path
from tests.support.peers import Answer, Peer
from tests.support.route_cases import NEEDED, make_route_target

READING = [route for route in ROUTES if route.method == "GET" and route.name != "open_socket"]
# They differ between responses, or describe the transfer of the missing body.
PASSING = ("date", "x-request-id", "ratelimit", "transfer-encoding")
# The content of these changes with every request.
LIVELY = ("show_metrics", "show_readiness", "show_system")


def comparable(answer: Answer, *without: str) -> list[tuple[str, str]]:
    return sorted((n, v) for n, v in answer.headers.items() if n.lower() not in (*PASSING, *without))


async def assert_same(peer: Peer, path: str, *without: str, **headers: str) -> Answer:
    """The response to HEAD, after checking that it is that of GET without a body."""
    wanted = await peer.call("GET", path, headers=headers)
    answer = await peer.call("HEAD", path, headers=headers)
    assert answer.status == wanted.status, path
    assert comparable(answer, *without) == comparable(wanted, *without), path
    assert answer.raw == b""
    return answer


async def test_head_is_answered_like_get(web_only: Stack) -> None:
    target = await make_route_target(web_only)

    async def check(route: Route) -> None:
        path = target.path(route) + NEEDED.get(route.name, "")
        await assert_same(target.peer, path, *(("content-length",) if route.name in LIVELY else ()))

    for route in READING:
        await check(route)
    for path in ("/", "/inbox/1", "/icon.svg", "/robots.txt", "/health", "/api/unknown", "/assets/none.js"):
        await assert_same(web_only.stranger, path)
    assert (await web_only.stranger.call("HEAD", "/api/auth/me")).status == 401


@pytest.mark.parametrize("asked", [{}, {"Range": "bytes=0-3"}, {"Range": "bytes=99999-"}])
async def test_head_describes_a_file_without_its_body(web_only: Stack, asked: dict[str, str]) -> None:
    agent, _, path = await make_chat_path(web_only)
    where = file_path(await send(agent, path, ("a.pdf", PDF, "application/pdf")))
    answer = await assert_same(agent, where, **asked)
    if answer.status < 400:
        assert int(answer.headers["Content-Length"]) == (4 if asked else len(PDF))
        # On a shared browser each user must request the file.
        assert (answer.headers["Vary"], answer.headers["Cache-Control"]) == (
            "Authorization",
            "private, max-age=31536000, immutable",
        )
        known = {"If-None-Match": answer.headers["ETag"]}
        again = await assert_same(agent, where, **known)
        assert (again.status, again.headers["Vary"]) == (304, "Authorization")


async def test_head_is_not_audited(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    for method, count in (("HEAD", 0), ("GET", 1)):
        assert (await owner.call(method, "/api/audit/export")).status == 200
        lines = (await owner.ok("GET", "/api/audit?action=audit.exported"))["items"]
        assert len(lines) == count


async def test_head_opens_no_socket(web_only: Stack) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    answer = await web_only.stranger.call("HEAD", "/ws", headers=handshake)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")

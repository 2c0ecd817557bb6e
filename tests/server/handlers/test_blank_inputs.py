"""Invisible texts, blank names, reactions that are not emoji and impossible times: all 422."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.factories import CHANNELS, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

BLANKS = [
    "",
    " ",
    "\n\t",
    "\u200b",
    "\u3164",
    "\u2800\u2800",
    "\ufeff",
    "\u00ad",
    "\ufe0f",
    "\u200d \u2060",
    "\U000e0020",
]
NO_EMOJI = ["", " ", "\u200b", "\ufe0f", "ok", "👍👍", "👍\n", "1", ":)", "🇧", "\u3164", "a\u20e3", "❤️" * 20]
IMPOSSIBLE = [
    *("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z"),
    *("0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "2026-03-02T00:00:00", "", "1772442845", " "),
]


@pytest.fixture
async def agent(web_only: Stack) -> Peer:
    return await web_only.sign_in()


@pytest.fixture
async def chat_path(web_only: Stack, agent: Peer) -> str:
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    return f"{CHANNELS}/{account_id}/chats/{chat_id}"


async def fields_of(peer: Peer, method: str, path: str, body: Any = None) -> dict[str, Any]:
    answer = await peer.call(method, path, body)
    assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), (path, body, answer.raw)
    fields: dict[str, Any] = answer.body["error"]["fields"]
    return fields


async def test_an_invisible_text_is_not_sent(agent: Peer, chat_path: str) -> None:
    (message,) = (await agent.ok("GET", f"{chat_path}/messages"))["items"]
    start = chat_path.rpartition("/")[0]
    for blank in BLANKS:
        assert list(await fields_of(agent, "POST", f"{chat_path}/send", {"text": blank})) == ["text"]
        assert list(
            await fields_of(agent, "PATCH", f"{chat_path}/messages/{message['id']}", {"text": blank})
        ) == ["text"]
        told = {"to": "+5511977770000", "text": blank}
        assert list(await fields_of(agent, "POST", start, told)) == ["text"]
    assert (await agent.ok("POST", f"{chat_path}/send", {"text": "\u200b👍\u200d"}))["message"][
        "body"
    ] == "\u200b👍\u200d"


async def test_a_blank_search_is_invalid(agent: Peer, chat_path: str) -> None:
    for blank in BLANKS:
        for path in ("/api/search", chat_path.rpartition("/")[0]):
            assert list(await fields_of(agent, "GET", f"{path}?q={quote(blank)}")) == ["q"]


async def test_a_reaction_is_an_emoji(agent: Peer, chat_path: str) -> None:
    (message,) = (await agent.ok("GET", f"{chat_path}/messages"))["items"]
    for value in NO_EMOJI:
        path = f"{chat_path}/messages/{message['id']}/reaction"
        assert list(await fields_of(agent, "PUT", path, {"value": value})) == ["value"]


async def test_blank_names_are_invalid(agent: Peer) -> None:
    for blank in BLANKS:
        assert list(await fields_of(agent, "PATCH", "/api/auth/me", {"name": blank})) == ["name"]
        assert list(await fields_of(agent, "POST", "/api/keys", {"name": blank, "scopes": ["read"]})) == [
            "name"
        ]
    changed = await agent.ok("PATCH", "/api/auth/me", {"name": "\u202eAna\u202c\n Lima\u200b"})
    assert changed["user"]["name"] == "Ana Lima"


async def test_an_impossible_time_is_invalid(web_only: Stack, agent: Peer, chat_path: str) -> None:
    admin = await sign_in_as(web_only, "admin")
    for moment in IMPOSSIBLE:
        assert list(await fields_of(agent, "PATCH", chat_path, {"muted_until": moment})) == ["muted_until"]
        key = {"name": "k", "scopes": ["read"], "expires_at": moment}
        assert list(await fields_of(agent, "POST", "/api/keys", key)) == ["expires_at"]
        for end in ("since", "until"):
            assert list(await fields_of(admin, "GET", f"/api/audit?{end}={quote(moment)}")) == [end]
    for year in ("1970", "2008"):
        assert list(await fields_of(agent, "PATCH", chat_path, {"muted_until": f"{year}-01-01T00:00:00Z"}))
    muted = await agent.ok("PATCH", chat_path, {"muted_until": "9999-12-31T23:59:59.999999z"})
    assert muted["chat"]["muted_until"] == "9999-12-31T23:59:59.999Z"
    for period in ("2026-13", "0001-01", "9999-01", "20٢٦-01", "2026-1", "2026-01\n"):
        assert list(await fields_of(agent, "GET", f"/api/usage?period={quote(period)}")) == ["period"]

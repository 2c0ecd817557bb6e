"""JSON is compressed for clients that accept gzip, unless it is small or contains a secret."""

import gzip
import json
from typing import NamedTuple

import aiohttp
import pytest

from server.web.answers import compression
from server.web.answers.compression import MIN_BYTES, accepted_codings
from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

DOCUMENT = "/api/openapi.json"


class Sent(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("", set()),
        ("gzip", {"gzip"}),
        ("br, gzip;q=0.5", {"br", "gzip"}),
        ("gzip;q=0", set()),
        ("gzip; q=0.000, deflate", {"deflate"}),
        ("GZIP", {"gzip"}),
        ("gzip;q=2", set()),
        ("x" * 10_000, {"x" * 10_000}),
    ],
)
def test_codings_with_a_weight_are_accepted(header: str, codings: set[str]) -> None:
    assert accepted_codings(header) == codings


async def fetch(peer: Peer, path: str, accept: str, method: str = "GET", body: object = None) -> Sent:
    """A response as it was sent: the status, the headers and the bytes."""
    headers = {"Accept-Encoding": accept} | ({"Authorization": f"Bearer {peer.token}"} if peer.token else {})
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.request(method, peer.url + path, headers=headers, json=body) as answer,
    ):
        return Sent(answer.status, dict(answer.headers), await answer.read())


async def test_large_json_is_compressed_if_the_client_accepts_it(web_only: Stack) -> None:
    plain = await fetch(web_only.stranger, DOCUMENT, "identity")
    sent = await fetch(web_only.stranger, DOCUMENT, "br;q=1.0, gzip;q=0.8")
    assert "Content-Encoding" not in plain.headers
    assert sent.headers["Content-Encoding"] == "gzip"
    assert sent.headers["Content-Length"] == str(len(sent.body))
    assert gzip.decompress(sent.body) == plain.body
    assert len(sent.body) * 4 < len(plain.body)
    assert all("Accept-Encoding" in headers["Vary"] for headers in (plain.headers, sent.headers))


@pytest.mark.parametrize("accept", ["gzip;q=0", "deflate", "br", ""])
async def test_a_client_without_gzip_gets_plain_json(web_only: Stack, accept: str) -> None:
    sent = await fetch(web_only.stranger, DOCUMENT, accept)
    assert "Content-Encoding" not in sent.headers
    assert json.loads(sent.body)


async def test_head_announces_what_get_sends(web_only: Stack) -> None:
    head = await fetch(web_only.stranger, DOCUMENT, "gzip", "HEAD")
    sent = await fetch(web_only.stranger, DOCUMENT, "gzip")
    assert head.body == b""
    names = ("Content-Encoding", "Content-Length")
    assert [head.headers[name] for name in names] == [sent.headers[name] for name in names]


async def test_small_answers_stay_as_they_are(web_only: Stack) -> None:
    sent = await fetch(web_only.stranger, "/api/config", "gzip")
    assert len(sent.body) < MIN_BYTES
    assert "Content-Encoding" not in sent.headers


async def test_no_answer_with_a_secret_is_compressed(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "MIN_BYTES", 1)
    owner = await sign_in_as(web_only, "owner")
    plain = [await fetch(owner, path, "gzip") for path in ("/api/auth/me", "/api/keys", "/api/users")]
    key = {"name": "Reader", "scopes": ["read"]}
    plain.append(await fetch(owner, "/api/keys", "gzip", "POST", key))
    assert [sent.status for sent in plain] == [200, 200, 200, 201]
    assert not [sent for sent in plain if "Content-Encoding" in sent.headers]
    assert "Content-Encoding" in (await fetch(owner, "/api/config", "gzip")).headers

"""How UniPile's errors are mapped, and that no id from a caller changes the request path."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from server.rules.account_states import Seen
from server.unipile.client import UnipileClient
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, SignedOut, UnipileError, error_from
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def client_of(
    handler: Handler, *, key: str = "key", concurrency: int = 2, query: str = "", **limits: float
) -> AsyncIterator[UnipileClient]:
    """A client of a UniPile that handles every call with this handler."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with serving(app, free_port()) as url:
        client = UnipileClient(
            url + query,
            key,
            concurrency=concurrency,
            connect_timeout_seconds=limits.get("connect", 5),
            total_timeout_seconds=limits.get("total", 5),
            download_timeout_seconds=limits.get("download", 5),
        )
        try:
            yield client
        finally:
            await client.close()


def answering(body: object, status: int = 200) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    return answer


@pytest.mark.parametrize(
    ("status", "type_", "kind"),
    [
        (400, "errors/invalid_parameters", Rejected),
        (401, "errors/disconnected_account", SignedOut),
        (401, "errors/expired_credentials", SignedOut),
        (401, "errors/missing_credentials", Rejected),
        (401, "errors/invalid_credentials", Rejected),
        (403, "errors/account_restricted", Rejected),
        (404, "errors/resource_not_found", Rejected),
        (422, "errors/invalid_recipient", Rejected),
        (422, "errors/provider_unreachable", NotTaken),
        (422, "errors/realtime_client_not_initialized", NotTaken),
        (422, "errors/limit_exceeded", NotTaken),
        (429, "errors/too_many_requests", NotTaken),
        (503, "errors/no_client_session", NotTaken),
        (500, "errors/provider_error", OutcomeUnknown),
        (502, "errors/proxy_error", OutcomeUnknown),
        (504, "errors/request_timeout", OutcomeUnknown),
        (418, "errors/a_word_of_tomorrow", Rejected),
        (599, None, OutcomeUnknown),
    ],
)
def test_an_error_response_says_whether_the_call_was_accepted(
    status: int, type_: str | None, kind: type[UnipileError]
) -> None:
    error = error_from(status, {"type": type_, "title": "A title.", "detail": "Why."})
    assert type(error) is kind
    assert (error.status, error.title) == (status, "Why.")
    assert error.type == (type_ or "errors/unknown").removeprefix("errors/")


@pytest.mark.parametrize("body", [{}, {"type": 3, "title": None}, {"type": ["x"], "detail": {}}], ids=repr)
def test_an_error_response_of_any_format_is_an_error(body: dict[str, Any]) -> None:
    assert isinstance(error_from(404, body), Rejected)
    assert error_from(404, {}).title == "UniPile answered 404."


async def test_a_missing_response_leaves_the_outcome_unknown() -> None:
    is_over = asyncio.Event()

    async def stay(_: web.Request) -> web.StreamResponse:
        await is_over.wait()
        return web.Response()

    async with client_of(stay, total=0.05) as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await client.send_message("acc-1", "chat-1", "Oi")
        is_over.set()
    assert caught.value.type == "timeout"


async def test_a_broken_connection_leaves_the_outcome_unknown() -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with client_of(cut) as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await client.send_message("acc-1", "chat-1", "Oi")
    assert caught.value.type == "connection_lost"


async def test_an_unreachable_unipile_accepted_nothing() -> None:
    client = UnipileClient(
        f"http://127.0.0.1:{free_port()}",
        "key",
        concurrency=1,
        connect_timeout_seconds=1,
        total_timeout_seconds=1,
    )
    with pytest.raises(NotTaken) as caught:
        await client.fetch_account("acc-1")
    await client.close()
    assert caught.value.type == "not_reached"


async def test_an_id_stays_one_path_segment() -> None:
    paths: list[str] = []

    async def note(request: web.Request) -> web.Response:
        paths.append(request.raw_path)
        return web.json_response({})

    async with client_of(note) as client:
        for identifier in ("../webhooks", "a/b", "a?b=c", "a#b", "á b", "%2e%2e", "..%2f"):
            await client.fetch_account(identifier)
        assert all(path.count("/") == 4 and "?" not in path for path in paths), paths
        assert len(paths) == 7
        for identifier in (".", ".."):
            with pytest.raises(Rejected) as caught:
                await client.fetch_account(identifier)
            assert caught.value.is_absent
            with pytest.raises(Rejected):
                await client.delete_account(identifier)
    assert len(paths) == 7


async def test_the_port_in_the_dsns_query_is_sent_with_every_call() -> None:
    paths: list[str] = []

    async def note(request: web.Request) -> web.Response:
        paths.append(request.raw_path)
        return web.json_response({"items": []})

    async with client_of(note, query="?port=13111") as client:
        await client.fetch_account("á b")
        await client.read("chats", params={"cursor": "a+b/c="})
    assert paths == [
        "/api/v1/accounts/%C3%A1%20b?port=13111",
        "/api/v1/chats?port=13111&cursor=a%2Bb/c%3D",
    ]


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"sources": [{"status": "OK"}]}, Seen.WORKS),
        ({"sources": [{"status": "OK"}, {"status": "CREDENTIALS"}]}, Seen.SIGNED_OUT),
        ({"sources": [{"status": "CONNECTING"}, {"status": "OK"}]}, Seen.MENDING),
        ({"sources": [{"status": "STOPPED"}, {"status": "ERROR"}]}, Seen.BROKEN),
        ({"sources": [{"status": "A_NEW_WORD"}, "x"]}, Seen.MENDING),
        ({"sources": None}, Seen.MENDING),
        ({}, Seen.MENDING),
        ([], Seen.MENDING),
    ],
)
async def test_the_worst_source_decides_on_the_status(answer: object, seen: Seen) -> None:
    async with client_of(answering(answer)) as client:
        assert (await client.fetch_account("acc-1")).seen is seen


@pytest.mark.parametrize(
    ("reported", "phone"),
    [
        ("5511900000001", "+5511900000001"),
        ("+55119", "+55119"),
        ("hidden", None),
        (None, None),
        (["1"], None),
    ],
)
async def test_the_accounts_phone_is_digits_or_none(reported: object, phone: str | None) -> None:
    body = {"name": "Loja\x00", "connection_params": {"im": {"phone_number": reported}}}
    async with client_of(answering(body)) as client:
        account = await client.fetch_account("acc-1")
    assert (account.phone, account.name) == (phone, "Loja")


@pytest.mark.parametrize(
    "answer", [{}, {"account_id": "x"}, {"account_id": "x", "checkpoint": {"type": "OTP"}}, []]
)
async def test_a_response_without_a_code_is_unexpected(answer: object) -> None:
    async with client_of(answering(answer)) as client:
        with pytest.raises(UnipileError) as caught:
            await client.start_connect()
    assert caught.value.type == "unexpected_answer"


async def test_a_code_is_read() -> None:
    answer = {"object": "Checkpoint", "account_id": "a-1", "checkpoint": {"type": "QRCODE", "qrcode": "2@x"}}
    async with client_of(answering(answer, 202)) as client:
        checkpoint = await client.start_connect()
    assert (checkpoint.external_account_id, checkpoint.qrcode) == ("a-1", "2@x")


@pytest.mark.parametrize(
    ("answer", "wanted"), [({"message_id": "m-1"}, "m-1"), ({"message_id": None}, None), ({}, None)]
)
async def test_a_send_returns_the_message_id_if_unipile_does(answer: object, wanted: str | None) -> None:
    async with client_of(answering(answer, 201)) as client:
        assert await client.send_message("acc-1", "chat-1", "Oi") == wanted


async def test_webhooks_are_listed_to_the_last_page() -> None:
    async def page(request: web.Request) -> web.Response:
        if "cursor" in request.query:
            return web.json_response(
                {"items": [{"webhook_id": "w-2", "enabled": False}, "x"], "cursor": None}
            )
        item = {
            "id": "w-1",
            "name": "ours",
            "request_url": "http://x",
            "headers": [{"key": "A", "value": "b"}],
        }
        return web.json_response({"items": [item], "cursor": "abc"})

    async with client_of(page) as client:
        first, second = await client.list_webhooks()
    assert (first.id, first.name, first.is_enabled, first.headers) == ("w-1", "ours", True, {"A": "b"})
    assert (second.id, second.is_enabled) == ("w-2", False)

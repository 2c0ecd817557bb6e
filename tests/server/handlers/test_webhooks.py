"""Webhooks: authentication, limits, formats, and that 200 means that Redis has the event."""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from server.config import Config
from server.metrics import REGISTRY
from server.queue import INGEST_QUEUE, deserialize
from server.web.app_keys import CONFIG, REDIS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import WEBHOOK_SECRET, Answer, message_received

MESSAGES = "/api/webhooks/unipile/messages"
STATUS = "/api/webhooks/unipile/account-status"

SECRET = {"Unipile-Auth": WEBHOOK_SECRET}


async def post(stack: Stack, body: bytes, path: str = MESSAGES, **options: Any) -> Answer:
    headers = SECRET | {"Content-Type": "application/json"} | options.pop("headers", {})
    return await stack.stranger.call("POST", path, body, headers=headers, **options)


async def queued(stack: Stack) -> list[list[dict[str, Any]]]:
    """The events of each queued job, the oldest job first."""
    client = stack.app[REDIS]
    ids = await client.zrange(INGEST_QUEUE, 0, -1)
    jobs = [deserialize(await client.get(b"arq:job:" + job_id)) for job_id in ids]
    return [job["a"][0] for job in jobs]


# -- the secret --------------------------------------------------------------------------------------------

WRONG_SECRETS = [
    None,
    "",
    "wrong",
    WEBHOOK_SECRET[:-1],
    WEBHOOK_SECRET + "x",
    WEBHOOK_SECRET.upper(),
    f"Bearer {WEBHOOK_SECRET}",
    "gehéim",
]


@pytest.mark.parametrize("path", [MESSAGES, STATUS])
async def test_without_the_very_secret_nothing_is_taken(web_only: Stack, path: str) -> None:
    for secret in WRONG_SECRETS:
        headers = {} if secret is None else {"Unipile-Auth": secret}
        answer = await web_only.stranger.call("POST", path, message_received("acc-1"), headers=headers)
        assert (answer.status, answer.body["error"]["code"]) == (401, "bad_secret"), secret
    assert await queued(web_only) == []


async def test_while_the_secret_is_rotated_both_are_accepted_and_the_previous_is_counted(
    config: Config,
) -> None:
    secrets = replace(
        config.secrets, webhook_secret="the-new-webhook-secret", webhook_secret_previous=WEBHOOK_SECRET
    )
    async with run_stack(replace(config, secrets=secrets), with_workers=False) as stack:
        before = count_previous()
        for secret, status in (
            ("the-new-webhook-secret", 200),
            (WEBHOOK_SECRET, 200),
            ("another", 401),
            ("", 401),
        ):
            answer = await post(
                stack, orjson.dumps(message_received("acc-1")), headers={"Unipile-Auth": secret}
            )
            assert answer.status == status
        assert count_previous() == before + 1


def count_previous() -> float:
    return REGISTRY.get_sample_value("confab_previous_secret_total", {"name": "WEBHOOK_SECRET"}) or 0.0


async def test_a_wrong_secret_is_rejected_before_the_body_is_read(web_only: Stack) -> None:
    """The answer comes although the body never does: without the secret, no memory is used for a body."""

    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    url = web_only.stranger.url + MESSAGES
    for options in ({"data": endless()}, {"data": endless(), "headers": {"Content-Length": "900000"}}):
        async with web_only.stranger.session.post(url, **options) as response:
            assert response.status == 401


# -- the shape --------------------------------------------------------------------------------------------


MALFORMED = [
    b"",
    b"{",
    b"account_id=acc-1",
    b"[]",
    b'["account_id"]',
    b'"text"',
    b"17",
    b"null",
    b"{}",
    b'{"account_id": null}',
    b'{"account_id": ""}',
    b'{"account_id": 17}',
    b'{"account_id": true}',
    b'{"account_id": ["acc-1"]}',
    b'{"account_id": {"id": "acc-1"}}',
    b'{"AccountStatus": {"message": "OK"}}',
    b'{"account_id": "acc-1", "AccountStatus": {"account_id": 3}}',
    b"\x00\x01\xff\xfe",
    b'{"account_id": "acc-1", "n": ' + b"9" * 5000 + b', "t": "\\ud800"}',  # more digits than Python takes
]


async def test_a_body_that_is_no_event_is_malformed(web_only: Stack) -> None:
    for body in MALFORMED:
        answer = await post(web_only, body)
        assert (answer.status, answer.body["error"]["code"]) == (400, "malformed"), body[:60]
    assert await queued(web_only) == []


async def test_nesting_that_no_worker_could_take_is_malformed(web_only: Stack) -> None:
    """An event that can be read here but not written or read by a worker would fail its whole batch."""
    for depth, extra in itertools.product((255, 500, 1020, 100_000), (b"", b', "text": "\\ud800"')):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            nest = opening * depth + b"1" + closing * depth
            answer = await post(web_only, b'{"account_id": "acc-1", "x": ' + nest + extra + b"}")
            assert (answer.status, answer.body["error"]["code"]) == (400, "malformed"), (depth, extra)
    assert await queued(web_only) == []


async def test_sane_nesting_and_many_brackets_are_taken(web_only: Stack) -> None:
    nest = b"[" * 220 + b"1" + b"]" * 220
    for value in (nest, b"[" + b",".join([b"[]"] * 5000) + b"]"):
        assert (await post(web_only, b'{"account_id": "acc-1", "x": ' + value + b"}")).status == 200


async def test_json_is_taken_whatever_its_content_type_says(web_only: Stack) -> None:
    body = orjson.dumps(message_received("acc-1", "Olá"))
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "nonsense"):
        answer = await post(web_only, body, headers={"Content-Type": kind})
        assert (answer.status, answer.body) == (200, {"received": True})
    assert [events[0]["body"]["message"] for events in await queued(web_only)] == ["Olá"] * 4


BROKEN_TEXTS = [
    (b'"\\ud83d!"', "\ufffd!"),
    (b'"\\udc00\\ud800"', "\ufffd\ufffd"),
    (b'"\xff\xfeOi"', "\ufffd\ufffdOi"),
    (b'"\xed\xa0\x80"', "\ufffd\ufffd\ufffd"),
    (b'"\\ud83d\\ude00"', "\U0001f600"),
]


async def test_invalid_characters_are_replaced_and_the_event_is_stored(web_only: Stack) -> None:
    for raw, _ in BROKEN_TEXTS:
        answer = await post(web_only, b'{"account_id": "acc-1", "message": ' + raw + b"}")
        assert answer.status == 200
    found = [event["body"] for (event,) in await queued(web_only)]
    assert sorted(body["message"] for body in found) == sorted(text for _, text in BROKEN_TEXTS)
    assert {body["account_id"] for body in found} == {"acc-1"}


async def test_non_json_numbers_do_not_lose_the_event(web_only: Stack) -> None:
    for number, text in itertools.product((b"NaN", b"-Infinity", b"1" * 100), (b'"Oi"', b'"\\ud800"')):
        body = b'{"account_id": "acc-1", "n": ' + number + b', "message": ' + text + b"}"
        assert (await post(web_only, body)).status == 200
    assert len(await queued(web_only)) == 6


# -- the size --------------------------------------------------------------------------------------------


def event_of(size: int) -> bytes:
    head, tail = b'{"account_id": "acc-1", "message": "', b'"}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


async def test_a_body_may_have_exactly_the_size_limit(web_only: Stack) -> None:
    limit = web_only.app[CONFIG].webhooks.max_body_bytes
    for size, status in ((limit, 200), (limit + 1, 413)):
        body = event_of(size)
        sized = await web_only.stranger.call("POST", MESSAGES, headers=SECRET, data=io.BytesIO(body))
        chunked = await web_only.stranger.call("POST", MESSAGES, headers=SECRET, data=chunks(body))
        assert (sized.status, chunked.status) == (status, status)
    assert sized.body["error"]["code"] == chunked.body["error"]["code"] == "too_large"
    assert len(await queued(web_only)) == 2


@pytest.mark.parametrize("picture", [None, "https://pps.whatsapp.net/v/t61/" + "x" * 300])
async def test_the_events_of_the_largest_groups_are_taken(web_only: Stack, picture: str | None) -> None:
    """UniPile names every member with each message; a community's announcements go to 5,000."""
    event = message_received("acc-1", is_group=True)
    (member,) = event["attendees"]
    event["attendees"] = [
        member | {"attendee_id": f"attendee-{number:05}", "attendee_profile_url": picture}
        for number in range(5000)
    ]
    body = io.BytesIO(orjson.dumps(event))
    assert (await web_only.stranger.call("POST", MESSAGES, headers=SECRET, data=body)).status == 200
    ((stored,),) = await queued(web_only)
    assert len(stored["body"]["attendees"]) == 5000


async def test_a_large_body_with_a_wrong_secret_is_rejected_before_it_is_read(web_only: Stack) -> None:
    port = web_only.config.web.port
    for lines in ("", "Unipile-Auth: wrong-wrong-wrong-wrong\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"POST {MESSAGES} HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: 8000000\r\n\r\n".encode()
        )
        async with asyncio.timeout(20):
            assert (await reader.readline()).split()[1] == b"401"
        writer.close()

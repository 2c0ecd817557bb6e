"""Webhooks reach the queue: 200 means that Redis has the job, 503 that it does not."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import pytest
import redis

from server.config import Config
from server.embedded.folders import open_data_dir
from server.embedded.valkey import Valkey
from server.errors import Unavailable
from server.event_batch import EventBatch
from server.local_jobs import LocalJobs
from server.queue import INGEST_QUEUE, QueuedEvent
from server.web.app_keys import EVENTS, REDIS
from tests.server.handlers.test_webhooks import STATUS, post, queued
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import message_received

EVENT: QueuedEvent = {"source": "messages", "received_at": "2026-03-02T09:00:00.000+00:00", "body": {}}


async def test_200_means_that_redis_holds_the_job_as_json(web_only: Stack, redis_url: str) -> None:
    event = message_received("acc-1", "Olá")
    answer = await post(web_only, orjson.dumps(event))
    assert (answer.status, answer.body) == (200, {"received": True})
    with redis.Redis.from_url(redis_url) as client:
        (job_id,) = client.zrange(INGEST_QUEUE, 0, -1)
        raw = client.get(b"arq:job:" + job_id)
    assert isinstance(raw, bytes)
    job = orjson.loads(raw)  # not pickle
    ((queued_event,),) = job["a"]
    assert job["f"] == "store_events"
    assert (queued_event["source"], queued_event["body"]) == ("messages", event)
    assert queued_event["received_at"].endswith("+00:00")


async def test_account_status_events_are_queued_too(web_only: Stack) -> None:
    body = {"AccountStatus": {"account_id": "acc-1", "account_type": "WHATSAPP", "message": "OK"}}
    assert (await post(web_only, orjson.dumps(body), STATUS)).body == {"received": True}
    ((event,),) = await queued(web_only)
    assert (event["source"], event["body"]) == ("account-status", body)


async def test_events_that_come_while_one_is_enqueued_share_a_job(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, batches = asyncio.Event(), []

    async def slow(_: object, __: str, ___: str, args: list[list[dict[str, Any]]], **_____: int) -> None:
        batches.append(len(args[0]))
        await gate.wait()

    monkeypatch.setattr("server.event_batch.store_job", slow)
    batch = EventBatch(web_only.app[REDIS], LocalJobs(), limit=3, timeout_seconds=5)
    adding = [asyncio.create_task(batch.add(EVENT, b"{}")) for _ in range(6)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    late = asyncio.create_task(batch.add(EVENT, b"{}"))
    await asyncio.sleep(0)
    assert not any(task.done() for task in adding)  # no caller gets an answer before Redis has it
    gate.set()
    await asyncio.gather(*adding, late)
    assert batches == [3, 3, 1]
    await batch.add(EVENT, b"{}")
    assert batches == [3, 3, 1, 1]


async def test_a_failed_enqueue_fails_each_of_its_events_only(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [Unavailable(), ValueError("a defect")]

    async def fail(*_: object, **__: object) -> None:
        if failures:
            raise failures.pop(0)

    monkeypatch.setattr("server.event_batch.store_job", fail)
    batch = EventBatch(web_only.app[REDIS], LocalJobs(), limit=2, timeout_seconds=5)
    results = await asyncio.gather(*(batch.add(EVENT, b"{}") for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * 2 + [ValueError] * 2 + [type(None)]


async def test_a_hanging_enqueue_ends_in_503(web_only: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("server.event_batch.store_job", hang)
    web_only.app[EVENTS]._timeout_seconds = 0.05
    answer = await post(web_only, orjson.dumps(message_received("acc-1")))
    assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


async def test_with_redis_away_the_answer_is_503_and_redis_back_200(config: Config) -> None:
    """UniPile keeps the event and retries; the timeout requires an answer within two seconds."""
    valkey = Valkey(open_data_dir(config.data_dir))
    valkey.child.start()
    valkey.child.wait_until_ready()
    try:
        own = replace(config, redis=replace(config.redis, url=valkey.url))
        async with run_stack(own, with_workers=False) as stack:
            body = orjson.dumps(message_received("acc-1"))
            assert (await post(stack, body)).status == 200
            valkey.child.stop()
            # Two seconds are promised; a busy machine stands still for longer.
            async with asyncio.timeout(20):
                answer = await post(stack, body)
            assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            valkey.child.start()
            valkey.child.wait_until_ready()
            assert (await post(stack, body)).status == 200
    finally:
        valkey.child.stop()

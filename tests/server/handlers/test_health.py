"""Endpoints for operators: liveness, readiness, metrics, and the app's settings."""

import time
import tomllib
from dataclasses import replace
from typing import Any

import pytest
from aiopg import Cursor

from server import VERSION
from server.config import ROOT, Config
from server.embedded.folders import open_data_dir
from server.embedded.valkey import Valkey
from server.errors import Unavailable
from server.handlers import health
from server.queue import HEARTBEAT_KEY, INGEST_QUEUE, SEND_CHAT, enqueue, heartbeat
from server.store.dead_letters import insert_dead_letter
from server.web.app_keys import CONFIG, DATABASE, REDIS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.services import run_valkey


async def test_a_process_that_runs_is_healthy(web_only: Stack) -> None:
    assert await web_only.stranger.ok("GET", "/health") == {"status": "ok", "version": VERSION}


async def readiness(stack: Stack) -> tuple[int, dict[str, Any]]:
    answer = await stack.stranger.call("GET", "/health/ready")
    return answer.status, answer.body


async def test_readiness_reports_workers_queues_and_dead_letters(web_only: Stack) -> None:
    redis = web_only.app[REDIS]
    await heartbeat(redis)
    status, body = await readiness(web_only)
    assert (status, body["status"]) == (200, "ready")
    redis_check, database_check = body["checks"]["redis"], body["checks"]["database"]
    assert (redis_check["ok"], redis_check["worker_alive"]) == (True, True)
    queues = ("ingest", "outbox", "amendments", "media", "mail", "webpush", "sync")
    assert redis_check["queue_age_seconds"] == dict.fromkeys(queues, 0)
    assert abs(redis_check["clock_skew_seconds"]) < 5
    assert (database_check["ok"], database_check["dead_letters"]) == (True, 0)

    await redis.zadd(INGEST_QUEUE, {"job": (time.time() - 60) * 1000})
    await enqueue(redis, SEND_CHAT, 1, delay_seconds=3600)
    await web_only.app[DATABASE].write(insert_dead_letter, "messages", "dead", "why", None, "{}")
    checks = (await web_only.stranger.ok("GET", "/health/ready"))["checks"]
    assert checks["redis"]["queue_age_seconds"]["ingest"] >= 60
    assert checks["redis"]["queue_age_seconds"]["outbox"] == 0  # it is not due
    assert checks["database"]["dead_letters"] == 1


async def test_without_a_worker_nothing_is_ready(web_only: Stack) -> None:
    status, body = await readiness(web_only)
    assert (status, body["status"], body["error"]["message"]) == (503, "unavailable", "Not ready: worker.")
    assert (body["checks"]["redis"]["ok"], body["checks"]["redis"]["worker_alive"]) == (True, False)
    assert body["checks"]["worker"]["ok"] is False
    assert "python worker.py" in body["checks"]["worker"]["reason"]
    # A worker without a heartbeat expires automatically, whatever any clock says.
    await heartbeat(web_only.app[REDIS])
    assert (await readiness(web_only))[0] == 200
    left = await web_only.app[REDIS].pttl(HEARTBEAT_KEY)
    assert 15_000 < left <= 20_000
    await web_only.app[REDIS].delete(HEARTBEAT_KEY)
    assert (await readiness(web_only))[0] == 503


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("REPLICAOF", "127.0.0.1", "1"), "is a read-only replica"),
        (("CONFIG", "SET", "maxmemory", "1"), "is out of memory"),
        (("CONFIG", "SET", "min-replicas-to-write", "1"), "too few replicas"),
    ],
)
async def test_a_redis_that_takes_no_writes_is_not_ready(
    config: Config, command: tuple[str, ...], said: str
) -> None:
    with run_valkey() as valkey:
        own = replace(config, redis=replace(config.redis, url=valkey.url))
        async with run_stack(own, with_workers=False) as stack:
            redis = stack.app[REDIS]
            await heartbeat(redis)
            assert (await readiness(stack))[0] == 200
            await redis.execute_command(*command)
            status, body = await readiness(stack)
            assert (status, body["checks"]["redis"]["ok"]) == (503, False)
            assert body["error"]["message"] == "Not ready: redis."
            assert said in body["checks"]["redis"]["reason"]
            if command[0] == "REPLICAOF":
                await redis.execute_command("REPLICAOF", "NO", "ONE")
                assert (await readiness(stack))[0] == 200


async def test_workers_say_that_they_live(stack: Stack) -> None:
    checks = (await stack.stranger.ok("GET", "/health/ready"))["checks"]
    assert checks["redis"]["worker_alive"] is True


async def test_without_redis_it_is_alive_and_not_ready(config: Config) -> None:
    valkey = Valkey(open_data_dir(config.data_dir))
    valkey.child.start()
    valkey.child.wait_until_ready()
    try:
        own = replace(config, redis=replace(config.redis, url=valkey.url))
        async with run_stack(own, with_workers=False) as stack:
            valkey.child.stop()
            answer = await stack.stranger.call("GET", "/health/ready")
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            assert answer.body["error"]["code"] == "unavailable"
            assert answer.body["status"] == "unavailable"
            checks = answer.body["checks"]
            assert (checks["redis"]["ok"], checks["database"]["ok"]) == (False, True)
            assert valkey.url not in answer.raw.decode()
            assert (await stack.stranger.call("GET", "/health")).status == 200
    finally:
        valkey.child.stop()


async def test_without_postgres_it_is_alive_and_not_ready(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Cursor) -> None:
        raise Unavailable

    monkeypatch.setattr(health, "count_dead_letters", fail)
    answer = await web_only.stranger.call("GET", "/health/ready")
    assert (answer.status, answer.body["error"]["code"]) == (503, "unavailable")
    assert answer.body["checks"]["database"] == {"ok": False, "error": "Unavailable"}
    assert (await web_only.stranger.call("GET", "/health")).status == 200


async def test_metrics_can_be_read_by_prometheus(web_only: Stack) -> None:
    await web_only.stranger.call("GET", "/api/nothing/here")
    answer = await web_only.stranger.call("GET", "/metrics")
    text = answer.raw.decode()
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert 'confab_request_seconds_count{method="GET",route="unknown",status="404"}' in text
    assert "confab_sockets" in text
    assert "/api/nothing" not in text  # an address is not a label


async def test_the_demo_login_is_shown_in_sandbox_mode_only(web_only: Stack) -> None:
    served = await web_only.stranger.ok("GET", "/api/config")
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert served == {
        "sandbox": False,
        "phone_url": None,
        "demo": None,
        "providers": ["whatsapp"],
        "open_registration": False,
        "forgot_password": False,
        "mail": False,
        "webpush_key": None,
        "uploads": {"max_bytes": 15_000_000, "max_files": 10},
        "version": version,
    }


async def test_the_sandbox_shows_its_phone_and_login(config: Config) -> None:
    sandbox = replace(
        config,
        sandbox=replace(config.sandbox, enabled=True),
        secrets=replace(config.secrets, demo_password="demo-password"),
    )
    async with run_stack(sandbox, with_workers=False) as stack:
        served = await stack.stranger.ok("GET", "/api/config")
        assert served["sandbox"] is True
        assert served["phone_url"] == stack.app[CONFIG].sandbox.url
        assert served["demo"] == {"email": "demo@confab.local", "password": "demo-password"}

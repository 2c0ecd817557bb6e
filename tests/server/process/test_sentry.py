"""Unexpected errors are reported to Sentry, without their contents."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import sentry_sdk
import structlog
from aiohttp import web

from server.config import Config, ConfigError, Log
from server.process.logs import set_up_logging
from server.process.sentry import open_reports
from server.web.app_keys import DATABASE
from tests.support.fixtures_stack import run_stack, serving
from tests.support.ports import free_port

SECRET = "kq8Z71tBf0-the-message-of-a-customer"


@dataclass
class Sentry:
    """A Sentry that accepts envelopes."""

    envelopes: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.envelopes.append(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        return web.json_response({})

    async def events(self) -> list[dict[str, Any]]:
        await asyncio.to_thread(sentry_sdk.flush, 5.0)
        lines = [orjson.loads(line) for raw in self.envelopes for line in raw.splitlines() if line]
        return [line for line in lines if "exception" in line]


@asynccontextmanager
async def running_sentry() -> AsyncIterator[tuple[Sentry, str]]:
    sentry, app = Sentry(), web.Application()
    app.router.add_post("/{path:.*}", sentry.take)
    async with serving(app, free_port()) as url:
        yield sentry, url.replace("http://", "http://publickey@") + "/7"


@pytest.fixture(autouse=True)
def left_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    sentry_sdk.get_client().close(timeout=0)
    sentry_sdk.get_global_scope().set_client(None)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    for name in ("arq", "yoyo", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)


async def test_a_failed_request_is_reported_without_its_content(config: Config) -> None:
    async with running_sentry() as (sentry, dsn):
        set_up_logging(Log(level="error", format="json"), *open_reports(dsn))
        async with run_stack(config, with_workers=False) as stack:
            agent = await stack.sign_in()
            stack.server.watch.may_break = True

            async def break_down(*_: object) -> None:
                quoted = SECRET
                raise RuntimeError(f"the row was {quoted}")

            stack.app[DATABASE].read = break_down  # type: ignore[method-assign, assignment]
            answer = await agent.call("GET", "/api/channels/whatsapp/accounts")
            assert answer.status == 500
        (event, *_) = await sentry.events()
        assert event["exception"]["values"][0]["type"] == "RuntimeError"
        assert event["tags"]["log"] == "request_failed"
        assert event["tags"]["request_id"] == answer.headers["X-Request-Id"]
        assert event["exception"]["values"][0]["stacktrace"]["frames"]
        for hidden in (SECRET, agent.token or "?", "publickey@", config.unipile.api_key, "127.0.0.1"):
            assert hidden not in str(event)


@pytest.mark.system
async def test_a_failed_job_is_reported_by_its_name() -> None:
    async def break_a_job(_: dict[Any, Any], words: str) -> None:
        raise ValueError(words)

    async with running_sentry() as (sentry, dsn):
        set_up_logging(Log(level="error", format="json"), *open_reports(dsn))
        try:
            await break_a_job({}, SECRET)
        except ValueError:
            structlog.get_logger("workers.retries").exception("job_failed", job="break_a_job", body=SECRET)
        (event,) = await sentry.events()
        assert (event["tags"]["log"], event["tags"]["job"]) == ("job_failed", "break_a_job")
        assert event["exception"]["values"][0]["type"] == "ValueError"
        assert SECRET not in str(sentry.envelopes)


@pytest.mark.system
async def test_expected_errors_are_not_reported() -> None:
    async with running_sentry() as (sentry, dsn):
        set_up_logging(Log(level="info", format="json"), *open_reports(dsn))
        structlog.get_logger("server").error("unipile_down", failures=10)
        structlog.get_logger("server").info("job_retried", error="NotTaken")
        assert await sentry.events() == []


@pytest.mark.system
def test_without_a_dsn_nothing_is_loaded_and_an_invalid_one_stops_the_start() -> None:
    assert open_reports(None) == []
    with pytest.raises(ConfigError, match="SENTRY_DSN"):
        open_reports("not-an-address")

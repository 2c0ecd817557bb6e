"""A fast sandbox in this process with a manual clock, and a webhook receiver."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.driver import Clock, Driver, Receiver, Start

QUICK = SandboxSettings(
    ok_seconds=0,
    sync_seconds=0,
    echo_seconds=0.01,
    delivered_seconds=0.02,
    webhook_timeout=0.3,
    webhook_retries=(0, 0, 0, 0, 0),
    save_seconds=0,
)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start sandboxes with custom settings."""
    clients: list[TestClient[web.Request, web.Application]] = []

    async def start_one(data: Path | None = None, **changes: Any) -> Driver:
        clock = Clock()
        settings = replace(QUICK, data=data, clock=changes.pop("clock", clock), **changes)
        client = TestClient(TestServer(create_sandbox(settings)))
        await client.start_server()
        clients.append(client)
        return Driver(client, clock)

    yield start_one
    for client in clients:
        await client.close()


@pytest.fixture
async def sandbox(start: Start) -> Driver:
    """A sandbox with quick settings."""
    return await start()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook receiver that responds 200 by default."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    server = TestServer(app)
    await server.start_server()
    receiver.url = str(server.make_url("/hook"))
    yield receiver
    receiver.release.set()
    await server.close()

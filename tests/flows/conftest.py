"""Processes for the flows: on the session's servers, or on servers of the test's own that it may stop."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from tests.flows.processes import Site, environment_of
from tests.support.fixtures_stack import Stack, serving
from tests.support.peers import Peer
from tests.support.ports import free_port
from tests.support.services import Services, run_services
from workers.media import avatars


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
async def unipile(client: aiohttp.ClientSession) -> AsyncIterator[Peer]:
    """A sandbox in the test's process, with one account that is connected."""
    async with serving(create_sandbox(SandboxSettings()), free_port()) as url:
        sandbox = Peer(client, url)
        await sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
        yield sandbox


@pytest.fixture
async def site(
    database_url: str, redis_url: str, client: aiohttp.ClientSession, unipile: Peer, tmp_path: Path
) -> AsyncIterator[Site]:
    """Processes on the session's servers."""
    running = Site(client, tmp_path, environment_of(database_url, redis_url, unipile.url, tmp_path))
    yield running
    await running.close()


@pytest.fixture
def own_services() -> Iterator[Services]:
    """Servers that the test may stop."""
    with run_services() as running:
        running.make_template()
        yield running


@pytest.fixture
async def own_site(
    own_services: Services, client: aiohttp.ClientSession, unipile: Peer, tmp_path: Path
) -> AsyncIterator[Site]:
    """Processes on servers that the test may stop."""
    database_url = own_services.create_database()
    environment = environment_of(database_url, own_services.redis_url, unipile.url, tmp_path)
    running = Site(client, tmp_path, environment)
    yield running
    await running.close()


@pytest.fixture
def no_avatars(monkeypatch: pytest.MonkeyPatch) -> None:
    """No avatars are copied: they are files too, and the test counts files."""
    monkeypatch.setattr(avatars, "BATCH_SIZE", 0)


@pytest.fixture
async def agent(stack: Stack) -> Peer:
    return await stack.sign_in()


@pytest.fixture
async def account(stack: Stack, agent: Peer) -> dict[str, Any]:
    return await stack.make_account(agent)

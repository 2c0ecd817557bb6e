"""One fleet for all fault tests, and a seed for each: printed, and set by CONFAB_FAULT_SEED to repeat a run."""

import os
import random
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from tests.faults.fleet import Fleet, running_fleet
from tests.flows.rows import watching
from tests.support.fixtures_stack import serving
from tests.support.peers import Peer
from tests.support.ports import free_port
from tests.support.services import Services, run_services


@pytest.fixture(scope="module")
def fleet_services() -> Iterator[Services]:
    """Servers that these tests may kill."""
    with run_services() as running:
        running.make_template()
        yield running


@pytest.fixture(scope="module")
async def shared_fleet(
    fleet_services: Services, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Fleet]:
    database_url, folder = fleet_services.create_database(), Path(tmp_path_factory.mktemp("fleet"))
    async with (
        serving(create_sandbox(SandboxSettings()), free_port()) as url,
        aiohttp.ClientSession() as session,
    ):
        with watching(database_url) as rows:
            unipile = Peer(session, url)
            async with running_fleet(fleet_services, rows, database_url, unipile, folder) as fleet:
                yield fleet


@pytest.fixture
async def fleet(shared_fleet: Fleet) -> AsyncIterator[Fleet]:
    """The fleet, with all processes and connections restored."""
    yield shared_fleet
    await shared_fleet.calm()


@pytest.fixture
def rng() -> random.Random:
    """Source of all random decisions. pytest shows the seed with a failure."""
    seed = os.environ.get("CONFAB_FAULT_SEED") or str(secrets.randbelow(10**9))
    print(f"repeat with CONFAB_FAULT_SEED={seed}")
    return random.Random(seed)

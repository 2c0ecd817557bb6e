"""A worker without its queue: connections, a user with an account, a subscriber to its channel."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.config import Config
from tests.support.fixtures_stack import run_stack
from tests.support.send_harness import SendHarness, open_sender
from tests.support.worker_harness import Listener, WorkerHarness
from workers.context import open_parts


@pytest.fixture
async def harness(config: Config) -> AsyncIterator[WorkerHarness]:
    """A user who owns the account acc-1."""
    async with open_parts(config) as parts:
        opened = await WorkerHarness(parts).open()
        await opened.make_account()
        yield opened


@pytest.fixture
async def listener(harness: WorkerHarness) -> AsyncIterator[Listener]:
    """Subscribes to acc-1."""
    (account,) = await harness.fetch("select id from channels_account")
    opened = await Listener(harness.parts.redis, account["id"]).open()
    yield opened
    await opened.close()


@pytest.fixture
async def sender(config: Config) -> AsyncIterator[SendHarness]:
    """Without workers: the test runs the jobs. UniPile's timeout is half a second."""
    config = replace(config, unipile=replace(config.unipile, total_timeout_seconds=0.5))
    async with run_stack(config, with_workers=False) as stack, open_sender(stack) as opened:
        yield opened

"""A number that asks for ratings."""

import pytest

from tests.support.surveying import Surveyed
from tests.support.worker_harness import WorkerHarness


@pytest.fixture
async def surveyed(harness: WorkerHarness) -> Surveyed:
    (account,) = await harness.fetch("select id from channels_account")
    return await Surveyed(harness, account["id"]).open()

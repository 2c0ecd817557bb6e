"""A hanging test fails, reports its stack, and does not block other tests."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from server.config import ROOT

TESTS = """
import asyncio
import time

import pytest


async def wait_for_ever():
    await asyncio.Event().wait()


@pytest.fixture
async def endless_end():
    yield
    await wait_for_ever()


async def test_waiting():
    await wait_for_ever()


async def test_looping():
    while True:
        await asyncio.sleep(0.01)


async def test_ending(endless_end):
    pass


def test_sleeping():
    time.sleep(600)


async def test_done():
    await asyncio.sleep(0)
"""

CONFTEST = """
import uvloop


def pytest_asyncio_loop_factories(config, item):
    return {"uvloop": uvloop.Loop}
"""


@pytest.mark.system
def test_a_hanging_test_fails_and_the_others_continue(tmp_path: Path) -> None:
    file = tmp_path / "test_endless.py"
    file.write_text(TESTS)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    options = ["-q", "--timeout=2", "-p", "tests.support.fixtures_timeouts", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-o", "asyncio_mode=auto", f"--rootdir={tmp_path}", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 failed, 2 passed, 1 error" in ran.stdout, ran.stdout + ran.stderr
    assert ran.stdout.count("test_endless.py:9 wait_for_ever") >= 2


def test_postgres_ends_a_row_lock_wait_in_the_test_thread(database_url: str) -> None:
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("show lock_timeout")
        assert cursor.fetchone() == ("20s",)

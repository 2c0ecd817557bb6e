"""Several web processes at their start: what stops one process with a sentence stops all with the same one."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.programs import PRODUCTION, Settings, sentence, serve
from tests.flows.processes import family
from tests.support.ports import free_port
from tests.support.programs import Program, wait_for


@pytest.fixture
def two(settings: Settings, own_database_url: str, redis_url: str) -> Settings:
    """Two web processes on external servers."""
    external = {"DATABASE_URL": own_database_url, "REDIS_URL": redis_url}
    return {**settings, **PRODUCTION, **external, "CONFAB_WEB_PROCESSES": "2"}


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """A Redis that accepts connections and never answers: no process that waits for it becomes ready."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize(
    ("name", "value"), [("CONFAB_WEB_PROCESSES", "0"), ("WEB_CONCURRENCY", "two"), ("WEB_CONCURRENCY", "65")]
)
def test_a_wrong_count_stops_the_start_and_is_named(settings: Settings, name: str, value: str) -> None:
    assert name in sentence({**settings, name: value})


def test_a_port_that_is_taken_is_the_only_output(two: Settings) -> None:
    with socket.create_server(("127.0.0.1", int(two["PORT"]))):
        assert f"port {two['PORT']}" in sentence(two)


def test_a_database_that_is_away_stops_the_start_with_one_sentence(two: Settings) -> None:
    two["DATABASE_URL"] = f"postgres://u:hunter2@127.0.0.1:{free_port()}/x"
    said = sentence(two)
    assert "refuse" in said
    assert "hunter2" not in said


def test_what_the_first_process_cannot_do_stops_the_start(two: Settings, tmp_path: Path) -> None:
    two |= {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "CONFAB_REDIS_START_SECONDS": "0"}
    with serve(two, tmp_path) as program:
        assert program.process.wait(40) == 1
    assert len(re.findall(r"^confab: Redis at .*\.$", program.output, re.MULTILINE)) == 1
    assert "Traceback" not in program.output


def test_processes_that_die_again_and_again_stop_the_start(
    two: Settings, silent_redis: str, tmp_path: Path
) -> None:
    two |= {"REDIS_URL": silent_redis, "CONFAB_REDIS_START_SECONDS": "600"}
    with serve(two, tmp_path) as program:
        wait_for(lambda: has_killed_all(program))
        assert program.process.wait(40) == 1
    assert (
        "confab: The processes end before they are ready, 4 times in a row; the last one was ended by SIGKILL"
        in (program.output)
    )
    assert program.output.count('"process_died"') == 4


def has_killed_all(program: Program) -> bool:
    """Kill what waits for Redis, until the program has ended."""
    if program.process.poll() is None and "waiting_for_redis" in program.output:
        for pid in family(program.process.pid)[1:]:
            os.kill(pid, signal.SIGKILL)
    return program.process.poll() is not None


def test_one_process_has_no_supervisor(two: Settings, tmp_path: Path) -> None:
    two |= {"CONFAB_WEB_PROCESSES": "1", "CONFAB_WORKER_EMBEDDED": "false", "WEB_CONCURRENCY": "4"}
    with serve(two, tmp_path) as program:
        program.wait_for_output("is running")
        assert family(program.process.pid) == [program.process.pid]

"""Runs `run.py` and `worker.py` as real processes, as an operator does."""

import glob
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg2

from server.config import Config
from tests.support.warm_programs import Process, cold, output_to, start

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
# Emptied, so that neither the developer's environment nor a .env file has an effect.
ADDRESSES_AND_SECRETS = (
    "DATABASE_URL",
    "REDIS_URL",
    "UNIPILE_DSN",
    "UNIPILE_API_KEY",
    "WEBHOOK_SECRET",
    "JWT_SECRET",
    "PUBLIC_URL",
    "HOST",
    "SENTRY_DSN",
    "SMTP_URL",
    "WEB_CONCURRENCY",
)


def environment(**settings: str) -> dict[str, str]:
    """The environment of a program: this process's PATH and the given settings only."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CONFAB_")}
    return {**own, **dict.fromkeys(ADDRESSES_AND_SECRETS, ""), **settings}


def run(
    *arguments: str, settings: Mapping[str, str], stdin: str = "", is_cold: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run `run.py` with these arguments to its end; `is_cold` as an operator does, by the interpreter."""
    command = ["run.py", *arguments]
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
    ):
        given.write(stdin)
        given.seek(0)
        begin = cold if is_cold else start
        process = begin(command, environment(**settings), (given, output, errors))
        try:
            code = process.wait(PATIENCE_SECONDS)
        finally:
            process.kill()
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, code, output.read(), errors.read())


class Program:
    """A long-lived process with its output in a file; stopped at the end of the `with` block, by force if needed."""

    def __init__(
        self, *command: str, settings: Mapping[str, str], output: Path, is_cold: bool = False
    ) -> None:
        self._output = output
        begin = cold if is_cold else start
        with output_to(output) as streams:
            self.process: Process = begin(command, environment(**settings), streams)

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_for_output(self, pattern: str) -> re.Match[str]:
        """Wait until the program has written this."""

        def search_output() -> re.Match[str] | None:
            ended = self.process.poll()
            found = re.search(pattern, self.output)
            assert found or ended is None, f"ended with {ended}: {self.output}"
            return found

        return wait_for(search_output)

    def send(self, signal_number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(signal_number)
        return self.process.wait(PATIENCE_SECONDS)


def wait_for(condition: Callable[[], T | None]) -> T:
    """Wait until the condition holds and return its value."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)
    return found


def get(url: str) -> tuple[int, Any]:
    """GET a JSON document; the status is 0 if the connection is refused."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None
    except OSError:
        return 0, None


def servers_on(data_dir: Path) -> list[int]:
    """The processes that hold a server's lock on this data folder, children of the servers included."""
    found = set()
    # Path.glob raises when a process ends between the listing and the look into its folder.
    for descriptor in map(Path, glob.iglob("/proc/[0-9]*/fd/*")):  # noqa: PTH207
        try:
            target = descriptor.readlink()
        except OSError:
            continue
        if target.parent == data_dir / "run" and target.suffix == ".lock":
            found.add(int(descriptor.parts[2]))
    return sorted(found - {os.getpid()})


def signal_running(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each process that has not ended yet: servers end children of theirs at any time."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def owners_of(pids: Iterable[int]) -> set[int]:
    """The user ids of the processes that have not ended yet."""
    owners = set()
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            owners.add(Path(f"/proc/{pid}").stat().st_uid)
    return owners


def query(config: Config, statement: str) -> object:
    """Run a statement on the configured database; the first column of the first row, if there is one."""
    assert config.database.url
    with closing(psycopg2.connect(config.database.url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]

"""Starts `run.py` and `worker.py` without importing them anew, which took more than a second of each start.

They are processes of their own as ever: forked from `program_server`, with their own environment, output and signals.
Where the start by the interpreter is the point, `cold` starts them.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from server.config import ROOT

PROGRAMS = ("run.py", "worker.py")
# What coverage measures starts with the interpreter, and a process is awaited by a descriptor, which Linux has.
IS_POSSIBLE = "COVERAGE_PROCESS_CONFIG" not in os.environ and hasattr(os, "pidfd_open")
# Standard input, output and error.
Streams = tuple[IO[Any], IO[Any], IO[Any]]


class Process(Protocol):
    """What tests use of a started process."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A process that the server has forked."""

    def __init__(self, name: str, reports: socket.socket) -> None:
        # By its number: a socket in a circle of garbage warns that it was not closed.
        self._name, self._reports = name, reports.detach()
        self._code: int | None = None
        self._reading = threading.Lock()
        self.pid = int(os.read(self._reports, 64))

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends and return the exit code; several threads may."""
        ready = select.poll()
        ready.register(self._reports, select.POLLIN)
        if not ready.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired(self._name, timeout or 0)
        with self._reading:
            if self._code is None:
                self._code = int(os.read(self._reports, 64))
            return self._code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        os.close(self._reports)


@dataclass
class Server:
    """The server of this test process."""

    process: "subprocess.Popen[bytes]"
    requests: socket.socket

    def stop(self) -> None:
        self.requests.close()
        self.process.wait()


_servers: list[Server] = []
# Commands are run in threads too.
_starting = threading.Lock()


def start(command: Sequence[str], environment: Mapping[str, str], streams: Streams) -> Process:
    """Start a program with its arguments, or any other command of the interpreter."""
    if command[0] not in PROGRAMS or not IS_POSSIBLE:
        return cold(command, environment, streams)
    return request(command, environment, streams)


def request(command: Sequence[str], environment: Mapping[str, str], streams: Streams) -> Forked:
    """Have the server fork this program; it is started with the first one."""
    with _starting:
        if not _servers:
            _servers.append(_start_server())
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    body = {"name": command[0], "arguments": command[1:], "environment": dict(environment)}
    with theirs:
        descriptors = [stream.fileno() for stream in (*streams, theirs)]
        socket.send_fds(_servers[0].requests, [json.dumps(body).encode()], descriptors)
    return Forked(command[0], ours)


def cold(
    command: Sequence[str], environment: Mapping[str, str], streams: Streams, root: Path = ROOT
) -> Process:
    """The same by the interpreter, as an operator does it; in another folder, another version."""
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable, *command], env=environment, cwd=root, stdin=stdin, stdout=stdout, stderr=stderr
    )


@contextmanager
def output_to(path: Path) -> Iterator[Streams]:
    """No input, and all output to this file."""
    with Path(os.devnull).open("rb") as nothing, path.open("wb") as file:
        yield nothing, file, file


def stop_server() -> None:
    """At the end of the tests."""
    while _servers:
        _servers.pop().stop()


def _start_server() -> Server:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.program_server", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return Server(process, ours)

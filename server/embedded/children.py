"""Starts servers as child processes, restarts them when they exit, and stops them in order."""

import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from server.embedded.folders import Owner, ServiceError, needs_capability, previous_generation_ended

LAUNCHER = Path(__file__).with_name("launch.py")
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.01
WATCH_SECONDS = 0.25
RESTART_DELAYS_SECONDS = (0.0, 0.2, 1.0, 5.0)
MAX_LOG_BYTES = 10_000_000
# Below Linux's ephemeral range: a client that retries a closed port within that range can end up connected to itself,
# and the server cannot bind its port again.
PORTS = range(20_000, 32_000)
ERROR_LINE = re.compile(r"FATAL|PANIC|[Ee]rror|rror:|[Bb]ad |[Ff]ailed|[Cc]an't|[Cc]annot")
LOG_PREFIX = re.compile(r"^\S*\s*\d{4}-\d\d-\d\d[ T][\d:.]+ \S+ \[\d+\] |^\d+:\w \d+ \w+ \d+ [\d:.]+ . ")

log = structlog.get_logger(__name__)


def free_port() -> int:
    """A free port of 127.0.0.1."""
    for port in random.sample(PORTS, len(PORTS)):
        if is_free(port):
            return port
    raise ServiceError(
        f"No port of 127.0.0.1 from {PORTS.start} to {PORTS.stop - 1} is free: stop other servers, or set "
        "DATABASE_URL and REDIS_URL."
    )


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could bind this port now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do, so that connections of an earlier run in TIME_WAIT do not matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@dataclass(kw_only=True)
class Child:
    """One server process: how to start it, when it is ready, and how to stop it."""

    name: str
    data_dir: Path
    part: str
    command: list[str]
    port: int
    owner: Owner
    stop_signal: int
    is_ready: Callable[[], bool]
    stdin: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    before_start: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.log_path = self.data_dir / "log" / f"{self.part}.log"
        self._process: subprocess.Popen[str] | None = None
        self._log_start = 0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process; call `wait_until_ready` afterwards."""
        with previous_generation_ended(self.data_dir, self.part) as lock:
            self.before_start()
            self._process = self._spawn(self.command, lock)
        if self._process.stdin:
            self._process.stdin.write(self.stdin)
            self._process.stdin.close()

    def run(self, command: list[str]) -> None:
        """Run a command as the server's user to prepare its data, and wait for it."""
        with previous_generation_ended(self.data_dir, self.part) as lock:
            process = self._spawn(command, lock)
            if process.stdin:
                process.stdin.close()
            if process.wait() != 0:
                raise ServiceError(f"{self.name} could not prepare its data: {self._complaint()}")

    def wait_until_ready(self) -> None:
        """Wait until the server responds; raises ServiceError with the error in its log if it does not."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if not self.is_running:
                raise ServiceError(f"{self.name} did not start: {self._complaint()}")
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"{self.name} was not ready within {READY_SECONDS:.0f} s: look into {self.log_path}."
                )
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop the server; kill it if it does not stop in time."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("service_killed", service=self.name)
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """Kill the server."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def _spawn(self, command: list[str], lock: int) -> subprocess.Popen[str]:
        reached = (Path(command[0]), self.folder, self.data_dir / self.part)
        grants_capability = needs_capability(self.owner, reached)
        arguments = (self.stop_signal, os.getpid(), self.owner.uid, self.owner.gid, int(grants_capability))
        with self.log_path.open("a") as log_file:
            self._log_start = log_file.tell()
            if self._log_start > MAX_LOG_BYTES:
                log_file.truncate(0)
                self._log_start = 0
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, arguments), *command],
                stdin=subprocess.PIPE,
                stdout=log_file,
                stderr=log_file,
                cwd=self.folder,
                env=dict(self.environment),
                # Its own session, so that Ctrl-C on the terminal reaches only Confab, which stops its servers in order.
                start_new_session=True,
                pass_fds=(lock,),
                text=True,
            )

    def _complaint(self) -> str:
        text = self.log_path.read_bytes()[self._log_start :].decode(errors="replace")
        lines = [LOG_PREFIX.sub("", line).strip() for line in text.splitlines() if line.strip()]
        errors = [line for line in lines if ERROR_LINE.search(line)]
        text = (errors or lines or ["it exited without any output"])[0]
        return f"{text.rstrip('.')} ({self.log_path})."


class Supervisor:
    """Restarts a child that exits, on the same port and data, with backoff."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        # The thread lives as long as the children that it restarts: Linux sends a child its parent death signal when
        # the *thread* that forked it ends.
        self._thread = threading.Thread(target=self._watch, name="embedded-supervisor", daemon=True)

    def add(self, child: Child) -> None:
        """Start a child; `stop` will stop it."""
        child.start()
        self.children.append(child)

    def start(self) -> None:
        """Start the watching thread; the children are running already."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, then stop the children in reverse order."""
        self._stopping.set()
        with self._lock:
            for child in reversed(self.children):
                child.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        failures = dict.fromkeys((child.name for child in self.children), 0)
        due = dict.fromkeys(failures, 0.0)
        while not self._stopping.wait(WATCH_SECONDS):
            for child in self.children:
                if not child.is_running and time.monotonic() >= due[child.name]:
                    failures[child.name] = 0 if self._restart(child) else failures[child.name] + 1
                    delay = RESTART_DELAYS_SECONDS[min(failures[child.name], len(RESTART_DELAYS_SECONDS) - 1)]
                    due[child.name] = time.monotonic() + delay

    def _restart(self, child: Child) -> bool:
        with self._lock:
            if self._stopping.is_set():
                return True
            log.error("service_died", service=child.name)
            try:
                child.start()
                child.wait_until_ready()
            except (ServiceError, OSError) as error:
                log.error("service_not_restarted", service=child.name, reason=str(error))
                return False
        log.info("service_restarted", service=child.name)
        return True

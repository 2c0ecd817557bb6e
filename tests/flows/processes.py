"""Confab as an operator runs it: real web and worker processes that are stopped, killed and started again."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from server.config import ROOT
from tests.conftest import JWT_SECRET
from tests.support.peers import WEBHOOK_SECRET, Peer, eventually
from tests.support.ports import free_port
from tests.support.programs import signal_running
from tests.support.warm_programs import Process, cold, output_to, start

START_SECONDS = 60.0
STOP_SECONDS = 25.0
WEB, WORKER = "run.py", "worker.py"
# The second is set by `make coverage`, which measures these processes too.
PASSED_ON = ("PATH", "COVERAGE_PROCESS_CONFIG")


@dataclass
class Running:
    """One started process; its output goes to a file that is shown when it does not start."""

    name: str
    process: Process
    output: Path
    url: str = ""

    async def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(signal_number)
        return await self.ended()

    async def ended(self) -> int:
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    async def kill(self) -> None:
        """End it as a power cut would, unless it has ended."""
        self.process.kill()
        await self.ended()

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def says(self, text: str) -> bool:
        return text in self.output.read_text()


@dataclass
class Site:
    """A set of processes with one environment, and a client for talking to them."""

    session: aiohttp.ClientSession
    folder: Path
    environment: Mapping[str, str]
    root: Path = ROOT  # of the version that is run
    started: list[Running] = field(default_factory=list)

    async def web(self, **changes: str) -> Running:
        """A web process, without embedded workers by default; returns once it responds."""
        port = str(free_port())
        running = await self._start(WEB, {"PORT": port, "CONFAB_WORKER_EMBEDDED": "false"} | changes)
        running.url = f"http://127.0.0.1:{changes.get('PORT', port)}"
        await self._until(running, lambda: self._answers(running.url))
        return running

    async def worker(self, **changes: str) -> Running:
        """A worker process whose leases are short, so that a killed one is soon replaced."""
        return await self._start(WORKER, {"CONFAB_WORKER_LEASE_SECONDS": "2"} | changes)

    def peer(self, web: Running) -> Peer:
        return Peer(self.session, web.url)

    async def sign_in(self, web: Running) -> Peer:
        return await self.peer(web).sign_in("ana")

    async def _start(self, script: str, changes: Mapping[str, str]) -> Running:
        name = f"{script.removesuffix('.py')}-{len(self.started)}"
        output = self.folder / f"{name}.log"
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {**self.environment, **changes}
        with output_to(output) as streams:
            process = (
                start([script], environment, streams)
                if self.root == ROOT
                else cold([script], environment, streams, self.root)
            )
        running = Running(name, process, output)
        self.started.append(running)
        return running

    async def _until(self, running: Running, check: Any) -> None:
        async def ready() -> bool:
            assert running.is_running, running.output.read_text()
            return bool(await check())

        await eventually(ready, START_SECONDS)

    async def _answers(self, url: str) -> bool:
        try:
            async with self.session.get(f"{url}/health") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def close(self) -> None:
        for running in reversed(self.started):
            await running.kill()


def family(pid: int) -> list[int]:
    """A process and all that descend from it; without those that end while they are listed."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(descendant for child in children for descendant in family(int(child)))]


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Suspend a server: it keeps its connections and does not respond."""
    members = family(pid)
    signal_running(members, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_running(reversed(members), signal.SIGCONT)


def environment_of(database_url: str, redis_url: str, unipile_url: str, data_dir: Path) -> dict[str, str]:
    """What production sets, with test tokens."""
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "UNIPILE_DSN": unipile_url,
        "UNIPILE_API_KEY": "sandbox-key",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "JWT_SECRET": JWT_SECRET,
        "DATA_DIR": str(data_dir),
        "CONFAB_AUTH_TEST_TOKENS": "true",
    }

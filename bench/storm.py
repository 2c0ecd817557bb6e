"""Opens thousands of idle sockets, kills the instance, and measures the time until all have reconnected and joined.

    python bench/storm.py [--sockets 5000]

One web process with an embedded worker on its own durable Postgres and Redis; the clients reconnect as browsers do:
after a random delay with backoff, within a window that doubles from half a second to ten.
"""

import argparse
import asyncio
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from subprocess import Popen
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.compare import DURABLE, JWT, SECRET  # noqa: E402 - the path is set above
from server.embedded.children import free_port  # noqa: E402
from tests.support.services import Services, run_services  # noqa: E402

USERS = 50
OPENING = 100
FIRST_WINDOW, LAST_WINDOW = 0.5, 10.0


def start(services: Services, database: str, port: int, provider: str) -> "Popen[bytes]":
    """Start an instance on `port`."""
    settings = {
        "PORT": str(port),
        "DATABASE_URL": database,
        "REDIS_URL": services.redis_url,
        "UNIPILE_DSN": provider,
        "UNIPILE_API_KEY": "bench-key-71c5d0",
        "WEBHOOK_SECRET": SECRET,
        "JWT_SECRET": JWT,
        "CONFAB_AUTH_TEST_TOKENS": "true",
        "CONFAB_LOG_LEVEL": "warning",
        "DATA_DIR": tempfile.mkdtemp(prefix="confab-storm-"),
    }
    return Popen([sys.executable, "run.py"], cwd=ROOT, env={**os.environ, **settings})


def resident_kib(pid: int) -> int:
    """Resident memory of a process in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


class Browser:
    """One socket that reconnects automatically."""

    def __init__(self, session: aiohttp.ClientSession, url: str, signed_in: dict[str, Any]) -> None:
        self._session, self._url, self._signed_in = session, url, signed_in
        self.is_back = asyncio.Event()
        self.tries = 0

    async def live(self, gate: asyncio.Semaphore) -> None:
        window = FIRST_WINDOW
        while True:
            try:
                async with gate:
                    self.tries += 1
                    socket = await self._open()
                window = FIRST_WINDOW
                self.is_back.set()
                async for _ in socket:
                    pass
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            self.is_back.clear()
            await asyncio.sleep(random.uniform(0, window))
            window = min(LAST_WINDOW, window * 2)

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        async with asyncio.timeout(15):
            socket = await self._session.ws_connect(self._url, compress=0, max_msg_size=0)
            await socket.send_json({"event": "auth", "data": {"token": self._signed_in["token"]}, "id": 1})
            joined = {"user_id": self._signed_in["user"]["id"], "cursors": {}}
            await socket.send_json({"event": "join-user", "data": joined, "id": 2})
            while True:
                frame = await socket.receive_json()
                if frame.get("ack") == 2 and frame["ok"]:
                    return socket
                if frame.get("ok") is False:
                    raise OSError("rejected")


async def wait_until_up(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(f"{url}/health") as answer:
                if answer.status == 200:
                    return
        except (aiohttp.ClientError, OSError):
            pass
        await asyncio.sleep(0.05)


async def sign_in(session: aiohttp.ClientSession, url: str, name: str) -> dict[str, Any]:
    async with session.post(f"{url}/api/auth/test-token", json={"user_id": name}) as answer:
        signed_in: dict[str, Any] = await answer.json()
        return signed_in


async def measure(services: Services, count: int) -> None:
    port = free_port()
    url, provider = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    database = services.create_database(template=None)
    process = start(services, database, port, provider)
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await wait_until_up(session, url)
            users = [await sign_in(session, url, f"agent-{n}") for n in range(USERS)]
            empty = resident_kib(process.pid)
            browsers = [Browser(session, f"{url}/ws", users[n % USERS]) for n in range(count)]
            gate = asyncio.Semaphore(OPENING)
            begun = time.perf_counter()
            tasks = [asyncio.create_task(browser.live(gate)) for browser in browsers]
            await asyncio.gather(*(browser.is_back.wait() for browser in browsers))
            print(f"opened {count} sockets in {time.perf_counter() - begun:.1f} s")
            await asyncio.sleep(3)
            opened = resident_kib(process.pid)
            print(f"idle: {opened / 1024:.0f} MiB, {(opened - empty) / count:.1f} KiB per socket")
            process.kill()
            process.wait()
            for browser in browsers:
                browser.is_back.clear()
            begun = time.perf_counter()
            process = start(services, database, port, provider)
            await asyncio.gather(*(browser.is_back.wait() for browser in browsers))
            print(
                f"all reconnected {time.perf_counter() - begun:.1f} s after the kill, including the restart"
            )
            for task in tasks:
                task.cancel()
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sockets", type=int, default=5000)
    options = parser.parse_args()
    most = 2 * options.sockets + 1000
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (most, max(most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    )
    with run_services(DURABLE) as services:
        asyncio.run(measure(services, options.sockets))


if __name__ == "__main__":
    main()

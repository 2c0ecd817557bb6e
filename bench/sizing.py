"""Measures what sockets, webhooks and messages take: bytes, and CPU time, which other programs hardly change.

    python -m bench.sizing [--messages 10000] [--sends 500] [--sockets 1000]

A web process and a worker on a durable Postgres and Redis, against the sandbox in this process. Webhooks first wait in
Redis without a worker, which then stores them; more are received, sockets are opened, and messages are sent.
"""

import argparse
import asyncio
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import aiohttp

from bench.compare import DURABLE
from bench.storm import Browser
from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from server.config import ROOT
from tests.flows.processes import environment_of, family
from tests.flows.rows import Rows, watching
from tests.support.fixtures_stack import serving
from tests.support.peers import Peer, eventually, message_received
from tests.support.ports import free_port
from tests.support.services import Services, run_services

WAITING, CHATS, AT_ONCE = 2_000, 500, 32
SOCKETS_AT_ONCE, SETTLE_SECONDS, IDLE_SECONDS, PATIENCE = 50, 3, 20, 600
TICK = os.sysconf("SC_CLK_TCK")
# 85 letters, in words that search indexes.
TEXT = "Bom dia, gostaria de saber se o pedido {0} já saiu para entrega, obrigada pela ajuda"
QUICK = SandboxSettings(ok_seconds=0.01, sync_seconds=0.02, echo_seconds=0.01, delivered_seconds=0.02)
CALM = {"CONFAB_LOG_LEVEL": "warning", "CONFAB_PACE_ENABLED": "false", "CONFAB_LIMITS_ENABLED": "false"}
ACCOUNT, SENDING, USERS = "acc-1", "acc-2", 20
LARGEST = """
    select relname, pg_total_relation_size(oid) from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by 2 desc limit 8"""


def pss_mb(pid: int) -> float:
    """The memory of a process, with its share of what it shares."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (found,) = re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found) / 1024


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all that it has started, ended ones included."""
    total = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        total += sum(int(value) for value in fields[11:15])
    return total / TICK


@dataclass
class Scene:
    """The processes, and what is measured of them."""

    services: Services
    rows: Rows
    settings: dict[str, str]
    web: int = 0
    worker: int = 0

    # CPU seconds a second, of what runs periodically.
    idle: dict[str, float] = field(default_factory=dict)
    started: list[Popen[bytes]] = field(default_factory=list)

    def start(self, script: str) -> int:
        """As an operator does: a process forked from another would share its memory."""
        process = Popen([sys.executable, script], cwd=ROOT, env={"PATH": os.environ["PATH"], **self.settings})
        self.started.append(process)
        return process.pid

    def stop(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()

    def cpu(self) -> dict[str, float]:
        postgres, redis = self.services.postgres.child.pid, self.services.valkey.child.pid
        named = {"web": self.web, "worker": self.worker, "Postgres": postgres, "Redis": redis}
        return {name: cpu_seconds(pid) for name, pid in named.items() if pid}

    def bytes(self) -> dict[str, int]:
        """Of the database, of its log so far, of Redis's memory and append-only file."""
        ((size, log),) = self.rows.ask(
            "select pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
        )
        with self.services.redis() as redis:
            info: Any = redis.info()
        return {
            "Postgres": size,
            "Postgres's log": log,
            "Redis": info["used_memory"],
            "Redis's file": info["aof_current_size"],
        }

    async def is_quiet(self) -> bool:
        """No job is left but those of later."""
        with self.services.redis() as redis:
            return next(redis.scan_iter("arq:job:*", count=1000), None) is None

    async def stored(self, count: int) -> None:
        async def is_there() -> bool:
            found = await asyncio.to_thread(self.rows.ask, "select count(*) from channels_message")
            return bool(found[0][0] >= count)

        await eventually(is_there, PATIENCE)
        await eventually(self.is_quiet, PATIENCE)
        await asyncio.sleep(SETTLE_SECONDS)

    def state(self) -> "State":
        return time.monotonic(), self.cpu(), self.bytes()

    async def watch_idle(self) -> None:
        """What all of it takes when there is nothing to do, which is not charged to messages."""
        before = self.cpu()
        await asyncio.sleep(IDLE_SECONDS)
        self.idle = {name: (value - before[name]) / IDLE_SECONDS for name, value in self.cpu().items()}
        print(f"idle, CPU ms a second: {listed({name: rate * 1e3 for name, rate in self.idle.items()})}")

    def report(self, what: str, before: "State", count: int) -> None:
        """CPU time and bytes of each of `count`, since `before`."""
        (begun, cpu, size), (ended, cpu_now, size_now) = before, self.state()
        used = {
            name: (value - cpu[name] - self.idle.get(name, 0) * (ended - begun)) / count * 1e6
            for name, value in cpu_now.items()
        }
        grown = {name: (value - size[name]) / count for name, value in size_now.items()}
        print(f"{what} ({count:,})")
        print(f"   CPU: {listed(used)}, together {sum(used.values()):,.0f} µs")
        print(f"   bytes: {listed(grown)}", flush=True)


State = tuple[float, dict[str, float], dict[str, int]]


def listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:,.0f}" for name, value in values.items())


async def deliver(peer: Peer, first: int, count: int) -> None:
    """Messages of as many customers as there are chats, in turn, some at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(n: int) -> None:
        event = message_received(
            ACCOUNT, TEXT.format(n), phone=f"55119{n % CHATS:08}", name=f"Bia Lima {n % CHATS}"
        )
        async with gate:
            answer = await peer.deliver(event)
        if answer.status != 200:
            raise RuntimeError(f"a webhook was answered {answer.status}")

    await asyncio.gather(*(one(n) for n in range(first, first + count)))


async def send(agent: Peer, account: int, count: int) -> None:
    """To the one chat that the sandbox knows, one after the other."""
    path = f"/api/channels/whatsapp/{account}/chats"
    (chat,) = await eventually(lambda: agent.chats(account), PATIENCE)
    for n in range(count):
        body = {"text": TEXT.format(n), "client_id": f"sizing-{n}"}
        await agent.ok("POST", f"{path}/{chat['id']}/send", body)


async def open_sockets(scene: Scene, agent: Peer, count: int) -> None:
    """Idle ones, of 20 users."""
    users = [await agent.ok("POST", "/api/auth/test-token", {"user_id": f"agent-{n}"}) for n in range(USERS)]
    before = pss_mb(scene.web)
    gate = asyncio.Semaphore(SOCKETS_AT_ONCE)
    browsers = [Browser(agent.session, f"{agent.url}/ws", users[n % USERS]) for n in range(count)]
    tasks = [asyncio.create_task(browser.live(gate)) for browser in browsers]
    await asyncio.gather(*(browser.is_back.wait() for browser in browsers))
    await asyncio.sleep(SETTLE_SECONDS)
    print(f"sockets ({count:,}): {(pss_mb(scene.web) - before) * 1024 / count:.1f} KiB each", flush=True)
    for task in tasks:
        task.cancel()


async def measure(scene: Scene, sandbox: Peer, options: argparse.Namespace) -> None:
    scene.web = scene.start("run.py")
    agent = await eventually(lambda: signed_in(sandbox.session, f"http://127.0.0.1:{scene.settings['PORT']}"))
    print(f"web, started: {pss_mb(scene.web):.0f} MB")
    await sandbox.ok("POST", "/sandbox/accounts", {"id": ACCOUNT})
    await agent.link_account(ACCOUNT)
    before = scene.state()
    await deliver(agent, 0, WAITING)
    scene.report("webhooks that wait", before, WAITING)
    scene.worker = scene.start("worker.py")
    await scene.stored(WAITING)
    print(f"worker, after them: {pss_mb(scene.worker):.0f} MB")
    await scene.watch_idle()
    before = scene.state()
    await deliver(agent, WAITING, options.messages)
    await scene.stored(WAITING + options.messages)
    scene.report("messages received", before, options.messages)
    print("   tables:", listed({name: size / 2**20 for name, size in scene.rows.ask(LARGEST)}), "MB")
    await open_sockets(scene, agent, options.sockets)
    await measure_sends(scene, sandbox, agent, options.sends)
    print(f"web {pss_mb(scene.web):.0f} MB, worker {pss_mb(scene.worker):.0f} MB after all of it")


async def measure_sends(scene: Scene, sandbox: Peer, agent: Peer, count: int) -> None:
    """From an account of its own: each is answered, called out, echoed, and ticked twice."""
    await sandbox.ok("POST", "/sandbox/accounts", {"id": SENDING})
    account = (await agent.link_account(SENDING))["id"]
    customer = {"phone_number": "5511988880000", "name": "Bia Lima"}
    await sandbox.ok("POST", "/sandbox/messages", {"account_id": SENDING, "from": customer, "text": "Oi"})
    (stored,) = scene.rows.ask("select count(*) from channels_message")
    before = scene.state()
    await send(agent, account, count)
    await scene.stored(stored[0] + count)
    scene.report("messages sent", before, count)


async def signed_in(session: aiohttp.ClientSession, url: str) -> Peer | None:
    try:
        return await Peer(session, url).sign_in("ana")
    except aiohttp.ClientError:
        return None


async def run(services: Services, options: argparse.Namespace) -> None:
    services.make_template()
    database, sandbox_port, port = services.create_database(), free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="confab-sizing-") as folder:
        settings = environment_of(
            database, services.redis_url, f"http://127.0.0.1:{sandbox_port}", Path(folder)
        )
        settings |= {"PORT": str(port), "CONFAB_WORKER_EMBEDDED": "false", **CALM}
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            serving(create_sandbox(QUICK), sandbox_port) as url,
            aiohttp.ClientSession(connector=connector) as session,
        ):
            with watching(services.superuser_url_of(database)) as rows:
                scene = Scene(services, rows, settings)
                try:
                    await measure(scene, Peer(session, url), options)
                finally:
                    scene.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("messages", 10_000), ("sends", 500), ("sockets", 1_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    most = 2 * options.sockets + 1000
    hard = max(most, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    with run_services(DURABLE) as services:
        asyncio.run(run(services, options))


if __name__ == "__main__":
    main()

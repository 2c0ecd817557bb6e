"""Offers a process five times as many reads as it answers, and measures what that does to reads, webhooks and sockets.

    python bench/overload.py [--times 5] [--seconds 60] [--connections 600]

One web process with an embedded worker on its own durable Postgres and Redis. First its capacity: pages of chats, by 16
connections. Then so many times that rate from many connections, beside 20 webhooks a second and ten sockets. Then the
time until a read is as fast as before.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import orjson

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.compare import DURABLE, SECRET  # noqa: E402 - the path is set above
from bench.storm import Browser, sign_in, start, wait_until_up  # noqa: E402
from server.embedded.children import free_port  # noqa: E402
from server.process.event_loop import Loop  # noqa: E402
from server.rules.account_states import Seen  # noqa: E402
from server.store.accounts import accounts  # noqa: E402
from server.store.db import database  # noqa: E402
from tests.support.peers import message_received  # noqa: E402
from tests.support.services import Services, run_services  # noqa: E402

CHATS, SOCKETS, WEBHOOKS_A_SECOND = 50, 10, 20
CALM_CONNECTIONS, CALM_SECONDS, BACK_WITHIN = 16, 5.0, 30.0

# Latencies in milliseconds by status.
Times = dict[int, list[float]]


class Reader:
    """A connection that sends the same request again and again, at most `rate` times a second."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )

    async def read(self, times: Times, end: float, rate: float | None) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        due = time.perf_counter()
        while (begun := time.perf_counter()) < end:
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            times[int(head[9:12])].append((time.perf_counter() - begun) * 1000)
            if rate is not None:
                due = max(due + 1 / rate, begun)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.close()


async def offer(port: int, path: str, token: str, count: int, seconds: float, rate: float | None) -> Times:
    """Read over `count` connections, together at most `rate` times a second."""
    times: Times = defaultdict(list)
    end = time.perf_counter() + seconds
    each = None if rate is None else rate / count
    await asyncio.gather(*(Reader(port, path, token).read(times, end, each) for _ in range(count)))
    return times


def summary(times: list[float]) -> str:
    if len(times) < 2:
        return f"{len(times)} answers"
    p99 = statistics.quantiles(times, n=100)[98]
    return f"{len(times)} answers, p50 {statistics.median(times):.0f} ms, p99 {p99:.0f} ms"


async def deliver(session: aiohttp.ClientSession, url: str, n: int) -> float:
    """Post a webhook; the milliseconds until its acknowledgement."""
    body = message_received("acc-1", f"t {n}", chat_id=f"chat-{n % CHATS}", message_id=f"m-{n}")
    begun = time.perf_counter()
    headers = {"Unipile-Auth": SECRET, "Content-Type": "application/json"}
    async with session.post(
        f"{url}/api/webhooks/unipile/messages", data=orjson.dumps(body), headers=headers
    ) as answer:
        await answer.read()
        if answer.status != 200:
            print("webhook", answer.status)
    return (time.perf_counter() - begun) * 1000


async def deliver_all(session: aiohttp.ClientSession, url: str, seconds: float) -> list[float]:
    """Post webhooks at a fixed rate."""
    begun, tasks = time.perf_counter(), []
    for n in range(int(WEBHOOKS_A_SECOND * seconds)):
        await asyncio.sleep(max(0.0, begun + n / WEBHOOKS_A_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(deliver(session, url, 1000 + n)))
    return await asyncio.gather(*tasks)


async def link_account(url: str, user_id: int) -> int:
    """An account of the user's, which UniPile does not know."""
    own = await database.connect(url, size=1, statement_timeout_ms=5000, connect_timeout_seconds=5)
    found = await own.write(accounts.take_over_account, user_id, "whatsapp", "acc-1", seen=Seen.WORKS)
    await own.close()
    if found is None:
        raise SystemExit("The account is another user's.")
    return found


async def time_back(port: int, path: str, token: str, before_ms: float) -> float:
    """The seconds until a read takes at most twice as long as before the overload."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < BACK_WITHIN:
        times = await offer(port, path, token, 1, 0.2, None)
        if 200 in times and statistics.median(times[200]) <= 2 * before_ms:
            return time.perf_counter() - begun
    return BACK_WITHIN


async def measure(services: Services, options: argparse.Namespace) -> None:
    port, provider = free_port(), f"http://127.0.0.1:{free_port()}"
    url, where = f"http://127.0.0.1:{port}", services.create_database(template=None)
    process = start(services, where, port, provider)
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await wait_until_up(session, url)
            signed_in = await sign_in(session, url, "agent")
            account_id = await link_account(where, signed_in["user"]["id"])
            await asyncio.gather(*(deliver(session, url, n) for n in range(CHATS)))
            browsers = [Browser(session, f"{url}/ws", signed_in) for _ in range(SOCKETS)]
            gate = asyncio.Semaphore(SOCKETS)
            tasks = [asyncio.create_task(browser.live(gate)) for browser in browsers]
            await asyncio.gather(*(browser.is_back.wait() for browser in browsers))
            await asyncio.sleep(3)
            await run(session, url, port, signed_in, account_id, options)
            print(
                f"sockets that had to reconnect: {sum(browser.tries > 1 for browser in browsers)} of {SOCKETS}"
            )
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        process.terminate()
        process.wait()


async def run(
    session: aiohttp.ClientSession,
    url: str,
    port: int,
    signed_in: dict[str, Any],
    account_id: int,
    options: argparse.Namespace,
) -> None:
    path, token = f"/api/channels/whatsapp/{account_id}/chats?limit=50", signed_in["token"]
    alone = statistics.median((await offer(port, path, token, 1, 2, None))[200])
    calm = (await offer(port, path, token, CALM_CONNECTIONS, CALM_SECONDS, None))[200]
    capacity = len(calm) / CALM_SECONDS
    print(
        f"capacity: {capacity:.0f} reads/s; one reader: {alone:.1f} ms; {CALM_CONNECTIONS}: {summary(calm)}"
    )
    rate = capacity * options.times
    begun = time.perf_counter()
    times, acknowledged = await asyncio.gather(
        offer(port, path, token, options.connections, options.seconds, rate),
        deliver_all(session, url, options.seconds),
    )
    lasted = time.perf_counter() - begun
    offered = sum(len(answers) for answers in times.values())
    print(f"offered up to {rate:.0f} reads/s for {lasted:.0f} s; answered {offered / lasted:.0f}/s")
    for status, answers in sorted(times.items()):
        print(f"  {status}: {len(answers) / lasted:.0f}/s, {summary(answers)}")
    print(f"  webhooks: {summary(acknowledged)} until acknowledged")
    print(f"back to at most {2 * alone:.1f} ms after {await time_back(port, path, token, alone):.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--connections", type=int, default=600)
    options = parser.parse_args()
    with run_services(DURABLE) as services, asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(measure(services, options))


if __name__ == "__main__":
    main()

"""Measures reads of a database that has grown for years: `python -m bench.grow [messages [chats [accounts]]]`.

By default ten million messages in 50,000 chats of ten accounts, a tenth of them in one chat, on a temporary Postgres.
They are written without triggers and before their indexes, which takes minutes instead of hours. Then each read is
asked over HTTP, from one client, with pages from memory switched off; the export and the erasure of a contact follow.
"""

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psycopg2.extensions

from docs.make_pictures import running_on
from server.web.app_keys import DATABASE
from tests.browser.screens import sign_in_demo_user
from tests.support.factories import make_account
from tests.support.fixtures_stack import Stack
from tests.support.large_rows import FILL, MESSAGES_OF, NAMES, SETTLE, without_triggers
from tests.support.peers import Peer, eventually
from tests.support.services import Services, run_services

MESSAGES, CHATS, ACCOUNTS = (
    int(given) for given in (sys.argv[1:] + ["10000000", "50000", "10"][len(sys.argv) - 1 :])
)
ROUNDS, PAGE, WRITERS, JOB_SECONDS = 100, 50, 2, 900
API = "/api/channels/whatsapp"
# Shared by the servers of a machine of 4 GB.
LARGE = {"shared_buffers": "1GB", "max_wal_size": "8GB", "maintenance_work_mem": "1GB"}
Ask = Callable[[int], Awaitable[object]]


@dataclass
class Grown:
    """A database whose superuser writes without triggers."""

    services: Services
    url: str

    @contextmanager
    def connect(self) -> Iterator[psycopg2.extensions.connection]:
        with without_triggers(self.services.superuser_url_of(self.url)) as connection:
            yield connection

    def run(self, *statements: str, **values: Any) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, values)

    def take_indexes(self) -> list[str]:
        """Drop the indexes of messages that no constraint needs; returns what makes them again."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                """select indexname, indexdef from pg_indexes where tablename = 'channels_message'
                   and indexname not in (select conname from pg_constraint)"""
            )
            found = cursor.fetchall()
            for name, _ in found:
                cursor.execute(f"drop index {name}")
        return [definition for _, definition in found]


async def grow(database: Grown, accounts: list[int]) -> None:
    """Write all rows and print how long it took."""
    begun = time.perf_counter()
    values = {
        "accounts": accounts,
        "count": ACCOUNTS,
        "names": list(NAMES),
        "chats": CHATS,
        "messages": MESSAGES,
    }
    database.run(*FILL, **values)
    definitions = database.take_indexes()
    bounds = [MESSAGES * part // WRITERS for part in range(WRITERS + 1)]
    await asyncio.gather(
        *(
            asyncio.to_thread(database.run, MESSAGES_OF, **values, first=first + 1, last=last)
            for first, last in pairwise(bounds)
        )
    )
    written = time.perf_counter()
    database.run(*definitions)
    database.run(*SETTLE, **values)
    database.run("vacuum (analyze)")
    print(
        f"{MESSAGES:,} messages written in {written - begun:.0f} s, indexed in {time.perf_counter() - written:.0f} s",
        flush=True,
    )


async def measure(name: str, ask: Ask) -> None:
    times = []
    for n in range(ROUNDS):
        begun = time.perf_counter()
        await ask(n)
        times.append(1000 * (time.perf_counter() - begun))
    times.sort()
    print(
        f"{name:44} p50 {statistics.median(times):7.1f} ms   p95 {times[int(len(times) * 0.95)]:7.1f} ms",
        flush=True,
    )


async def find_page(agent: Peer, path: str, pages: int) -> str:
    """The path of the page that follows so many, or of the last one."""
    found = path
    for _ in range(pages):
        cursor = (await agent.ok("GET", found))["next_cursor"]
        found = f"{path}&cursor={cursor}" if cursor else found
    return found


def asking(agent: Peer, accounts: list[int], path: str) -> Ask:
    """Asks for the path; `{account}` and `{chat}` stand for random ones that belong together, `{name}` for a name."""
    dice = random.Random(7)

    async def ask(_: int) -> object:
        chat = dice.randrange(CHATS)
        account, name = accounts[(chat + 1) % ACCOUNTS], dice.choice(NAMES).lower()
        return await agent.ok("GET", path.format(account=account, chat=chat + 1, name=name))

    return ask


async def measure_reads(agent: Peer, accounts: list[int]) -> None:
    """What an inbox asks: lists, threads, changes, counts and searches."""
    account = accounts[1 % ACCOUNTS]
    chats, large = (f"{API}/{account}/{path}?limit={PAGE}" for path in ("chats", "chats/1/messages"))
    for name, path in (
        ("chats, first page", f"{API}/{{account}}/chats?limit={PAGE}"),
        ("chats, 20th page", await find_page(agent, chats, 20)),
        ("chats, unread", f"{API}/{{account}}/chats?limit={PAGE}&filter=unread"),
        ("messages, newest of a chat", f"{API}/{{account}}/chats/{{chat}}/messages?limit={PAGE}"),
        ("messages, newest of the large chat", large),
        ("messages, 20th page of the large chat", await find_page(agent, large, 20)),
        ("messages, around an old one of the large chat", f"{large}&around={MESSAGES // 2 // 10 * 10 + 5}"),
        (
            "changes after a gap of 500",
            f"{API}/{account}/changes?since={MESSAGES - 500 * ACCOUNTS}&limit=500",
        ),
        ("unread counts", f"{API}/unread"),
        ("counts of chats", f"{API}/counts"),
        ("contacts, first page", f"{API}/contacts?limit=50"),
        ("contacts, by name", f"{API}/contacts?limit=50&q={{name}}"),
        ("chats, by name", f"{API}/{{account}}/chats?q={{name}}"),
    ):
        await measure(name, asking(agent, accounts, path))
    await measure("search, a name", lambda n: agent.ok("GET", f"/api/search?q={NAMES[n % 12].lower()}"))
    await measure("search, a part of a number", lambda n: agent.ok("GET", f"/api/search?q=4900 {n + 10}"))


async def measure_contact(agent: Peer, account: int) -> None:
    """The export and the erasure of the contact of the large chat, until they are done."""
    begun = time.perf_counter()
    export = (await agent.ok("POST", f"{API}/{account}/exports", {"contact_id": 1}))["export"]

    async def is_exported() -> bool:
        items = (await agent.ok("GET", f"{API}/{account}/exports"))["items"]
        return any(item["id"] == export["id"] and item["state"] == "ready" for item in items)

    await eventually(is_exported, JOB_SECONDS)
    print(f"{'export of the large chat':44} {time.perf_counter() - begun:9.1f} s", flush=True)
    begun = time.perf_counter()
    await agent.ok("DELETE", f"{API}/{account}/contacts/1")

    async def is_erased() -> bool:
        found = await agent.ok("GET", f"{API}/{account}/contacts/1/erasure")
        return bool(found["erasure"]["state"] == "done")

    await eventually(is_erased, JOB_SECONDS)
    print(f"{'erasure of the large chat':44} {time.perf_counter() - begun:9.1f} s")


async def open_accounts(stack: Stack) -> list[int]:
    """The demo user's accounts, without messages."""
    agent = await sign_in_demo_user(stack)
    return [await make_account(stack, agent, f"acc-{n}") for n in range(ACCOUNTS)]


async def main() -> None:
    """Grow the database, then ask it."""
    with run_services(LARGE) as services:
        services.make_template()
        database = Grown(services, services.create_database())
        async with running_on(
            services, database.url, with_workers=False, CONFAB_WEB_PAGE_CACHE_BYTES="0"
        ) as stack:
            accounts = await open_accounts(stack)
            await grow(database, accounts)
            size = await stack.app[DATABASE].read(fetch_size)
            print(f"database {size / 2**30:.1f} GiB, load average {os.getloadavg()[0]:.1f}")
            await measure_reads(await sign_in_demo_user(stack), accounts)
        async with running_on(services, database.url) as stack:
            await measure_contact(await sign_in_demo_user(stack), accounts[1 % ACCOUNTS])


async def fetch_size(cursor: Any) -> int:
    await cursor.execute("select pg_database_size(current_database())")
    return int((await cursor.fetchone())[0])


if __name__ == "__main__":
    asyncio.run(main())

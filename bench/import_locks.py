"""Measures for how long an import of contacts makes others wait: `python -m bench.import_locks [rows]`, on a temporary,
durable Postgres.

A table of 200,000 contacts with a name, two fields and a label is imported into an account of 1,000 chats, first as new
contacts, then once more with other names. Meanwhile one connection stores as messages do (it locks the account and
changes chats), and another changes contacts and values of fields, as users do. Postgres itself says how long each
waited for a lock (`log_lock_waits`), and samples of all locks how long the longest wait was.
"""

import asyncio
import os
import random
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from subprocess import Popen
from threading import Event, Thread

import psycopg2
import psycopg2.extensions

from bench.compare import DURABLE
from server.config import ROOT, load_config
from tests.browser.screens import sign_in_demo_user
from tests.server.handlers.test_contact_imports import imports_path, upload
from tests.support.factories import make_account, make_label
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import eventually
from tests.support.services import run_services

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
CHATS = 1_000
# Waits of less are not logged.
LOGGED = {**DURABLE, "log_lock_waits": "on", "deadlock_timeout": "1ms"}
WAITED = re.compile(r"acquired \w+ .* after ([0-9.]+) ms")
PAUSE, SAMPLE_PAUSE, POLL_SECONDS = 0.002, 0.005, 0.5
IDLE_SECONDS = 20.0
CHATS_OF = """
    insert into channels_chat (account_id, provider_chat_id, kind, seq)
    select %s, 'chat-' || n, 'direct', n from generate_series(1, %s) n"""
MESSAGE = (
    "select from channels_account where id = %(account_id)s for no key update",
    """update channels_chat set updated_at = now() where account_id = %(account_id)s and provider_chat_id =
        'chat-' || %(dice)s %% 1000 + 1""",
)
CONTACT = (
    """update channels_contact set own_name = 'Someone ' || %(dice)s where id = (
        select k.id from channels_contact k where k.account_id = %(account_id)s and k.id >= (
            select min(o.id) + %(dice)s from channels_contact o where o.account_id = %(account_id)s)
        order by k.id limit 1)""",
    """update channels_contact set own_name = 'Newest ' || %(dice)s where id = (
        select max(k.id) from channels_contact k where k.account_id = %(account_id)s)""",
)
# Also by whom, and what they are doing: the import is who holds a lock on a row of its table.
SAMPLE = """
    select extract(epoch from clock_timestamp() - l.waitstart) * 1000, b.pid is not null,
        concat_ws(' ', b.state, b.wait_event_type, b.wait_event)
    from pg_locks l
    left join lateral (
        select a.pid, a.state, a.wait_event_type, a.wait_event from unnest(pg_blocking_pids(l.pid)) x (pid)
        join pg_locks h on h.pid = x.pid and h.relation = 'contact_import'::regclass and h.granted
        join pg_stat_activity a on a.pid = x.pid limit 1) b on true
    where not l.granted and l.waitstart is not null"""
LONG_MS = 50.0


@dataclass
class Writer:
    """Runs transactions until it is stopped, and notes how long it waited for locks, in milliseconds."""

    name: str
    url: str
    statements: tuple[str, ...]
    account_id: int
    stopped: Event
    waits: list[float] = field(default_factory=list)
    transactions: list[float] = field(default_factory=list)

    def run(self) -> None:
        with closing(psycopg2.connect(self.url)) as connection:
            connection.cursor().execute("set client_min_messages = log")
            connection.commit()
            while not self.stopped.wait(PAUSE):
                began = time.perf_counter()
                self._write(connection)
                self.transactions.append((time.perf_counter() - began) * 1000)
                self.waits += _logged_waits(connection)

    def _write(self, connection: psycopg2.extensions.connection) -> None:
        values = {"account_id": self.account_id, "dice": random.randrange(ROWS)}
        with connection, connection.cursor() as cursor:
            for statement in self.statements:
                cursor.execute(statement, values)

    def report(self) -> str:
        times = sorted(self.transactions)
        return (
            f"{self.name:9} {len(times):7,} transactions, median {statistics.median(times):5.1f} ms, 99 % within "
            f"{times[len(times) * 99 // 100]:5.1f} ms, the longest {times[-1]:5.1f} ms; waited for a lock "
            f"{len(self.waits):5,} times, at most {max(self.waits, default=0):5.1f} ms"
        )


def _logged_waits(connection: psycopg2.extensions.connection) -> list[float]:
    found = [WAITED.search(notice) for notice in connection.notices]
    connection.notices.clear()
    return [float(one[1]) for one in found if one]


@dataclass
class Sampler:
    """Looks how long the longest wait for any lock lasts, and what the import does in long ones."""

    url: str
    stopped: Event
    n: int = 0
    longest: float = 0.0
    longest_for_import: float = 0.0
    meanwhile: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not self.stopped.wait(SAMPLE_PAUSE):
                cursor.execute(SAMPLE)
                self.n += 1
                for ms, is_for_import, doing in cursor.fetchall():
                    self._note(float(ms), is_for_import, doing)

    def _note(self, ms: float, is_for_import: bool, doing: str) -> None:
        self.longest = max(self.longest, ms)
        if is_for_import:
            self.longest_for_import = max(self.longest_for_import, ms)
            if ms > LONG_MS:
                self.meanwhile[doing] += 1

    def report(self) -> str:
        found = f"the longest wait {self.longest:.1f} ms, for the import {self.longest_for_import:.1f} ms"
        more = f"; above {LONG_MS:.0f} ms the import was in {dict(self.meanwhile)}" if self.meanwhile else ""
        return f"in {self.n:,} samples {found}{more}"


def table_of(city: str) -> str:
    """A table of people; each hundredth row has no phone number, and is rejected."""
    return "phone,own_name,City,Score,labels\n" + "".join(_lines(city))


def _lines(city: str) -> Iterator[str]:
    for n in range(ROWS):
        phone = "" if n % 100 == 99 else f"+3519{n:08}"
        yield f"{phone},{city} Person {n},{city} {n % 977},{n % 13},Imported\n"


async def finished(stack: Stack, import_id: int, state: str) -> tuple[int, ...]:
    """Wait until an import has this state: from the database, since a token would expire meanwhile."""
    statement = "select state, added, updated, unchanged, rejected from contact_import where id = %s"

    async def counts() -> tuple[int, ...] | None:
        await asyncio.sleep(POLL_SECONDS)
        ((found, *numbers),) = await stack.execute(statement, import_id)
        return tuple(numbers) if found == state else None

    counted: tuple[int, ...] = await eventually(counts, seconds=3600)
    return counted


@asynccontextmanager
async def others_writing(stack: Stack, account_id: int) -> AsyncIterator[None]:
    """Let others write, and print how long they waited."""
    stopped, url = Event(), str(stack.config.database.url)
    writers = [
        Writer("messages", url, MESSAGE, account_id, stopped),
        Writer("contacts", url, CONTACT, account_id, stopped),
    ]
    sampler = Sampler(url, stopped)
    threads = [Thread(target=run) for run in (*(one.run for one in writers), sampler.run)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    for writer in writers:
        print(f"  {writer.report()}")
    print(f"  {sampler.report()}")


async def import_table(stack: Stack, account_id: int, city: str) -> None:
    """Import a table while others write."""
    owner = await sign_in_demo_user(stack)
    made = await upload(owner, account_id, table_of(city))
    path = imports_path(account_id, f"/{made['id']}")
    await owner.ok("POST", f"{path}/check", {"targets": made["targets"]})
    await finished(stack, made["id"], "checked")
    owner = await sign_in_demo_user(stack)
    print(f"{city}:", flush=True)
    async with others_writing(stack, account_id):
        began = time.perf_counter()
        await owner.ok("POST", f"{path}/start")
        counted = await finished(stack, made["id"], "done")
        seconds = time.perf_counter() - began
    added, updated, unchanged, rejected = counted
    print(f"  {added:,} added, {updated:,} updated, {unchanged:,} unchanged, {rejected:,} rejected", end="")
    print(f" in {seconds:.0f} s, {ROWS / seconds:,.0f} rows a second", flush=True)


@contextmanager
def worker_of(environment: dict[str, str]) -> Iterator[None]:
    with Popen([sys.executable, "worker.py"], cwd=ROOT, env={**os.environ, **environment}) as worker:
        try:
            yield
        finally:
            worker.terminate()


@asynccontextmanager
async def running() -> AsyncIterator[Stack]:
    """A web process in this one, and a worker in its own."""
    with run_services(LOGGED) as services, tempfile.TemporaryDirectory() as folder:
        services.make_template()
        environment = {
            "DATABASE_URL": services.create_database(),
            "REDIS_URL": services.redis_url,
            "UNIPILE_DSN": "http://127.0.0.1:9",
            "UNIPILE_API_KEY": "sandbox-key",
            "WEBHOOK_SECRET": "sandbox-webhook-secret",
            "JWT_SECRET": secrets.token_urlsafe(48),
            "DATA_DIR": folder,
            "CONFAB_LOG_LEVEL": "warning",
        }
        config = load_config(environment, ROOT / "config.toml")
        async with run_stack(config, with_workers=False, is_demo=True) as stack:
            with worker_of(environment):
                yield stack


async def main() -> None:
    async with running() as stack:
        owner = await sign_in_demo_user(stack)
        account_id = await make_account(stack, owner)
        await stack.execute("update users set role = 'owner' where id = %s", owner.user_id)
        await make_label(owner, "Imported")
        for name, kind in (("City", "text"), ("Score", "number")):
            await owner.ok("POST", "/api/contact-fields", {"name": name, "kind": kind})
        await stack.execute(CHATS_OF, account_id, CHATS)
        print("without an import:")
        async with others_writing(stack, account_id):
            await asyncio.sleep(IDLE_SECONDS)
        for city in ("Lisboa", "Porto"):
            await import_table(stack, account_id, city)


if __name__ == "__main__":
    asyncio.run(main())

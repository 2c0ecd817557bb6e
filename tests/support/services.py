"""Real servers for the tests: an embedded Postgres and Redis, and fresh databases on demand."""

import itertools
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import redis

from server.config import ROOT, Redis
from server.embedded.folders import open_data_dir
from server.embedded.postgres import Postgres
from server.embedded.valkey import Valkey
from server.process.migrate import migrate
from tests.support.other_servers import make_postgres, make_redis

TEMPLATE = "migrated"
# The data is discarded after the test run: nothing needs to reach the disk.
# Nor does the password of its role need a slow key: deriving it took half of each connection's time.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "scram_iterations": "1",
}


def redis_at(url: str, **changes: Any) -> Redis:
    """The configuration of a Redis at this address."""
    with (ROOT / "config.toml").open("rb") as file:
        return Redis(url=url, **(tomllib.load(file)["redis"] | changes))


@dataclass
class Services:
    """The servers of one test process; tests that stop a server take their own Services."""

    postgres: Postgres
    valkey: Valkey
    _database_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def redis_url(self) -> str:
        return self.valkey.url

    def redis(self) -> "closing[redis.Redis]":
        """A client of the Redis, for a `with` block."""
        return closing(redis.Redis.from_url(self.redis_url, decode_responses=True))

    def url_of(self, database: str) -> str:
        """Return the address of a database as the ordinary role."""
        return self.postgres.url.rpartition("/")[0] + f"/{database}"

    def superuser_url_of(self, url: str) -> str:
        """Return the address of the same database as the superuser."""
        return self.postgres.superuser_url.rpartition("/")[0] + f"/{url.rpartition('/')[2]}"

    def create_database(self, *, template: str | None = TEMPLATE) -> str:
        """Create a database, migrated unless `template` is None, and return its address."""
        name = f"test_{next(self._database_ids)}"
        self.command(f"create database {name} owner confab" + (f" template {template}" if template else ""))
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Drop it, even with open connections."""
        self.command(f"drop database if exists {url.rpartition('/')[2]} with (force)")

    def make_template(self) -> None:
        """Create and migrate the template of the other databases."""
        self.command(f"create database {TEMPLATE} owner confab")
        migrate(self.url_of(TEMPLATE))

    def command(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the superuser."""
        with closing(psycopg2.connect(self.superuser_url_of(self.url_of(database)))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)


# Ignored signals stay ignored: what exceeds the limit for a file is then an error of the write, and kills nothing.
LIMITABLE = ("/bin/sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh")


@contextmanager
def run_valkey(*, is_limitable: bool = False) -> Iterator[Valkey]:
    """A Redis that a test may stop, fill up or turn into a replica; or whose files it may limit (RLIMIT_FSIZE)."""
    folder = Path(tempfile.mkdtemp(prefix="confab-tests-"))
    folder.chmod(0o711)
    valkey = make_redis(open_data_dir(folder))
    if is_limitable:
        valkey.child.command = [*LIMITABLE, *valkey.child.command]
    valkey.child.start()
    try:
        valkey.child.wait_until_ready()
        yield valkey
    finally:
        valkey.child.stop()
        shutil.rmtree(folder)


@contextmanager
def run_services(settings: dict[str, str] | None = None) -> Iterator[Services]:
    """Start a Postgres and a Redis with their own data; both are removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="confab-tests-"))
    # When the tests run as root the servers run as another user, who needs access to this folder.
    folder.chmod(0o711)
    data_dir = open_data_dir(folder)
    postgres, valkey = make_postgres(data_dir, {**FAST, **(settings or {})}), make_redis(data_dir)
    try:
        valkey.child.start()
        postgres.prepare()
        postgres.child.start()
        postgres.child.wait_until_ready()
        postgres.create_role_and_database()
        valkey.child.wait_until_ready()
        yield Services(postgres, valkey)
    finally:
        postgres.child.stop()
        valkey.child.stop()
        shutil.rmtree(folder)

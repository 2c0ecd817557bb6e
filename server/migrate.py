"""Brings a database to the newest schema with yoyo, one process at a time."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import yoyo

from server.config import ROOT

MIGRATIONS = ROOT / "migrations"
# Any number will do, as long as it stays the same.
ADVISORY_LOCK = 5_276_401_183
POLL_SECONDS = 0.1
LOCK_SECONDS = 300.0


class MigrationError(Exception):
    """The schema could not be changed; the message is one sentence."""


def migrate(url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is pending and return its names; safe to run in several processes at once."""
    with _only_one(url), _backend(url) as backend:
        waiting = backend.to_apply(yoyo.read_migrations(str(folder)))
        for migration in waiting:
            _apply(backend, migration)
        return [migration.id for migration in waiting]


def pending(url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Return the names of the migrations the database lacks."""
    with _only_one(url), _backend(url) as backend:
        return [migration.id for migration in backend.to_apply(yoyo.read_migrations(str(folder)))]


def roll_back(url: str, count: int = 1, folder: Path = MIGRATIONS) -> list[str]:
    """Undo the last `count` migrations, the newest first, and return their names."""
    with _only_one(url), _backend(url) as backend:
        undone = list(backend.to_rollback(yoyo.read_migrations(str(folder))))[:count]
        for migration in undone:
            backend.rollback_one(migration)
        return [migration.id for migration in undone]


@contextmanager
def _only_one(url: str) -> Iterator[None]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            _wait_for_lock(cursor)
            _clear_yoyo_lock(cursor)
            yield


def _wait_for_lock(cursor: Any) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        # Polled: a blocking wait holds a snapshot, and CREATE INDEX CONCURRENTLY waits for those, for ever.
        cursor.execute("select pg_try_advisory_lock(%s)", (ADVISORY_LOCK,))
        if cursor.fetchone()[0]:
            return
        if time.monotonic() > deadline:
            raise MigrationError(
                f"Another process has been migrating for {LOCK_SECONDS:.0f} s: look at it first."
            )
        time.sleep(POLL_SECONDS)


def _clear_yoyo_lock(cursor: Any) -> None:
    # yoyo takes its own lock, a committed row, when it sets up its tables. Under ours any row it finds was
    # left by a killed process, and would stop every start from now on.
    cursor.execute("select to_regclass('yoyo_lock') is not null")
    if cursor.fetchone()[0]:
        cursor.execute("delete from yoyo_lock")


@contextmanager
def _backend(url: str) -> Iterator[Any]:
    backend = yoyo.get_backend(url)
    try:
        yield backend
    finally:
        backend.connection.close()


def _apply(backend: Any, migration: Any) -> None:
    try:
        backend.apply_one(migration)
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise MigrationError(f"Migration {migration.id} failed and was undone: {reason}") from error

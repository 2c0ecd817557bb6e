"""Applies migrations with yoyo, each in one transaction under an advisory lock."""

import getpass
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import structlog
import yoyo
from yoyo.backends.core.postgresql import PostgresqlBackend
from yoyo.connections import DatabaseURI
from yoyo.internalmigrations import needs_upgrading, upgrade
from yoyo.migrations import default_migration_table

from server.config import ROOT
from server.errors import Unavailable
from server.store.db.connect_errors import (
    explain_connect_error,
    message_of,
    missing_create_right,
    missing_right,
    unsupported_reason,
)
from server.store.db.opening import Opening, plan_opening

MIGRATIONS = ROOT / "migrations"
# An arbitrary number that must never change.
ADVISORY_LOCK = 5_276_401_183
POLL_SECONDS = 0.1
WARN_SECONDS, LOCK_SECONDS = 3.0, 300.0
CONNECT_SECONDS = 10
# Migrations have no time limit, even if the role has one.
SETTINGS = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
LOCK_HOLDER = """
    select l.pid, a.state from pg_locks l left join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and (l.classid::bigint << 32 | l.objid::bigint) = %s
        and l.database = (select oid from pg_database where datname = current_database())"""

log = structlog.get_logger(__name__)


class MigrationError(Exception):
    """The schema could not be read or migrated; the message is one sentence."""


class Backend(PostgresqlBackend):  # type: ignore[misc]
    """yoyo's backend on one connection, which may lead through a transaction pooler: no lock and no setting outlives a
    transaction. yoyo's own lock is a committed row, which would outlive a killed process, and is not used.
    """

    # The information schema hides tables on which the role has no privileges.
    list_tables_sql = "select tablename from pg_tables where schemaname = :schema"

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        super().__init__(DatabaseURI("postgresql", *[None] * 5, {}), default_migration_table)

    def connect(self, dburi: object) -> Any:
        try:
            connection = psycopg2.connect(self._opening.dsn)
        except psycopg2.OperationalError as error:
            raise Unavailable(explain_connect_error(error, self._opening.dsn)) from error
        connection.autocommit = True
        return connection

    def begin(self) -> None:
        try:
            super().begin()
            self.execute(self._opening.preamble)
        except psycopg2.Error as error:
            raise Unavailable(explain_connect_error(error, self._opening.dsn)) from error

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, object]:
        """What yoyo notes of a migration. Its own way asks a resolver for this machine's full name while the lock is
        held: one that does not answer held up each migration for as long as it waited.
        """
        return {
            "id": str(uuid.uuid1()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": getpass.getuser(),
            "hostname": socket.gethostname(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


def migrate(url: str, folder: Path = MIGRATIONS, *, up_to: str | None = None) -> list[str]:
    """Apply pending migrations, up to `up_to` (a name, or its number), and return those applied here; safe to run in
    several processes at once.
    """
    migrations = yoyo.read_migrations(str(folder))
    chosen = migrations if up_to is None else migrations.filter(_is_up_to(_named(migrations, up_to)))
    with _backend(url) as backend:
        applied = list(iter(lambda: _apply_next(backend, chosen), None))
        if newer := _unknown(backend, migrations):
            log.warning(
                "schema_is_newer", migrations=newer, advice="A newer Confab has migrated this database."
            )
        return applied


def pending(url: str, folder: Path = MIGRATIONS) -> list[str]:
    """The names of the pending migrations; changes nothing and takes no lock."""
    migrations = yoyo.read_migrations(str(folder))
    with _backend(url) as backend, backend.transaction():
        return [migration.id for migration in _pending(backend, migrations)]


def unknown(url: str, folder: Path = MIGRATIONS) -> list[str]:
    """The names of applied migrations that this version of Confab does not have."""
    with _backend(url) as backend:
        return _unknown(backend, yoyo.read_migrations(str(folder)))


def require_create(url: str) -> None:
    """Raise MigrationError unless the role may create tables in the schema."""
    with _backend(url) as backend, backend.transaction():
        _require_create(backend)


def applied_after(url: str, name: str, folder: Path = MIGRATIONS) -> list[str]:
    """The applied migrations after this one (a name, or its number), newest first. Raises MigrationError for those of
    a newer Confab: only it knows how to roll them back.
    """
    migrations = yoyo.read_migrations(str(folder))
    last = _named(migrations, name)
    with _backend(url) as backend:
        if newer := _unknown(backend, migrations):
            raise MigrationError(
                f"A newer Confab applied {', '.join(newer)}: roll back with that version, then start this one."
            )
        with backend.transaction():
            if needs_upgrading(backend):
                return []
            return [migration.id for migration in backend.to_rollback(migrations) if migration.id > last]


def roll_back(url: str, count: int = 1, folder: Path = MIGRATIONS) -> list[str]:
    """Roll back the last `count` migrations, newest first, and return their names."""
    migrations = yoyo.read_migrations(str(folder))
    with _backend(url) as backend:
        undone = [_undo_last(backend, migrations) for _ in range(count)]
    return [name for name in undone if name is not None]


def latest(folder: Path = MIGRATIONS) -> str:
    """The name of the newest migration of this version of Confab."""
    return max(path.stem for path in folder.glob("[0-9]*.sql") if not path.stem.endswith(".rollback"))


def _named(migrations: Any, given: str) -> str:
    """The full name of a migration; raises MigrationError if there is none, or if several begin like this."""
    found = [str(one.id) for one in migrations if one.id == given or one.id.startswith(f"{given}.")]
    if len(found) != 1:
        raise MigrationError(f"There is no migration {given}: the folder migrations/ has their names.")
    return found[0]


def _is_up_to(last: str) -> Callable[[Any], bool]:
    return lambda migration: bool(migration.id <= last)


@contextmanager
def _backend(url: str) -> Iterator[Any]:
    opening = plan_opening(url, SETTINGS, connect_timeout_seconds=CONNECT_SECONDS, in_session=False)
    backend = Backend(opening)
    with closing(backend.connection):
        if unfit := unsupported_reason(backend.connection):
            raise MigrationError(unfit)
        yield backend


def _apply_next(backend: Any, migrations: Any) -> str | None:
    with _locked_transaction(backend):
        migration = next(iter(_pending(backend, migrations)), None)
        if migration is None:
            return None
        _require_create(backend)
        if needs_upgrading(backend):
            upgrade(backend)
        _run(backend, migration, "apply", backend.mark_one, "failed and was undone")
    return str(migration.id)


def _undo_last(backend: Any, migrations: Any) -> str | None:
    with _locked_transaction(backend):
        if needs_upgrading(backend):
            return None
        migration = next(iter(backend.to_rollback(migrations)), None)
        if migration is None:
            return None
        _run(backend, migration, "rollback", backend.unmark_one, "could not be rolled back")
    return str(migration.id)


def _run(backend: Any, migration: Any, direction: str, mark: Callable[..., None], failure: str) -> None:
    try:
        migration.process_steps(backend, direction)
        backend.log_migration(migration, direction)
        mark(migration, log=False)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise MigrationError(f"Migration {migration.id} {failure}. {missing_right(error)}") from error
    except psycopg2.Error as error:
        raise MigrationError(f"Migration {migration.id} {failure}: {message_of(error)}") from error


def _pending(backend: Any, migrations: Any) -> list[Any]:
    if needs_upgrading(backend):
        return list(migrations)
    return list(backend.to_apply(migrations))


def _unknown(backend: Any, migrations: Any) -> list[str]:
    known = {migration.hash for migration in migrations}
    with backend.transaction():
        if needs_upgrading(backend):
            return []
        names = backend.execute(
            f"select migration_hash, migration_id from {default_migration_table} order by 2"
        ).fetchall()
    return [name for digest, name in names if digest not in known]


def _require_create(backend: Any) -> None:
    schema, may, role, database = backend.execute(
        """select quote_ident(current_schema()), has_schema_privilege(current_schema(), 'create'),
                  quote_ident(current_user), quote_ident(current_database())"""
    ).fetchone()
    if not may:
        raise MigrationError(missing_create_right(schema, role, database))


@contextmanager
def _locked_transaction(backend: Any) -> Iterator[None]:
    """A transaction that holds the advisory lock."""
    begun, has_warned = time.monotonic(), False
    while True:
        with backend.transaction():
            # Polled: a session that waits in Postgres holds a snapshot, for which CREATE INDEX CONCURRENTLY would wait.
            if backend.execute(f"select pg_try_advisory_xact_lock({ADVISORY_LOCK})").fetchone()[0]:
                yield
                return
            waited = time.monotonic() - begun
            if waited > WARN_SECONDS and not has_warned:
                log.warning("waiting_for_migrations", held_by=_holder(backend))
                has_warned = True
            if waited > LOCK_SECONDS:
                raise MigrationError(
                    f"Another process has been migrating for {LOCK_SECONDS:.0f} s ({_holder(backend)}): "
                    "wait for it, or end it with `select pg_terminate_backend(…)`."
                )
        time.sleep(POLL_SECONDS)


def _holder(backend: Any) -> str:
    found = backend.cursor()
    found.execute(LOCK_HOLDER, (ADVISORY_LOCK,))
    row = found.fetchone()
    return f"process {row[0]} of Postgres, {row[1] or 'of another role'}" if row else "it has just ended"

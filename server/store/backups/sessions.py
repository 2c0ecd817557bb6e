"""Plain connections for backups: COPY, and transactions that last for hours, are nothing for the pool."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class, as aiopg's

from server.errors import ConfabError, Unavailable
from server.store.db.connect_errors import explain_connect_error, unsupported_reason
from server.store.db.opening import plan_opening

__all__ = ["Cursor", "hold_lock", "list_others", "open_transaction", "still_holds"]

CONNECT_SECONDS = 10
# No time limits, even if the role has some; and what a value looks like as text must not depend on the server.
SETTINGS = {
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
SINCE_17 = "transaction_timeout"
# An arbitrary number that must never change: of two backups or restores at once, one is denied.
ADVISORY_LOCK = 5_276_401_184
LOCKED = "Another backup or restore is running on this database: wait until it has ended."


@contextmanager
def open_transaction(url: str, *, is_snapshot: bool = False) -> Iterator[Cursor]:
    """A cursor in a transaction of its own connection, committed at the end; `is_snapshot`: it reads one moment and
    writes nothing. Raises Unavailable for a server that cannot be used.
    """
    opening = plan_opening(url, {}, connect_timeout_seconds=CONNECT_SECONDS, in_session=False)
    try:
        connection = psycopg2.connect(opening.dsn)
    except psycopg2.OperationalError as error:
        raise Unavailable(explain_connect_error(error, opening.dsn)) from error
    with closing(connection):
        if reason := unsupported_reason(connection):
            raise Unavailable(reason)
        if is_snapshot:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection, connection.cursor() as cursor:
            _prepare(cursor, connection.server_version)
            yield cursor


def _prepare(cursor: Cursor, server_version: int) -> None:
    """Settings of the transaction, since a pooler may assign connections per transaction."""
    known = {name: value for name, value in SETTINGS.items() if name != SINCE_17 or server_version >= 170_000}
    cursor.execute(
        "select set_config(n, v, true) from unnest(%s, %s) x (n, v)", ([*known], [*known.values()])
    )
    cursor.execute("select set_config('timezone', 'UTC', true)")


@contextmanager
def hold_lock(url: str) -> Iterator[Cursor]:
    """Hold the lock of backups and restores; raises ConfabError("conflict") if another process has it. It ends with the
    connection, so a killed process leaves none.
    """
    with open_transaction(url) as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
        if not _value(cursor):
            raise ConfabError("conflict", LOCKED)
        yield cursor


def still_holds(lock: Cursor) -> bool:
    """Whether the connection of the lock is alive, and with it the lock."""
    try:
        lock.execute("select true")
    except psycopg2.Error:
        return False
    return bool(_value(lock))


def list_others(cursor: Cursor, lock: Cursor) -> list[int]:
    """Other connections of Confab to this database, by the ids of their server processes: it is running."""
    lock.execute("select pg_backend_pid()")
    own = [_value(lock)]
    cursor.execute("select pg_stat_clear_snapshot()")
    cursor.execute(
        """select pid from pg_stat_activity where datname = current_database() and application_name = 'confab'
               and pid <> pg_backend_pid() and pid <> all(%s) order by pid""",
        (own,),
    )
    return [row[0] for row in cursor.fetchall()]


def _value(cursor: Cursor) -> object:
    row = cursor.fetchone()
    return row and row[0]

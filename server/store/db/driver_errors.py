"""Translates the driver's errors: what passes by itself becomes Unavailable, everything else stays as it is."""

import asyncio

import psycopg2

from server.cancellation import is_ending
from server.errors import Unavailable
from server.store.db.aiopg_internals import is_lost_connection

# Postgres ended the session, as it does for a transaction that idled too long; the class is not OperationalError.
SESSION_ENDED = ("25P03", "25P04")
BUSY, UNREACHABLE = "The database was too busy.", "The database is not reachable."


class StatementTimeout(Unavailable):
    """Postgres cancelled a statement that ran longer than `statement_timeout`."""


class ReadOnly(Unavailable):
    """Postgres accepts no writes: a standby, or `default_transaction_read_only`."""


class TranslatedErrors:
    """A context in which errors of a lost or overloaded Postgres become Unavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, Exception) and is_ending():
            # aiopg waits for the statement to end, and the cancellation would be lost in its error.
            raise asyncio.CancelledError from error
        if isinstance(error, psycopg2.errors.LockNotAvailable | psycopg2.errors.QueryCanceled):
            raise StatementTimeout(BUSY) from error
        if isinstance(error, psycopg2.errors.ReadOnlySqlTransaction):
            raise ReadOnly("The database accepts no writes at the moment.") from error
        if isinstance(error, psycopg2.Error) and error.pgcode in SESSION_ENDED:
            raise Unavailable(UNREACHABLE) from error
        if error is not None and is_lost_connection(error):
            raise Unavailable(UNREACHABLE) from error
        if isinstance(error, asyncio.CancelledError) and not is_ending():
            # aiopg turns a server-side statement_timeout into a cancellation.
            raise StatementTimeout(BUSY) from error

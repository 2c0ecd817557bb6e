"""Hands the connections that one test closes to the next: a new one reads the catalogue anew for each table it uses."""

import select
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, connection, cursor, parse_dsn

# Postgres of the tests permits 100 connections; the one parked longest is closed.
MOST_PARKED = 32
# What `discard all` does, except that functions keep their plans.
RESET = """
close all; set session authorization default; reset all; deallocate all; unlisten *;
select pg_advisory_unlock_all(); discard temp; discard sequences
"""


class Warm:
    """Stands in for a connection of one test: closed, it is parked if it waits for a statement, outside a transaction.

    Its first statement, which aiopg takes for the end of connecting, takes back what the test before has set.
    """

    def __init__(self, parking: "Parking", key: object, inner: connection, reset: cursor | None) -> None:
        self._parking, self._key, self._inner = parking, key, inner
        # psycopg2 needs the cursor until the statement is done.
        self._reset = reset
        self._is_parked = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property
    def closed(self) -> int:
        return 1 if self._is_parked else self._inner.closed

    def close(self) -> None:
        if self._is_parked:
            return
        inner = self._inner
        is_idle = not inner.closed and not inner.isexecuting()
        if is_idle and inner.get_transaction_status() == TRANSACTION_STATUS_IDLE:
            self._is_parked = True
            self._parking.park(self._key, inner)
        else:
            inner.close()


class Parking:
    """The connections that no test uses, by everything they were opened with."""

    def __init__(self, url: str) -> None:
        self._database = _database_of(url)
        # While a test opens each connection as a program does.
        self.is_off = False
        self._parked: deque[tuple[object, connection]] = deque()

    def park(self, key: object, inner: connection) -> None:
        self._parked.append((key, inner))
        if len(self._parked) > MOST_PARKED:
            self._parked.popleft()[1].close()

    def open(self, dsn: str | None = None, **options: Any) -> Any:
        """Stands in for psycopg2.connect; what is not asynchronous or goes elsewhere is opened as ever."""
        is_async = bool(options.get("async_"))
        if self.is_off or dsn is None or not is_async or _database_of(dsn) != self._database:
            return _connect(dsn, **options)
        key = (dsn, *sorted(options.items()))
        if (inner := self._take(key)) is None:
            return Warm(self, key, _connect(dsn, **options), None)
        reset = inner.cursor()
        reset.execute(RESET)
        return Warm(self, key, inner, reset)

    def close(self) -> None:
        while self._parked:
            self._parked.pop()[1].close()

    def _take(self, key: object) -> connection | None:
        """The one parked last that Postgres has not ended."""
        for item in [item for item in reversed(self._parked) if item[0] == key]:
            self._parked.remove(item)
            # Postgres says nothing to a client that waits, except that it ends the session.
            if not select.select([item[1].fileno()], [], [], 0)[0]:
                return item[1]
            item[1].close()
        return None


_connect = psycopg2.connect


def _database_of(dsn: str) -> tuple[str | None, ...]:
    parts = parse_dsn(dsn)
    return tuple(parts.get(name) for name in ("host", "port", "dbname"))


@contextmanager
def warm_connections(url: str) -> Iterator[Parking]:
    """Keep the asynchronous connections to this database."""
    parking = Parking(url)
    with mock.patch.object(psycopg2, "connect", parking.open):
        yield parking
    parking.close()

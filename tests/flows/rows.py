"""Looks at a database from outside the processes under test, and holds its locks while a test wants it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any

import psycopg2
import psycopg2.extensions


@contextmanager
def watching(url: str) -> Iterator["Rows"]:
    """A separate connection, in autocommit."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        yield Rows(connection)


class Rows:
    def __init__(self, connection: psycopg2.extensions.connection) -> None:
        self._connection = connection

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def stored(self) -> list[str]:
        """The provider ids of all messages, sorted."""
        return [row[0] for row in self.ask("select provider_msg_id from channels_message order by 1")]

    def counted(self) -> int:
        """Received messages as billed."""
        return int(self.ask("select coalesce(sum(messages_rcvd), 0) from channels_usage")[0][0])

    def unread(self) -> int:
        return int(self.ask("select coalesce(sum(unread_count), 0) from channels_chat")[0][0])

    def dead(self) -> int:
        return int(self.ask("select count(*) from dead_letters where state = 'dead'")[0][0])

    def waits_for_a_lock(self) -> bool:
        """Whether a transaction waits for a row lock."""
        return bool(self.ask("select 1 from pg_stat_activity where wait_event_type = 'Lock'"))

    def holds_exactly(self, ids: Sequence[str]) -> bool:
        """Each of these messages is stored once and counted once, and nothing else is."""
        return self.stored() == sorted(ids) and self.counted() == self.unread() == len(ids)

    def holds_all(self, ids: Sequence[str]) -> bool:
        """Each of these is stored; what else is (its answer was lost on the way) is counted once too."""
        stored = self.stored()
        return set(ids) <= set(stored) and self.counted() == self.unread() == len(stored) == len(set(stored))


@asynccontextmanager
async def holding_accounts(url: str) -> AsyncIterator[None]:
    """Hold a lock on every account's row: storing an event waits for it."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        # Not in the loop's thread: the holder of a row lock may need this loop to release it.
        await asyncio.to_thread(cursor.execute, "select id from channels_account for update")
        yield


@asynccontextmanager
async def holding_reports(url: str) -> AsyncIterator[None]:
    """Let no transaction write what reports count."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        await asyncio.to_thread(cursor.execute, "lock table report_chat_day in share mode")
        yield

"""The connections that tests hand on: a test gets one as if it were new, or a new one."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import aiopg
import pytest

from tests.support.services import Services


def opened(url: str) -> AbstractAsyncContextManager[aiopg.Connection]:
    """A connection as our pool opens it."""
    return aiopg.connect(url, enable_hstore=False, enable_json=False, enable_uuid=False)


async def backend_of(connection: aiopg.Connection) -> int:
    (pid,) = await fetch(connection, "select pg_backend_pid()")
    return int(pid)


async def fetch(connection: aiopg.Connection, statement: str) -> tuple[Any, ...]:
    async with connection.cursor() as cursor:
        await cursor.execute(statement)
        return tuple(await cursor.fetchone()) if cursor.description else ()


async def test_nothing_that_one_test_has_set_reaches_the_next(database_url: str) -> None:
    async with opened(database_url) as connection:
        pid = await backend_of(connection)
        await fetch(connection, "set search_path = nowhere; prepare mine as select 1; listen calls")
        await fetch(connection, "create temp table mine(); select pg_advisory_lock(4711)")
    assert connection.closed
    async with opened(database_url) as connection:
        assert await backend_of(connection) == pid
        assert await fetch(connection, "show search_path") == ('"$user", public',)
        left = await fetch(
            connection,
            """select (select count(*) from pg_prepared_statements), (select count(*) from pg_listening_channels()),
                      (select count(*) from pg_locks where locktype = 'advisory' and objid = 4711),
                      to_regclass('mine')""",
        )
        assert left == (0, 0, 0, None)


async def test_a_connection_in_a_transaction_is_closed(database_url: str) -> None:
    async with opened(database_url) as connection:
        pid = await backend_of(connection)
        await fetch(connection, "begin")
    async with opened(database_url) as connection:
        assert await backend_of(connection) != pid


async def test_a_connection_that_postgres_has_ended_is_not_handed_on(
    database_url: str, services: Services
) -> None:
    async with opened(database_url) as connection:
        pid = await backend_of(connection)
    services.command(f"select pg_terminate_backend({pid}, 10000)")
    async with opened(database_url) as connection:
        assert await backend_of(connection) != pid


@pytest.mark.new_connections
async def test_a_test_can_ask_for_new_connections(database_url: str) -> None:
    pids = set()
    for _ in range(2):
        async with opened(database_url) as connection:
            pids.add(await backend_of(connection))
    assert len(pids) == 2

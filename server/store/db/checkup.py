"""Reads what `run.py doctor` checks: version and clock of Postgres, rights and limits of the role, slow statements."""

import re
from datetime import datetime
from typing import NamedTuple

import psycopg2
from aiopg import Cursor

MOST_STATEMENTS = 10
MAX_LENGTH = 300
# Postgres replaces the values of most statements itself; those of `set` and of other commands it keeps.
VALUES = re.compile(
    r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|(?<![\w$.])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", re.DOTALL | re.IGNORECASE
)
SPACE = re.compile(r"\s+")
STATEMENTS = """
    select s.calls, s.total_exec_time / 1000, s.mean_exec_time, s.rows, s.query
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where d.datname = current_database()
    order by s.total_exec_time desc limit %s"""
NOT_THERE = (
    psycopg2.errors.UndefinedTable,
    psycopg2.errors.ObjectNotInPrerequisiteState,
    psycopg2.errors.InsufficientPrivilege,
)


class Server(NamedTuple):
    """The server behind DATABASE_URL, and what the role may do there."""

    version: str
    moment: datetime
    role: str
    # The lowest of the limits of the server, the database and the role. Reserved connections are not counted.
    connections: int


async def fetch_server(cursor: Cursor) -> Server:
    await cursor.execute(
        """select current_setting('server_version'), clock_timestamp(), quote_ident(session_user), least(
                  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                      - coalesce(current_setting('reserved_connections', true)::int, 0),
                  (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user),
                  (select nullif(datconnlimit, -1) from pg_database where datname = current_database()))"""
    )
    return Server(*await cursor.fetchone())


async def list_applied_migrations(cursor: Cursor) -> set[str]:
    """The names of the applied migrations, also those that a newer version has applied."""
    await cursor.execute("select to_regclass('_yoyo_migration') is not null")
    if not (await cursor.fetchone())[0]:
        return set()
    await cursor.execute("select migration_id from _yoyo_migration")
    return {row[0] for row in await cursor.fetchall()}


async def list_denied_tables(cursor: Cursor) -> list[str]:
    """Confab's tables on which the role lacks one of the privileges it needs."""
    await cursor.execute(
        """select c.oid::regclass::text from pg_class c
           where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname !~ 'yoyo'
               and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
                        and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
           order by 1"""
    )
    return [row[0] for row in await cursor.fetchall()]


class SlowStatement(NamedTuple):
    """A statement since the statistics were reset: calls, seconds in all, milliseconds on average, rows, its text."""

    calls: int
    seconds: float
    mean_ms: float
    rows: int
    text: str


async def list_slow_statements(cursor: Cursor) -> list[SlowStatement] | None:
    """The statements that took the most time in all, the slowest first; None without the extension."""
    try:
        await cursor.execute(STATEMENTS, (MOST_STATEMENTS,))
    except NOT_THERE:
        return None
    return [SlowStatement(*row)._replace(text=without_values(row[-1])) for row in await cursor.fetchall()]


def without_values(text: str) -> str:
    """A statement on one line with ? for each value."""
    return SPACE.sub(" ", VALUES.sub("?", text)).strip()[:MAX_LENGTH]

"""Reads what `run.py doctor` checks: version and clock of Postgres, privileges and connection limit of the role."""

from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor


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

"""Reads a whole database at one moment: its tables as COPY writes them, its sequences, its media files."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from psycopg2 import sql
from yoyo.migrations import default_migration_table

from server.store.backups.sessions import Cursor

# Of the installation itself, which a restored system is another one of.
OWN_TABLES = ("backup", "installation")
LIST_FILES = 'copy (select sha256, size from channels_media_blob order by sha256 collate "C") to stdout'


class Writes(Protocol):
    """What COPY writes to."""

    def write(self, data: bytes, /) -> object: ...


class Table(NamedTuple):
    """A table and the columns that are stored; generated ones are computed again."""

    name: str
    columns: Sequence[str]


class Moment(NamedTuple):
    """When the snapshot was taken, by the database's clock, and in which schema."""

    at: str
    migration: str
    server_version: str


def read_moment(cursor: Cursor) -> Moment:
    """The moment of the snapshot, which begins with this."""
    cursor.execute(
        f"""select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
               (select max(migration_id) from {default_migration_table}), current_setting('server_version')"""
    )
    row = cursor.fetchone()
    assert row is not None  # noqa: S101 - a select without a table
    return Moment(*row)


def list_tables(cursor: Cursor) -> list[Table]:
    """All tables of ours, by name, but those of the installation and of the migrations."""
    cursor.execute(
        """select c.relname::text, array_agg(a.attname::text order by a.attnum)
           from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname !~ 'yoyo'
               and c.relname <> all(%s) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
           group by c.relname order by c.relname""",
        (list(OWN_TABLES),),
    )
    return [Table(*row) for row in cursor.fetchall()]


def list_sequences(cursor: Cursor) -> dict[str, int]:
    """The last value that each sequence of these tables has given. Sequences are in no snapshot: it is at least the
    last value in the rows.
    """
    cursor.execute(
        """select sequencename::text, coalesce(last_value, 0) from pg_sequences
           where schemaname = current_schema() and sequencename <> 'backup_id_seq' order by 1"""
    )
    return {name: int(value) for name, value in cursor.fetchall()}


def copy_table(cursor: Cursor, table: Table, file: Writes) -> int:
    """Write a table's rows to the file; returns how many there are."""
    statement = sql.SQL("copy {} ({}) to stdout").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    cursor.copy_expert(statement, file)
    return int(cursor.rowcount)


def copy_files(cursor: Cursor, file: Writes) -> None:
    """Write SHA-256 and size of each media file, a line each, in the order of the hashes."""
    cursor.copy_expert(LIST_FILES, file)

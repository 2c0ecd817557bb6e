"""Loads the tables of a backup into an empty database, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import IO, NamedTuple, Protocol, cast

from psycopg2 import sql

from server.store.backups.sessions import Cursor
from server.store.backups.snapshots import Table, list_tables

# After a restore ids go on above all that were given after the backup: none is ever used again (docs/protocol.md).
ID_DISTANCE = 100_000_000


class Reads(Protocol):
    """What COPY reads from."""

    def read(self, size: int = -1, /) -> bytes: ...


class Constraint(NamedTuple):
    """A foreign key, as it can be added again."""

    table: str
    name: str
    definition: str


def list_filled(cursor: Cursor) -> list[str]:
    """The tables that have rows; none if there are no tables yet."""
    tables = [table.name for table in list_tables(cursor)]
    if not tables:
        return []
    asked = [
        sql.SQL("select {} where exists (select from {})").format(sql.Literal(name), sql.Identifier(name))
        for name in tables
    ]
    cursor.execute(sql.SQL(" union all ").join(asked))
    return sorted(row[0] for row in cursor.fetchall())


def is_restoring(cursor: Cursor) -> bool:
    """Whether a restore has begun and not ended here."""
    cursor.execute("select to_regclass('installation') is not null")
    if not (found := cursor.fetchone()) or not found[0]:
        return False
    cursor.execute("select exists (select from installation where is_restoring)")
    row = cursor.fetchone()
    return bool(row and row[0])


def begin_restoring(cursor: Cursor) -> None:
    """Note that what is stored from now on is no whole system."""
    cursor.execute(
        """insert into installation (is_restoring) values (true)
           on conflict (is_only) do update set is_restoring = true"""
    )


def set_triggers(cursor: Cursor, tables: Sequence[Table], *, are_on: bool) -> None:
    """Switch our triggers: what they would compute is in the backup."""
    for table in tables:
        cursor.execute(
            sql.SQL("alter table {} {} trigger user").format(
                sql.Identifier(table.name), sql.SQL("enable" if are_on else "disable")
            )
        )


def empty_tables(cursor: Cursor) -> None:
    """Delete all rows that an unfinished restore has left."""
    tables = list_tables(cursor)
    set_triggers(cursor, tables, are_on=False)
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
    cursor.execute(sql.SQL("truncate {}").format(names))
    set_triggers(cursor, tables, are_on=True)


def drop_foreign_keys(cursor: Cursor) -> list[Constraint]:
    """Drop the foreign keys, so that tables are loaded in any order; added again, they check what was loaded."""
    cursor.execute(
        """select r.relname::text, c.conname::text, pg_get_constraintdef(c.oid)
           from pg_constraint c join pg_class r on r.oid = c.conrelid
           where c.contype = 'f' and r.relnamespace = current_schema()::regnamespace order by 1, 2"""
    )
    found = [Constraint(*row) for row in cursor.fetchall()]
    for each in found:
        cursor.execute(
            sql.SQL("alter table {} drop constraint {}").format(*map(sql.Identifier, (each.table, each.name)))
        )
    return found


def add_foreign_keys(cursor: Cursor, constraints: Sequence[Constraint]) -> None:
    """Add foreign keys again."""
    for each in constraints:
        cursor.execute(
            sql.SQL("alter table {} add constraint {} {}").format(
                sql.Identifier(each.table), sql.Identifier(each.name), sql.SQL(each.definition)
            )
        )


def load_table(cursor: Cursor, table: Table, file: Reads) -> int:
    """Load a table's rows from the file; returns how many there were."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    # The stubs ask for `readline` too, which it does not call.
    cursor.copy_expert(statement, cast(IO[bytes], file))
    return int(cursor.rowcount)


def set_sequences(cursor: Cursor, values: Mapping[str, int]) -> None:
    """Let each sequence go on well above its last value."""
    for name, value in values.items():
        cursor.execute("select setval(quote_ident(%s)::regclass, %s, true)", (name, value + ID_DISTANCE))


def analyze(cursor: Cursor) -> None:
    """Count what was loaded, or statements are planned for empty tables."""
    cursor.execute("analyze")

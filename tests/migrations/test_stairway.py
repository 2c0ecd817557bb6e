"""Each migration goes up, down and up again, and leaves exactly the schema it left the first time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg2
import pytest
import sqlparse
import yoyo

from server.process.migrate import ADVISORY_LOCK, MIGRATIONS, MigrationError, migrate, pending, roll_back
from tests.support.services import Services

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))
# Columns, indexes, constraints, functions and triggers: all that a migration can leave behind.
SCHEMA = """
select 'column', table_name, column_name, concat_ws(' ', data_type, is_nullable, column_default, is_identity,
       generation_expression, character_maximum_length, datetime_precision)
    from information_schema.columns where table_schema = 'public'
union all select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
union all select 'function', proname, '', pg_get_functiondef(oid)
    from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
        and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
    from pg_trigger where not tgisinternal
union all select 'type', typname, '', typtype::text
    from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
union all select 'extension', extname, '', '' from pg_extension
order by 1, 2, 3, 4
"""


def schema(url: str) -> list[tuple[str, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return cursor.fetchall()


@pytest.fixture(autouse=True)
def _split_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step reads all migrations below it again, and taking their statements apart takes most of its time."""
    split = cache(sqlparse.split)
    # yoyo changes the list that it gets.
    monkeypatch.setattr(sqlparse, "split", lambda text: [*split(text)])


@pytest.fixture
def empty_database(services: Services) -> Iterator[str]:
    url = services.create_database(template=None)
    yield url
    services.drop_database(url)


def ladder(folder: Path, count: int) -> Path:
    """A folder with the first `count` migrations only, so that `migrate` goes up one at a time."""
    folder.mkdir()
    for name in NAMES[:count]:
        for path in (MIGRATIONS / f"{name}.sql", MIGRATIONS / f"{name}.rollback.sql"):
            (folder / path.name).symlink_to(path)
    return folder


def test_every_migration_has_its_way_back() -> None:
    assert NAMES
    assert [name for name in NAMES if not (MIGRATIONS / f"{name}.rollback.sql").is_file()] == []


def test_migration_numbers_are_unique_and_without_a_gap() -> None:
    assert [name.split(".")[0] for name in NAMES] == [f"{number:04}" for number in range(1, len(NAMES) + 1)]


def test_migrations_go_up_down_and_up_again(empty_database: str, tmp_path: Path) -> None:
    before = schema(empty_database)
    for count, name in enumerate(NAMES, start=1):
        steps = ladder(tmp_path / name, count)
        assert migrate(empty_database, steps) == [name]
        up = schema(empty_database)
        if count == 1:
            # yoyo's own tables come with the first migration and stay.
            before = [row for row in up if "yoyo" in row[1]] + before
        assert roll_back(empty_database, 1, steps) == [name]
        assert sorted(schema(empty_database)) == sorted(before), f"{name} leaves something behind"
        assert migrate(empty_database, steps) == [name]
        assert schema(empty_database) == up, f"{name} is not the same the second time"
        before = up


def test_all_rollbacks_leave_an_empty_schema(empty_database: str) -> None:
    migrate(empty_database)
    assert roll_back(empty_database, len(NAMES)) == NAMES[::-1]
    left = [row for row in schema(empty_database) if row[0] != "extension" and "yoyo" not in row[1]]
    assert left == []


def test_pending_names_what_is_missing(empty_database: str) -> None:
    assert pending(empty_database) == NAMES
    assert migrate(empty_database) == NAMES
    assert pending(empty_database) == []
    assert migrate(empty_database) == []


def test_two_processes_that_start_together_apply_each_migration_once(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        applied = list(threads.map(migrate, [empty_database] * 4))
    assert sorted(name for names in applied for name in names) == NAMES


def test_a_lock_of_a_killed_process_does_not_stop_the_next_start(empty_database: str) -> None:
    """yoyo marks its lock with a committed row, which outlives a kill -9; ours ends with its connection."""
    yoyo.get_backend(empty_database).connection.close()
    with closing(psycopg2.connect(empty_database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("insert into yoyo_lock (locked, ctime, pid) values (1, now(), 4711)")
            cursor.execute("select pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    assert migrate(empty_database) == NAMES


def test_a_migration_that_fails_is_undone_and_named(empty_database: str, tmp_path: Path) -> None:
    (tmp_path / "0001.broken.sql").write_text("create table half (id int);\nselect 1 / 0;")
    with pytest.raises(MigrationError, match=r"0001\.broken failed and was undone: division by zero"):
        migrate(empty_database, tmp_path)
    assert [row for row in schema(empty_database) if row[1] == "half"] == []

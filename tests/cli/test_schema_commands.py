"""`migrate --to`, `rollback` and `--version`, as an operator runs them before and after an upgrade."""

import json
from contextlib import closing

import psycopg2
import pytest

from server import VERSION
from server.process.migrate import MIGRATIONS, latest
from tests.cli.programs import Settings, sentence
from tests.support.programs import run
from tests.support.services import Services

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))


@pytest.fixture
def empty(served: Settings, services: Services) -> Settings:
    return {**served, "DATABASE_URL": services.create_database(template=None)}


def applied(settings: Settings) -> list[str]:
    with closing(psycopg2.connect(settings["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("select migration_id from _yoyo_migration order by 1")
        return [row[0] for row in cursor.fetchall()]


def test_the_schema_moves_to_a_migration_and_back(empty: Settings) -> None:
    done = run("migrate", "--to", "0060", "--json", settings=empty)
    assert json.loads(done.stdout) == {"applied": NAMES[:60]}
    done = run("rollback", "--to", NAMES[57], "--yes", settings=empty)
    assert done.stdout.split() == [NAMES[59], NAMES[58]]
    assert applied(empty) == NAMES[:58]
    assert run("rollback", "--to", "0058", "--yes", settings=empty).stdout == "Nothing to roll back.\n"
    assert json.loads(run("migrate", "--json", settings=empty).stdout) == {"applied": NAMES[58:]}


def test_a_rollback_wants_to_be_confirmed(empty: Settings) -> None:
    run("migrate", "--to", "0002", settings=empty)
    assert "--yes" in sentence(empty, "rollback", "--to", "0001")
    assert applied(empty) == NAMES[:2]


@pytest.mark.parametrize("command", [("migrate",), ("rollback", "--yes")])
def test_an_unknown_migration_is_named(empty: Settings, command: tuple[str, ...]) -> None:
    assert "no migration 00" in sentence(empty, *command, "--to", "00")
    assert "no migration 9999" in sentence(empty, *command, "--to", "9999")


def test_only_the_newer_version_rolls_its_migrations_back(served: Settings) -> None:
    with (
        closing(psycopg2.connect(served["DATABASE_URL"])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "update _yoyo_migration set migration_hash = 'x', migration_id = '9000.later'"
            " where migration_id = %s",
            (latest(),),
        )
    assert "9000.later" in sentence(served, "rollback", "--to", "0060", "--yes")
    assert len(applied(served)) == len(NAMES)


def test_the_version_names_the_schema() -> None:
    shown = run("--version", settings={}).stdout
    assert shown == f"Confab {VERSION}, schema {NAMES[-1][:4]}\n"

"""`doctor --slow`: the slowest statements by total time, never a value; one sentence without the extension."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest

from server.cli.slow import show_slow_statements
from server.config import Config
from server.errors import Unavailable
from server.store.db.checkup import without_values
from tests.support.services import run_services

SECRET = "5511988880000"


@pytest.fixture
def counted(config: Config) -> Iterator[Config]:
    """A Postgres of its own that counts statements."""
    with run_services() as services:
        services.command("alter system set shared_preload_libraries = 'pg_stat_statements'")
        services.postgres.child.stop()
        services.postgres.child.start()
        services.postgres.child.wait_until_ready()
        url = services.create_database(template=None)
        with closing(psycopg2.connect(services.superuser_url_of(url))) as connection:
            connection.autocommit = True
            connection.cursor().execute("create extension pg_stat_statements")
        yield replace(config, database=replace(config.database, url=url))


def test_the_slowest_statements_are_shown_without_values(
    counted: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(psycopg2.connect(counted.database.url)) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.05) /* slowest */")
        for _ in range(3):
            cursor.execute(f"select '{SECRET}' as phone, 4711")
        cursor.execute(f"set application_name = '{SECRET}'")
        connection.commit()
    assert show_slow_statements(counted, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)["statements"]
    times = [statement["seconds"] for statement in found]
    assert times == sorted(times, reverse=True)
    assert len(found) <= 10
    assert "slowest" in found[0]["text"]
    assert show_slow_statements(counted, as_json=False) == 0
    plain = capsys.readouterr().out
    assert plain.splitlines()[0].split() == ["seconds", "mean", "ms", "calls", "statement"]
    assert SECRET not in plain + json.dumps(found)


def test_without_the_extension_one_sentence_says_how_to_get_it(config: Config) -> None:
    with pytest.raises(Unavailable, match="create extension pg_stat_statements"):
        show_slow_statements(config, as_json=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("select *\n from x where a = $1 and b = 'o''clock'", "select * from x where a = $1 and b = ?"),
        ("set x = 12.5; create role r password 'p'", "set x = ?; create role r password ?"),
        ("do $f$ begin 'x' end $f$", "do ?"),
        ("select t1.c2 from t1 limit 10", "select t1.c2 from t1 limit ?"),
    ],
)
def test_values_are_replaced(text: str, shown: str) -> None:
    assert without_values(text) == shown

"""Migration 0052 completes the queries of stored views; taken back, views of mentions are not left as views of all."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from server.process.migrate import MIGRATIONS, migrate, roll_back
from tests.support.services import Services

AFTER = [path for path in MIGRATIONS.glob("*.sql") if path.name >= "0052" and "rollback" not in path.name]


@pytest.fixture
def url(services: Services) -> Iterator[str]:
    url = services.create_database(template=None)
    migrate(url)
    yield url
    services.drop_database(url)


def run(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_views_are_completed_and_taken_back(url: str) -> None:
    insert = "insert into saved_view (name, query, position) values {} returning id"
    mentions = """('Mine', '{"status": "open", "mentioned": "me"}', 0)"""
    run(url, insert.format(mentions + """, ('Open', '{"status": "open", "mentioned": null}', 1)"""))
    roll_back(url, len(AFTER))
    assert run(url, "select name, query from saved_view") == [("Open", {"status": "open"})]
    migrate(url)
    completed = {"status": "open", "mentioned": None, "target": None}
    assert run(url, "select name, query from saved_view") == [("Open", completed)]

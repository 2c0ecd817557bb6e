"""What migrating depends on beside the database: nothing."""

import socket
from contextlib import closing

import psycopg2
import pytest

from server.process.migrate import migrate
from tests.support.services import Services


def test_migrations_ask_no_resolver_for_the_name_of_the_machine(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: without a resolver a first start had not ended after three minutes, with the lock held."""
    monkeypatch.setattr(socket, "getfqdn", lambda *_: pytest.fail("the resolver was asked"))
    url = services.create_database(template=None)
    applied = migrate(url, up_to="0003")
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("select distinct migration_id, operation, hostname from _yoyo_log order by 1")
        noted = cursor.fetchall()
    assert noted == [(name, "apply", socket.gethostname()) for name in applied]
    assert len(applied) == 3
    services.drop_database(url)

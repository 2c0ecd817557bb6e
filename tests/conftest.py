"""Fixtures for every test: the event loop, real servers, an emptied database and Redis, a configuration."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
import pytest
import redis
from hypothesis import HealthCheck, settings

from server.config import ROOT, Config, load_config
from server.process.event_loop import Loop
from tests.support.services import Services, run_services

# The fixtures of the parts (applications, workers, browsers) are in support/fixtures_<part>.py.
pytest_plugins = [
    "tests.support.ordering",
    "tests.support.unit_marker",
    *(
        f"tests.support.{path.stem}"
        for path in sorted((Path(__file__).parent / "support").glob("fixtures*.py"))
    ),
]

# Generated cases have no deadline: the machine may be busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

JWT_SECRET = "3tYp8Wq0nLx5Rk2Vb7Zc9Hd4Jf6Mg1Ns"
# Deleting is ten times faster than truncating for few rows; foreign keys and triggers are off meanwhile.
# A transaction left open by a test makes the next one fail here instead of hanging.
EMPTY = """
set session_replication_role = replica;
set lock_timeout = '5s';
do $$
declare item record;
begin
    for item in
        select tablename as name from pg_tables where schemaname = 'public' and tablename !~ 'yoyo'
    loop
        execute format('delete from public.%I', item.name);
    end loop;
    perform setval(oid::regclass, 1, false) from pg_class
        where relkind = 'S' and relnamespace = 'public'::regnamespace;
end $$
"""


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], Any]]:
    return {"uvloop": Loop}


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """The servers of this test process, with a migrated template database."""
    with run_services() as running:
        running.make_template()
        yield running


@pytest.fixture(scope="session")
def _session_database(services: Services) -> Iterator[tuple[str, psycopg2.extensions.connection]]:
    url = services.create_database()
    with closing(psycopg2.connect(services.superuser_url_of(url))) as connection:
        connection.autocommit = True
        yield url, connection


@pytest.fixture
def database_url(_session_database: tuple[str, psycopg2.extensions.connection]) -> str:
    """A migrated database without rows."""
    url, connection = _session_database
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    return url


@pytest.fixture
def own_database_url(services: Services) -> Iterator[str]:
    """A separate migrated database, for tests that change the schema or count connections."""
    url = services.create_database()
    yield url
    services.drop_database(url)


@pytest.fixture
def redis_url(services: Services) -> str:
    """A Redis without keys."""
    with closing(redis.Redis.from_url(services.redis_url)) as client:
        client.flushall()
    return services.redis_url


@pytest.fixture
def config(database_url: str, redis_url: str, tmp_path: Path) -> Config:
    """The configuration of a process on these servers, with an unreachable provider."""
    return load_config(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "UNIPILE_DSN": "http://127.0.0.1:9",
            "UNIPILE_API_KEY": "sandbox-key",
            "WEBHOOK_SECRET": "sandbox-webhook-secret",
            "JWT_SECRET": JWT_SECRET,
            "DATA_DIR": str(tmp_path),
            "CONFAB_AUTH_TEST_TOKENS": "true",
            # Each connection costs every test that starts a process 5 ms.
            "CONFAB_DATABASE_POOL_SIZE": "4",
            # A short stall of the machine must not count as an unreachable server.
            "CONFAB_DATABASE_CONNECT_TIMEOUT_SECONDS": "30",
            "CONFAB_REDIS_CONNECT_TIMEOUT_SECONDS": "30",
        },
        ROOT / "config.toml",
    )

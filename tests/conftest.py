"""Fixtures for every test: the event loop, real servers, an emptied database and Redis, a configuration."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
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
from tests.support.warm_connections import Parking, warm_connections

# The fixtures of the parts (applications, workers, browsers) are in support/fixtures_<part>.py.
pytest_plugins = [
    "tests.support.garbage",
    "tests.support.ordering",
    "tests.support.unit_marker",
    *(
        f"tests.support.{path.stem}"
        for path in sorted((Path(__file__).parent / "support").glob("fixtures*.py"))
    ),
]

# Generated cases have no deadline: the machine may be busy. They are the same in every run.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

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


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "new_connections: opens its connections as a program does, instead of taking used ones"
    )


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


@dataclass(frozen=True)
class SessionDatabase:
    """The database of a test process, what empties it, and its connections that no test uses."""

    url: str
    connection: psycopg2.extensions.connection
    parking: Parking


@pytest.fixture(scope="session")
def session_database(services: Services) -> Iterator[SessionDatabase]:
    url = services.create_database()
    with (
        closing(psycopg2.connect(services.superuser_url_of(url))) as connection,
        warm_connections(url) as parking,
    ):
        connection.autocommit = True
        yield SessionDatabase(url, connection, parking)


@pytest.fixture
def database_url(session_database: SessionDatabase, request: pytest.FixtureRequest) -> str:
    """A migrated database without rows."""
    session_database.parking.is_off = request.node.get_closest_marker("new_connections") is not None
    with session_database.connection.cursor() as cursor:
        cursor.execute(EMPTY)
    return session_database.url


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
    return replace(_load(database_url, redis_url), data_dir=tmp_path)


@cache
def _load(database_url: str, redis_url: str) -> Config:
    """Read once: 3 ms of each test."""
    return load_config(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "UNIPILE_DSN": "http://127.0.0.1:9",
            "UNIPILE_API_KEY": "sandbox-key",
            "WEBHOOK_SECRET": "sandbox-webhook-secret",
            "JWT_SECRET": JWT_SECRET,
            "CONFAB_AUTH_TEST_TOKENS": "true",
            # Each connection costs every test that starts a process 5 ms.
            "CONFAB_DATABASE_POOL_SIZE": "4",
            # A short stall of the machine must not count as an unreachable server.
            "CONFAB_DATABASE_CONNECT_TIMEOUT_SECONDS": "30",
            "CONFAB_REDIS_CONNECT_TIMEOUT_SECONDS": "30",
        },
        ROOT / "config.toml",
    )

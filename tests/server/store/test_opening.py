"""What libpq gets: our settings and those of the URL together, in the session or in each transaction."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import psycopg2
import pytest
from aiopg import Cursor
from psycopg2.extensions import parse_dsn

from server.errors import Unavailable
from server.process.migrate import MIGRATIONS, migrate, pending
from server.store.db import database as pool
from server.store.db.aiopg_internals import HostPool
from server.store.db.hosts import ReachedHost, dsns_of, one_per_host
from server.store.db.opening import plan_opening
from tests.support.ports import free_port
from tests.support.services import Services

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))


def plan(
    url: str, settings: Mapping[str, str] = {}, *, in_session: bool = True
) -> tuple[dict[str, str], str]:
    opening = plan_opening(url, settings, connect_timeout_seconds=3, in_session=in_session)
    return parse_dsn(opening.dsn), opening.preamble


@pytest.mark.parametrize(
    "options",
    [
        "-csearch_path%3Dinbox,%20public",
        "-c%20search_path%3Dinbox,%5C%20public",
        "--search-path%3Dinbox,%5C%20public",
        "-c%20Search_Path%3Dwrong%20-c%20search_path%3Dinbox,%5C%20public",
    ],
)
@pytest.mark.parametrize("prepare", [True, False])
async def test_options_of_the_address_are_in_force_beside_ours(
    own_database_url: str, options: str, prepare: bool
) -> None:
    """The app used to overwrite them, and worked in another schema than `migrate`."""
    options = options.replace("inbox,%20public", "inbox,public")
    database = await pool.connect(
        f"{own_database_url}?options={options}",
        size=1, statement_timeout_ms=800, connect_timeout_seconds=20, prepare=prepare,
    )  # fmt: skip
    async with database.transaction() as cursor:
        await cursor.execute(
            "select replace(current_setting('search_path'), ' ', ''), current_setting('statement_timeout')"
        )
        assert await cursor.fetchone() == ("inbox,public", "800ms")
    await database.close()


def test_migrate_and_the_app_work_in_the_schema_of_the_address(services: Services) -> None:
    url = services.create_database(template=None)
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("create schema inbox")
    address = f"{url}?options=-csearch_path%3Dinbox"
    assert migrate(address) == NAMES
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select schemaname, count(*) > 20 from pg_tables where schemaname in ('public', 'inbox') group by 1"
        )
        assert cursor.fetchall() == [("inbox", True)]
    assert pending(address) == []
    assert pending(url) == NAMES
    services.drop_database(url)


def test_the_code_is_sure_of_its_time_zone_and_of_its_strings() -> None:
    own = "postgresql://db/x?options=-ctimezone%3DAmerica/Sao_Paulo%20-cstatement_timeout%3D7"
    options = plan(own, {"statement_timeout": "5"})[0]["options"].split("-c ")
    assert [option.strip() for option in options if "time" in option] == [
        "statement_timeout=7",
        "timezone=UTC",
    ]


def test_what_a_proxy_reads_from_options_is_passed_on() -> None:
    url = "postgresql://db/x?options=endpoint%3Dep-1%20-cstatement_timeout%3D7"
    parameters, ahead = plan(url, in_session=False)
    assert parameters["options"] == "endpoint=ep-1"
    assert "set_config('statement_timeout', '7', true)" in ahead


def test_nothing_is_sent_as_options_to_a_pooler_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")
    assert plan("postgresql://db/x", {"statement_timeout": "5"}, in_session=False)[0]["options"] == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://db/x", {"connect_timeout": "3", "fallback_application_name": "confab"}),
        ("postgresql://db/x?connect_timeout=9&application_name=me", {"connect_timeout": "9", "application_name": "me"}),
        ("postgresql://db/x?connect_timeout=0", {"connect_timeout": "3"}),
        ("postgresql://db/x?client_encoding=latin1", {"client_encoding": "UTF8"}),
        ("postgresql://a,b/x", {"host": "a,b", "target_session_attrs": "read-write", "tcp_user_timeout": "3000"}),
        ("postgresql://a,b/x?target_session_attrs=any", {"target_session_attrs": "any"}),
        ("postgresql:///x?host=/run/pg&sslmode=disable", {"host": "/run/pg", "sslmode": "disable"}),
    ],
)  # fmt: skip
def test_parameters_of_the_address_come_before_our_defaults(url: str, expected: dict[str, str]) -> None:
    assert plan(url)[0].items() >= expected.items()


@pytest.mark.parametrize("silent", [True, False])
async def test_the_host_that_answers_is_found_at_the_start_and_later(
    own_database_url: str, services: Services, silent: bool
) -> None:
    """`migrate` and `doctor` found it; the app used to wait for the first host forever."""
    address = own_database_url.rpartition("@")[2].rpartition("/")[0]
    with deaf_server() as deaf:
        away = f"127.0.0.1:{deaf if silent else free_port()}"
        url = own_database_url.replace(address, f"{away},{address}")
        database = await pool.connect(url, size=2, statement_timeout_ms=900, connect_timeout_seconds=1)
        services.command(
            f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{url.rpartition('/')[2]}'"
        )
        database._pool.next_host()
        assert await database.read(database_name) == url.rpartition("/")[2]
        await database.close()


async def database_name(cursor: Cursor) -> str:
    await cursor.execute("select current_database()")
    return str((await cursor.fetchone())[0])


@contextmanager
def deaf_server() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_if_no_host_answers_each_is_reported() -> None:
    with deaf_server() as deaf, pytest.raises(Unavailable) as failure:
        url = f"postgresql://127.0.0.1:{deaf},127.0.0.1:{free_port()}/x"
        await pool.connect(url, size=1, statement_timeout_ms=50, connect_timeout_seconds=1)
    assert "cannot be used: timeout expired; Connection refused; check" in failure.value.message


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql:///x", [(None, None)]),
        ("postgresql://a/x", [("a", None)]),
        ("postgresql://a:1,b:2/x", [("a", "1"), ("b", "2")]),
        ("postgresql://a,[::1]:2/x", [("a", ""), ("::1", "2")]),
        ("postgresql:///x?host=a,b&port=7", [("a", "7"), ("b", "7")]),
        ("postgresql:///x?host=/run/pg,b", [("/run/pg", None), ("b", None)]),
    ],
)
def test_each_host_has_its_port(url: str, hosts: list[tuple[str | None, str | None]]) -> None:
    found = [parse_dsn(dsn) for dsn in one_per_host(url)]
    assert [(one.get("host"), one.get("port")) for one in found] == hosts
    assert {one["dbname"] for one in found} == {"x"}


@pytest.mark.parametrize(
    ("query", "is_encrypted", "mode"),
    [
        ("", False, "disable"),
        ("", True, None),
        ("?sslmode=allow", False, "disable"),
        ("?sslmode=require", True, "require"),
        ("?sslmode=verify-full", True, "verify-full"),
    ],
)
async def test_the_pool_opens_what_libpq_has_found(query: str, is_encrypted: bool, mode: str | None) -> None:
    """Without TLS libpq retries on a second socket, which aiopg does not watch: "no answer in time"."""
    found = HostPool(
        dsns_of(f"postgresql://a,b:7/x{query}", ReachedHost("b", 7, is_encrypted)), 0, 1, 1.0,
        enable_json=False, enable_hstore=False, enable_uuid=False, echo=False, on_connect=None, pool_recycle=-1,
    )  # fmt: skip
    parts = parse_dsn(found._dsn)
    assert (parts["host"], parts["port"], parts.get("sslmode")) == ("b", "7", mode)


def test_a_value_with_blanks_quotes_and_backslashes_arrives_as_it_is(own_database_url: str) -> None:
    strange = 'it\'s a \\ "path"'
    for in_session in (True, False):
        opening = plan_opening(
            own_database_url, {"confab.strange": strange}, connect_timeout_seconds=9, in_session=in_session
        )
        with closing(psycopg2.connect(opening.dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(opening.preamble or "select 1")
            cursor.execute("select current_setting('confab.strange')")
            assert cursor.fetchone() == (strange,)

"""What libpq is given: our settings and those of the address together, in the session or in each transaction."""

from collections.abc import Mapping
from contextlib import closing

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from server.migrate import MIGRATIONS, migrate, pending
from server.store import pool
from server.store.opening import plan_opening
from tests.services import Services

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))


def plan(
    url: str, settings: Mapping[str, str] = {}, *, in_session: bool = True
) -> tuple[dict[str, str], str]:
    opening = plan_opening(url, settings, connect_timeout_seconds=3, in_session=in_session)
    return parse_dsn(opening.dsn), opening.ahead


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
    """The app overwrote them with its own, and worked in another schema than `migrate`."""
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


def test_a_value_with_blanks_quotes_and_backslashes_arrives_as_it_is(own_database_url: str) -> None:
    strange = 'it\'s a \\ "path"'
    for in_session in (True, False):
        opening = plan_opening(
            own_database_url, {"confab.strange": strange}, connect_timeout_seconds=9, in_session=in_session
        )
        with closing(psycopg2.connect(opening.dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(opening.ahead or "select 1")
            cursor.execute("select current_setting('confab.strange')")
            assert cursor.fetchone() == (strange,)

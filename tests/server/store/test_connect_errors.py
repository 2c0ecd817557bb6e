"""Connect errors in one sentence: the same from the app's pool, from `migrate` and from `doctor`."""

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest

from server.cli.doctor import check_database
from server.config import Config
from server.errors import Unavailable
from server.process.migrate import MIGRATIONS, MigrationError, migrate, pending
from server.store.db import database
from server.store.db.connect_errors import explain_connect_error, missing_right
from tests.support.ports import free_port
from tests.support.services import Services

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))
PASSWORD = "hunter2tiger"


def doctor(config: Config, url: str, **changes: int) -> dict[str, tuple[str, str]]:
    own = replace(config, database=replace(config.database, url=url, **changes))  # type: ignore[arg-type]
    return {finding.name: (finding.state, finding.message) for finding in check_database(own)}


async def pool_error(url: str, size: int = 1) -> str:
    with pytest.raises(Unavailable) as failure:
        opened = await database.connect(url, size=size, statement_timeout_ms=5000, connect_timeout_seconds=9)
        await opened.close()
    return failure.value.message


def migrate_error(url: str) -> str:
    with pytest.raises((Unavailable, MigrationError)) as failure:
        migrate(url)
    return str(failure.value)


@pytest.fixture
def role(services: Services, own_database_url: str) -> Iterator[str]:
    """A separate role on a migrated database; yields the URL."""
    services.command(f"create role clerk login password '{PASSWORD}'")
    yield re.sub(r"//[^@]*@", f"//clerk:{PASSWORD}@", own_database_url)
    services.command("reassign owned by clerk to postgres")
    services.command("drop owned by clerk")
    services.drop_database(own_database_url)
    services.command("drop role clerk")


@pytest.mark.parametrize(
    ("before", "change", "sentence"),
    [
        ("", ("clerk:[^@]*@", "clerk:wrong@"), r'password authentication failed for user "clerk"; check user'),
        ("", ("clerk:[^@]*@", "nobody:x@"), r'failed for user "nobody"; check user and password'),
        ("", (r"/[^/]*$", "/nowhere"), r'database "nowhere" does not exist; create it, or name another'),
        ("", ("$", "?sslmode=require"), r"server does not support SSL, but SSL was required; remove sslmode"),
        ("", ("$", "?sslmode=bogus"), r'invalid sslmode value: "bogus"; correct it in DATABASE_URL'),
        ("", ("$", "?options=-cnot_a_setting%3D1"), r'unrecognized configuration parameter "not_a_setting"; corr'),
        ("", (r":\d+/", ":1/"), r"host 127.0.0.1, port 1\) cannot be used: Connection refused; check that"),
        ("", ("127.0.0.1", "no-such-host.invalid"), r"could not translate host name .*; check the host"),
        ("", (r"127.0.0.1:\d+/([^/]*)$", r"/\1?host=/nowhere/at/all"), r"No such file .*; check that"),
        ("alter role clerk nologin", ("", ""), r"not permitted to log in; `alter role … login`"),
        ("alter role clerk connection limit 0", ("", ""), r'too many connections for role "clerk"; allow more'),
        ("alter database {database} connection limit 0", ("", ""), r"too many connections for database .*; allow more"),
        ("alter database {database} allow_connections false", ("", ""), r"currently accepting .* allow_connections"),
        ("revoke connect on database {database} from public", ("", ""), r"permission denied .*; `grant connect on"),
    ],
)  # fmt: skip
async def test_a_connect_error_is_one_sentence_with_postgres_message(
    role: str, services: Services, before: str, change: tuple[str, str], sentence: str
) -> None:
    """All of them used to be "The database is not reachable."."""
    if before:
        services.command(before.format(database=role.rpartition("/")[2]))
    url = re.sub(*change, role, count=1)
    message = await pool_error(url)
    assert re.search(sentence, message), message
    assert message == migrate_error(url)
    assert re.match(r"The database of DATABASE_URL \(.*\) cannot be used: ", message)
    assert (message[-1], message.count("\n"), PASSWORD in message) == (".", 0, False)


async def test_doctor_says_the_same_sentence(config: Config) -> None:
    url = f"postgresql://clerk:{PASSWORD}@127.0.0.1:{free_port()}/x"
    message = await asyncio.to_thread(doctor, config, url)
    assert message == {"database": ("failed", migrate_error(url))}


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", no encryption', "sslmode=require"),
        ("FATAL:  the database system is starting up", "wait until Postgres is up"),
        ("FATAL:  the database system is in recovery mode", "wait until Postgres is up"),
        ("FATAL:  sorry, too many clients already", "allow more connections"),
        ("FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", "allow more conn"),
        ("SSL error: certificate verify failed", "sslrootcert"),
        ('root certificate file "/root/.postgresql/root.crt" does not exist', "sslrootcert"),
        ("session is read-only", "name the primary"),
        ("ERROR:  no such database: x", "create it, or name another"),
        ("FATAL:  server login has been failing, try again later (server_login_retry)", "check that Postgres runs"),
        ("ein Satz in einer anderen Sprache", "check DATABASE_URL and the log of Postgres"),
        ('connection to server at "tls-password" (10.0.0.1), port 5432 failed: Connection refused', "check that Post"),
    ],
)  # fmt: skip
def test_the_advice_ends_the_sentence(text: str, advice: str) -> None:
    message = explain_connect_error(
        psycopg2.OperationalError(f"{text}\n\tIs the server running?\nDETAIL:  x\n")
    )
    assert advice in message.rpartition("; ")[2]
    assert "FATAL" not in message
    assert "Is the server" not in message


def test_several_hosts_are_named() -> None:
    message = migrate_error("postgresql://127.0.0.1:1,127.0.0.2:1/x")
    assert "(host 127.0.0.1,127.0.0.2, port 1,1) cannot be used: Connection refused; check" in message


async def test_a_server_that_never_answers_is_reported_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(Unavailable, match="timeout expired; check that Postgres runs there"):
            await database.connect(url, size=1, statement_timeout_ms=50, connect_timeout_seconds=1)


class TestServersThatDoNotFit:
    async def message(self, url: str) -> str:
        message = await pool_error(url)
        assert migrate_error(url) == message
        return message

    async def test_another_encoding_is_reported(self, services: Services) -> None:
        services.command("create database latin owner confab encoding 'LATIN1' locale 'C' template template0")
        assert re.search(
            "encoding of the database is LATIN1.*encoding 'UTF8'",
            await self.message(services.url_of("latin")),
        )

    async def test_a_read_only_database_is_reported(self, role: str, services: Services) -> None:
        services.command("alter role clerk set default_transaction_read_only = on")
        assert "default_transaction_read_only is on" in await self.message(role)

    async def test_settings_of_the_role_make_no_difference(self, role: str, services: Services) -> None:
        for setting in (
            "timezone = 'America/Sao_Paulo'", "standard_conforming_strings = off", "client_encoding = 'LATIN1'",
            "datestyle = 'German'", "default_transaction_isolation = 'serializable'", "statement_timeout = 1",
        ):  # fmt: skip
            services.command(f"alter role clerk set {setting}")
        opened = await database.connect(role, size=1, statement_timeout_ms=5000, connect_timeout_seconds=9)
        async with opened.transaction() as cursor:
            await cursor.execute(
                "select '\\d', 'é€'::text, now()::text like '%+00', current_setting('transaction_isolation')"
            )
            assert await cursor.fetchone() == ("\\d", "é€", True, "read committed")
        await opened.close()


class TestRights:
    """Since PostgreSQL 15 only the owner of a database creates tables in it; the advice used to be to run `migrate`."""

    @pytest.fixture
    def bare(self, role: str, services: Services) -> Iterator[str]:
        """The role's URL of an empty database that another role owns."""
        url = services.create_database(template=None)
        yield role.rpartition("/")[0] + "/" + url.rpartition("/")[2]
        services.drop_database(url)

    def test_migrate_reports_the_missing_right_and_the_statement_that_grants_it(
        self, bare: str, services: Services
    ) -> None:
        message = migrate_error(bare)
        assert "Role clerk may not create tables in schema public" in message
        assert "run.py migrate" not in message
        assert PASSWORD not in message
        grant = next(
            statement for statement in re.findall("`([^`]*)`", message) if statement.startswith("grant")
        )
        with (
            closing(psycopg2.connect(services.superuser_url_of(bare))) as owner,
            owner,
            owner.cursor() as cursor,
        ):
            cursor.execute(grant)
        assert migrate(bare) == NAMES

    def test_the_other_statement_helps_too(self, bare: str, services: Services) -> None:
        alter = next(
            statement
            for statement in re.findall("`([^`]*)`", migrate_error(bare))
            if statement.startswith("alter")
        )
        services.command(alter)
        assert migrate(bare) == NAMES

    def test_doctor_says_it_too(self, bare: str, config: Config) -> None:
        state, message = doctor(config, bare)["migrations"]
        assert (state, "grant create on schema public to clerk" in message) == ("failed", True)

    def test_a_search_path_without_a_schema_is_named(self, bare: str) -> None:
        assert "names no schema" in migrate_error(f"{bare}?options=-csearch_path%3Dnowhere")

    def test_tables_that_the_role_may_not_read_are_named(self, role: str, config: Config) -> None:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege) as denied:
            pending(role)
        assert "permission denied for table" in missing_right(denied.value)
        state, message = doctor(config, role)["database"]
        assert (state, message.replace("_yoyo_migration", "_yoyo_version")) == (
            "failed",
            missing_right(denied.value),
        )

    def test_tables_that_the_role_may_not_write_are_named(
        self, role: str, config: Config, services: Services
    ) -> None:
        with (
            closing(psycopg2.connect(services.superuser_url_of(role))) as owner,
            owner,
            owner.cursor() as cursor,
        ):
            cursor.execute("grant select on all tables in schema public to clerk")
        state, message = doctor(config, role)["rights"]
        assert (state, "to clerk" in message) == ("failed", True)
        with (
            closing(psycopg2.connect(services.superuser_url_of(role))) as owner,
            owner,
            owner.cursor() as cursor,
        ):
            cursor.execute(re.findall("`([^`]*)`", message)[0].replace("…", "public"))
        assert "rights" not in doctor(config, role)


def test_a_schema_of_a_newer_version_is_reported(own_database_url: str, config: Config) -> None:
    with closing(psycopg2.connect(own_database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into _yoyo_migration (migration_hash, migration_id) values ('x', '9999.later')"
        )
    state, message = doctor(config, own_database_url)["migrations"]
    assert (state, "9999.later" in message) == ("warning", True)
    assert migrate(own_database_url) == []


def test_doctor_finds_a_connection_limit_below_the_pools(
    role: str, services: Services, config: Config
) -> None:
    services.command("alter role clerk connection limit 8")
    services.command("grant pg_read_all_data, pg_write_all_data to clerk")
    state, message = doctor(config, role, pool_size=4)["connections"]
    assert (state, "may open 8, web processes (1) and one worker need 11" in message) == ("failed", True)
    services.command("alter role clerk connection limit 11")
    assert doctor(config, role, pool_size=4)["connections"][0] == "ok"
    many = replace(config, web=replace(config.web, processes=3))
    state, message = doctor(many, role, pool_size=4)["connections"]
    assert (state, "may open 11, web processes (3) and one worker need 13" in message) == ("failed", True)

"""DATABASE_URL in all forms: used as libpq users expect, or rejected in one sentence without the password."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extensions import parse_dsn

from server.config.reader import ConfigError
from server.config.urls.database_url import ENCODE, database_address

# Each is a part of a password.
SECRETS = ("hunter", "tiger", "zebra")


def url_error(url: str) -> str:
    with pytest.raises(ConfigError) as caught:
        database_address(url)
    message = str(caught.value)
    assert message.startswith("DATABASE_URL")
    assert message.endswith(".")
    assert "\n" not in message
    assert not [secret for secret in SECRETS if secret in message]
    return message


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgres://u:p@db/confab", {"user": "u", "password": "p", "host": "db", "dbname": "confab"}),
        ("postgresql://db", {"host": "db"}),
        ("POSTGRES://db/x\n", {"host": "db", "dbname": "x"}),
        ("postgres://u:p@db/confab/", {"user": "u", "password": "p", "host": "db", "dbname": "confab"}),
        ("postgres://u:a%40b%2Fc%23d%3Fe%25f@db", {"user": "u", "password": "a@b/c#d?e%f", "host": "db"}),
        ("postgres://u:a:b[c]&d=e!$'é@db/x", {"user": "u", "password": "a:b[c]&d=e!$'é", "host": "db", "dbname": "x"}),
        ("postgres://[2001:db8::7]:5433/x", {"host": "2001:db8::7", "port": "5433", "dbname": "x"}),
        ("postgres://[::1],db2:6432/x", {"host": "::1,db2", "port": ",6432", "dbname": "x"}),
        (
            "postgres://a:1,b:2/x?target_session_attrs=any",
            {"host": "a,b", "port": "1,2", "dbname": "x", "target_session_attrs": "any"},
        ),
        ("postgres:///x?host=/var/run/postgresql", {"host": "/var/run/postgresql", "dbname": "x"}),
        ("postgres://u@%2Fvar%2Frun%2Fpostgresql/x", {"user": "u", "host": "/var/run/postgresql", "dbname": "x"}),
        ("postgres:///?service=inbox", {"service": "inbox"}),
        ("postgres://db/x?ssl=true", {"host": "db", "dbname": "x", "sslmode": "require"}),
        ("postgres://db/x?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=7&application_name=me@home", None),
        ("postgres://db/x?", {"host": "db", "dbname": "x"}),
        ("postgres://db/x?password=a@b", {"host": "db", "dbname": "x", "password": "a@b"}),
    ],
)  # fmt: skip
def test_libpq_urls_are_accepted(url: str, parts: dict[str, str] | None) -> None:
    address = database_address(url)
    assert address
    assert address.startswith("postgresql://")
    assert parts is None or parse_dsn(address) == parts
    assert database_address(address) == address


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:hunter@tiger@db/x",
        "postgres://u:hunter/tiger@db/x",
        "postgres://u:5432/tiger@db/x",
        "postgres://u:hunter#tiger@db/x",
        "postgres://u:hunter?tiger@db/x",
        "postgres://u:hunter?tiger=zebra@db/x",
        "postgres://u:hunter?tiger@db/x?sslmode=require",
        "postgres://u:hunter@tiger/zebra@db/x",
        "postgres://u:hunter@tiger?zebra@db/x",
        "postgres://u:hunter%tiger@db/x",
        "postgres://u:hunter%@db/x",
        "postgres://u:hunter%00@db/x",
        "postgres://u:hunter tiger@db/x",
        "postgres://u:hunter\ttiger@db/x",
        "postgres://db/x?application_name=%zz",
        "postgres://u:hunter@db/x#fragment",
    ],
)
def test_an_unencoded_character_is_named_without_the_password(url: str) -> None:
    assert url_error(url) == ENCODE


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("schema=confab", r"does not know: schema; .*search_path"),
        ("sslmode=require&pgbouncer=true", r"does not know: pgbouncer; .*CONFAB_DATABASE_PREPARE=false"),
        ("connection_limit=5&sslmode=require", r"does not know: connection_limit; .*CONFAB_DATABASE_POOL_SIZE"),
        ("sslMode=require", r"does not know: sslMode; write sslmode\."),
        ("ssl=1", r"does not know: ssl; .*sslmode=require"),
        ("supa=base-pooler.x", r"does not know: supa; leave it out"),
        ("zoom", r"cannot be read"),
        ("=hunter", r"cannot be read"),
        ("%E2%82%AC=1", r"cannot be read"),
        ("connect_timeout=soon", r"connect_timeout must be a whole number"),
    ],
)  # fmt: skip
def test_a_parameter_of_other_libraries_is_named(query: str, words: str) -> None:
    assert re.search(words, url_error(f"postgres://u:hunter@db/x?{query}"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://u:hunter@db/x", "begins with postgres://"),
        ("postgresql+asyncpg://u:hunter@db/x", "begins with postgres://"),
        ("host=db password=hunter", "begins with postgres://"),
        ('"postgres://u:hunter@db/x"', "begins with postgres://"),
        ("postgres:/db/x", "begins with postgres://"),
        ("postgres://", "names no host"),
        ("postgres:///", "names no host"),
        ("postgres://u:hunter@/", "names no host"),
        ("postgres://u:hunter/x", "host or port"),
        ("postgres://db:0/x", "host or port"),
        ("postgres://db:70000/x", "host or port"),
        ("postgres://u:hunter@::1:5432/x", "IPv6 address in brackets"),
        ("postgres://u:hunter@[::1/x", "IPv6 address in brackets"),
        ("postgres://u:hunter@d b/x", "percent-encoded"),
    ],
)
def test_an_invalid_postgres_url_is_explained(url: str, words: str) -> None:
    assert words in url_error(url)


@given(st.text(min_size=8, max_size=30), st.sampled_from(["", "/x", "/x?sslmode=require"]))
def test_a_password_is_parsed_as_by_libpq_or_not_repeated(password: str, rest: str) -> None:
    try:
        address = database_address(f"postgres://confab:{password}@127.0.0.1:5432{rest}")
    except ConfigError as error:
        assert password not in str(error)
    else:
        parsed = parse_dsn(address or "")
        assert (parsed["user"], parsed["host"], parsed["port"]) == ("confab", "127.0.0.1", "5432")

"""Validates DATABASE_URL with libpq's own parser; says in one sentence what libpq would reject or misread.

No message quotes anything that could be part of a password: an unencoded @, / or ? moves the rest of a password into
the host, the database name or a parameter.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import psycopg2
from psycopg2.extensions import parse_dsn

from server.config.reader import ConfigError

SCHEMES = ("postgres", "postgresql")
ENCODE = (
    "DATABASE_URL contains a character that must be percent-encoded: in user, password and database name write "
    "@ as %40, / as %2F, ? as %3F, # as %23, % as %25 and a space as %20."
)
MISPLACED = "DATABASE_URL's host or port is invalid: write host:port, and an IPv6 address in brackets."
# A % without two hex digits, or NUL, which a C string cannot contain.
BAD_CODE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")
HOST = re.compile(r"(?:\[[^\[\]]+\]|[\w.%~-]*)(?::(\d{0,5}))?")
A_NAME = re.compile(r"[A-Za-z][\w.-]{0,39}")
# Parameters of other libraries, and what to use instead.
INSTEAD = {
    "schema": "a schema is chosen with options=-csearch_path%3DNAME",
    "currentschema": "a schema is chosen with options=-csearch_path%3DNAME",
    "pgbouncer": "behind PgBouncer set CONFAB_DATABASE_PREPARE=false",
    "prepared_statements": "behind PgBouncer set CONFAB_DATABASE_PREPARE=false",
    "preparethreshold": "behind PgBouncer set CONFAB_DATABASE_PREPARE=false",
    "statement_cache_size": "behind PgBouncer set CONFAB_DATABASE_PREPARE=false",
    "connection_limit": "CONFAB_DATABASE_POOL_SIZE is the number of connections",
    "pool": "CONFAB_DATABASE_POOL_SIZE is the number of connections",
    "pool_size": "CONFAB_DATABASE_POOL_SIZE is the number of connections",
    "ssl": "TLS is chosen with sslmode=require",
    "sslaccept": "TLS is chosen with sslmode=require",
}


def database_address(url: str | None) -> str | None:
    """The normalised URL, or None if it is not set; raises ConfigError if it is invalid."""
    if url is None:
        return None
    # Hosting platforms use postgres://, and values read from files end with a newline.
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        raise ConfigError("DATABASE_URL must be a URL that begins with postgres:// or postgresql://.")
    return f"postgresql://{_checked(rest)}"


def _checked(rest: str) -> str:
    authority, path, query = _split(rest)
    if "#" in rest or re.search(r"[\s\x00-\x1f\x7f]", rest) or BAD_CODE.search(rest):
        raise ConfigError(ENCODE)
    if authority.count("@") > 1 or "@" in path:
        raise ConfigError(ENCODE)
    pairs = list(_checked_pairs(query))
    _check_hosts(authority.rpartition("@")[2])
    rest = authority + path.rstrip("/") + ("?" + "&".join(pairs) if pairs else "")
    _check_whole(rest)
    return rest


def _split(rest: str) -> tuple[str, str, str]:
    """(user, password and hosts; the database with its slash; the parameters)."""
    location, _, query = rest.partition("?")
    authority, slash, database = location.partition("/")
    return authority, slash + database, query


def _checked_pairs(query: str) -> Iterator[str]:
    for pair in filter(None, query.split("&")):
        if not _is_readable(pair):
            # If there is an @, an unencoded password may have been split here, so its text must not be quoted.
            raise ConfigError(ENCODE if "@" in query else _unknown(pair))
        yield pair


def _is_readable(pair: str) -> bool:
    """Whether the installed libpq accepts the parameter."""
    try:
        parse_dsn(f"postgresql:///?{pair}")
    except psycopg2.ProgrammingError:
        return False
    return True


def _unknown(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    name = unquote(name)
    if not equals or not A_NAME.fullmatch(name):
        return "DATABASE_URL has a parameter that cannot be read: write ?name=value&name=value."
    if name != name.lower() and _is_readable(pair.replace(name, name.lower(), 1)):
        return f"DATABASE_URL has a parameter that Postgres does not know: {name}; write {name.lower()}."
    instead = INSTEAD.get(name.lower(), "see the list of libpq's parameters")
    return f"DATABASE_URL has a parameter that Postgres does not know: {name}; leave it out ({instead})."


def _check_hosts(hosts: str) -> None:
    for host in hosts.split(","):
        found = HOST.fullmatch(host)
        if not found or (found[1] and not 0 < int(found[1]) < 65536):
            raise ConfigError(MISPLACED)


def _check_whole(rest: str) -> None:
    try:
        given = parse_dsn(f"postgresql://{rest}")
    except psycopg2.ProgrammingError as error:
        raise ConfigError(
            "DATABASE_URL is not a Postgres URL: write postgresql://user:password@host:5432/database."
        ) from error
    if not given.keys() & {"host", "hostaddr", "dbname", "service"}:
        raise ConfigError(
            "DATABASE_URL names no host and no database: write postgresql://user:password@host:5432/database."
        )
    if not re.fullmatch(r"[0-9]*", given.get("connect_timeout", "")):
        raise ConfigError("DATABASE_URL's connect_timeout must be a whole number of seconds.")

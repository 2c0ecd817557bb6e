"""Explains in one sentence why Postgres cannot be used: its own message, without secrets, and what to do about it."""

import re

import psycopg2
from psycopg2 import extensions
from psycopg2.extensions import parse_dsn

MIN_VERSION = 13  # normalize(), gen_random_uuid()
# libpq adds this only in a blocking connect.
PREFIX = re.compile(r"^(connection to server (at|on) .*? failed: )?((FATAL|ERROR|PANIC):\s+)?")
DETAILS = re.compile(r"(DETAIL|HINT|CONTEXT|LINE \d+):")
USUAL_ADVICE = "check DATABASE_URL and the log of Postgres"
# By the messages of Postgres, libpq and PgBouncer, because libpq reports no SQLSTATE for a rejected connection.
ADVICE = (
    (r"unsupported startup parameter", "this is a pooler: set CONFAB_DATABASE_PREPARE=false"),
    (
        r"too many (connections|clients)|connection slots|max_client_conn|no more connections|EMAXCONN",
        "allow more connections, or lower CONFAB_DATABASE_POOL_SIZE",
    ),
    (
        r"password|SASL|no such user|role .* does not exist|peer authentication|user mapping|tenant or user",
        "check user and password in DATABASE_URL",
    ),
    (r"database .* does not exist|no such database", "create it, or name another database in DATABASE_URL"),
    (r"not currently accepting connections", "`alter database … allow_connections true`"),
    (r"not permitted to log in", "`alter role … login`"),
    (r"permission denied for database", "`grant connect on database … to …`"),
    (
        r"no encryption",
        "allow this host and role in pg_hba.conf, or add ?sslmode=require if only TLS is allowed",
    ),
    (r"pg_hba\.conf", "allow this host and role in pg_hba.conf, or check sslmode in DATABASE_URL"),
    (r"server does not support SSL", "remove sslmode from DATABASE_URL, or turn on TLS in Postgres"),
    (
        r"certificate|SSL error|private key|tls",
        "name the CA certificate with ?sslrootcert=FILE, or check sslmode in DATABASE_URL",
    ),
    (
        r"starting up|shutting down|recovery mode|not yet accepting|consistent recovery",
        "wait until Postgres is up, then start again",
    ),
    (r"read-only|session is not|hot standby mode", "name the primary in DATABASE_URL"),
    (r"translate host name", "check the host in DATABASE_URL"),
    (
        r"refused|timeout|timed out|no answer|unreachable|No route|No such file|closed the connection|reset by|"
        r"invalid response|pgbouncer cannot connect|server_login_retry|login failed|login has been failing",
        "check that Postgres runs there and is reachable from here",
    ),
    (r"invalid .* value|invalid integer|unrecognized|invalid command-line", "correct it in DATABASE_URL"),
)


def explain_connect_error(error: BaseException, dsn: str = "") -> str:
    """The sentence for an error while opening a connection."""
    message = message_of(error)
    # A quoted name could match any pattern.
    plain = re.sub(r'"[^"]*"', '""', message)
    advice = next(
        (text for pattern, text in ADVICE if re.search(pattern, plain, re.IGNORECASE)), USUAL_ADVICE
    )
    return f"The database of DATABASE_URL{_host_and_port(dsn)} cannot be used: {message}; {advice}."


def _host_and_port(dsn: str) -> str:
    given = parse_dsn(dsn)
    parts = [f"{name} {given[name]}" for name in ("host", "port") if given.get(name)]
    return f" ({', '.join(parts)})" if parts else ""


def message_of(error: BaseException) -> str:
    """The message of Postgres or libpq in one line; several hosts may have sent different ones."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith(("\t", " "))]
    messages = [PREFIX.sub("", line).strip().rstrip(".") for line in lines if not DETAILS.match(line)]
    return "; ".join(dict.fromkeys(messages)) or type(error).__name__


def unsupported_reason(connection: extensions.connection) -> str | None:
    """The sentence for a server on which Confab cannot work, by the parameters it reported on connecting."""
    parameter = connection.get_parameter_status
    version, encoding = connection.server_version // 10_000, parameter("server_encoding")
    if version < MIN_VERSION:
        return f"PostgreSQL {parameter('server_version')} is too old: Confab needs {MIN_VERSION} or newer."
    if encoding not in (None, "UTF8"):
        return (
            f"The encoding of the database is {encoding}: Confab needs UTF8 "
            "(`create database … encoding 'UTF8' template template0`)."
        )
    if parameter("standard_conforming_strings") == "off":
        return "standard_conforming_strings is off: `alter role … set standard_conforming_strings = on`."
    if parameter("in_hot_standby") == "on":
        return "The database of DATABASE_URL is a standby, which accepts no writes: name the primary."
    if parameter("default_transaction_read_only") == "on":
        return (
            "The database of DATABASE_URL accepts no writes: default_transaction_read_only is on; "
            "if its disk is full, free space, then `alter role … reset default_transaction_read_only` "
            "(or the same for the database)."
        )
    return None


def missing_right(error: psycopg2.Error) -> str:
    """The sentence for a privilege that the role lacks."""
    return (
        f"The role of DATABASE_URL lacks a privilege: {message_of(error)}; use the role that owns the tables, "
        "or `grant select, insert, update, delete on all tables in schema … to …`."
    )


def missing_create_right(schema: str | None, role: str, database: str) -> str:
    """The sentence for a role that cannot create tables; the arguments are quoted identifiers."""
    if schema is None:
        return (
            f"The search_path of role {role} names no schema that it can use in database {database}: "
            "`create schema …`, or set another search_path."
        )
    return (
        f"Role {role} may not create tables in schema {schema} of database {database} (since PostgreSQL 15 only "
        f"the owner may): `alter database {database} owner to {role}`, or in that database "
        f"`grant create on schema {schema} to {role}`."
    )

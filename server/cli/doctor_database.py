"""The part of `run.py doctor` about Postgres: opens it as web and workers do, then checks schema, rights and limits."""

import asyncio
import time

import psycopg2

from server.cli.command import COMMAND_CONNECTIONS
from server.cli.findings import FAILED, OK, WARNING, Finding
from server.config import Config
from server.connections import open_database
from server.errors import Unavailable
from server.process.migrate import MigrationError, pending, require_create, unknown
from server.store.db.checkup import Server, fetch_server, list_denied_tables
from server.store.db.complaints import explain_refusal, why_denied
from server.store.db.database import Database
from server.store.plans.usage_checks import Drift, list_drift

MAX_CLOCK_SKEW_SECONDS = 5.0


def check_database(config: Config) -> list[Finding]:
    """Everything about Postgres; one failed finding when it cannot be used at all."""
    try:
        return asyncio.run(_check(config))
    except (Unavailable, MigrationError) as error:
        reason = str(error)
    except psycopg2.errors.InsufficientPrivilege as error:
        reason = why_denied(error)
    except psycopg2.Error as error:
        reason = explain_refusal(error)
    return [Finding("database", FAILED, reason)]


async def _check(config: Config) -> list[Finding]:
    database = await open_database(config, size=1)
    try:
        server = await database.read(fetch_server)
        skew = abs(server.moment.timestamp() - time.time())
        return [
            Finding("database", OK, f"PostgreSQL {server.version}"),
            *_connections(config, server),
            *await _schema(config.database.url or "", database, server),
            _clock(skew),
        ]
    finally:
        await database.close()


def _connections(config: Config, server: Server) -> list[Finding]:
    """Behind a pooler the server's limits say nothing of ours."""
    if not config.database.prepare:
        return []
    # Web and workers have a pool each, also in one process; a command and a migration come beside them.
    wanted = 2 * config.database.pool_size + COMMAND_CONNECTIONS + 1
    told = f"role {server.role} may open {server.connections}, one web and one worker need {wanted}"
    if server.connections >= wanted:
        return [Finding("connections", OK, told)]
    advice = (
        f"`alter role {server.role} connection limit {wanted}`, or the database's limit, or max_connections"
    )
    return [Finding("connections", FAILED, f"{told}: lower CONFAB_DATABASE_POOL_SIZE, or raise {advice}")]


async def _schema(url: str, database: Database, server: Server) -> list[Finding]:
    """Migrations, then what needs them all: rights on the tables, and the counters in them."""
    if waiting := pending(url):
        return [_waiting(url, waiting)]
    if newer := unknown(url):
        message = (
            f"the database has {', '.join(newer)}, which this version does not know: run the newer version"
        )
        return [Finding("migrations", WARNING, message)]
    migrations = Finding("migrations", OK, "none pending")
    if denied := await database.read(list_denied_tables):
        message = (
            f"role {server.role} may not read and write {', '.join(denied[:3])} ({len(denied)} tables): "
            f"`grant select, insert, update, delete on all tables in schema … to {server.role}`"
        )
        return [migrations, Finding("rights", FAILED, message)]
    return [migrations, _usage(await database.write(list_drift))]


def _waiting(url: str, waiting: list[str]) -> Finding:
    try:
        require_create(url)
    except MigrationError as error:
        return Finding("migrations", FAILED, f"pending: {', '.join(waiting)}. {error}")
    return Finding("migrations", FAILED, f"pending: {', '.join(waiting)}; run `python run.py migrate`")


def _usage(drift: list[Drift]) -> Finding:
    """Counters that are not what the rows say are a defect to report, not a number to correct."""
    if not drift:
        return Finding("usage", OK, "counters are what the rows say")
    worst = drift[0]
    message = (
        f"{len(drift)} months differ from the rows; user {worst.user_id} in {worst.period_ym}: "
        f"sent {worst.sent} (rows {worst.rows_sent}), received {worst.received} (rows {worst.rows_received})"
    )
    return Finding("usage", FAILED, message)


def _clock(skew: float) -> Finding:
    state = OK if skew <= MAX_CLOCK_SKEW_SECONDS else FAILED
    return Finding("clock", state, f"{skew:.1f} s away from the database's")

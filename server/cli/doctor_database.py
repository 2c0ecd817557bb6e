"""The Postgres checks of `run.py doctor`: connects as web and workers do, then checks schema, privileges and limits."""

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
from server.store.db.connect_errors import explain_connect_error, missing_right
from server.store.db.database import Database
from server.store.plans.usage_checks import Drift, list_drift

MAX_CLOCK_SKEW_SECONDS = 5.0


def check_database(config: Config) -> list[Finding]:
    """All findings about Postgres; a single failed one if it cannot be used at all."""
    try:
        return asyncio.run(_check(config))
    except (Unavailable, MigrationError) as error:
        reason = str(error)
    except psycopg2.errors.InsufficientPrivilege as error:
        reason = missing_right(error)
    except psycopg2.Error as error:
        reason = explain_connect_error(error)
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
    """Compare the server's limit with the pools. Behind a pooler the server's limits do not apply to us."""
    if not config.database.prepare:
        return []
    # Web and workers each have a pool, also in one process; a command and a migration need more.
    needed = 2 * config.database.pool_size + COMMAND_CONNECTIONS + 1
    message = f"role {server.role} may open {server.connections}, one web and one worker need {needed}"
    if server.connections >= needed:
        return [Finding("connections", OK, message)]
    advice = f"`alter role {server.role} connection limit {needed}`, the database's limit, or max_connections"
    return [Finding("connections", FAILED, f"{message}: lower CONFAB_DATABASE_POOL_SIZE, or raise {advice}")]


async def _schema(url: str, database: Database, server: Server) -> list[Finding]:
    """Migrations, then what depends on them: privileges on the tables, and the usage counters."""
    if waiting := pending(url):
        return [_waiting(url, waiting)]
    if newer := unknown(url):
        message = (
            f"the database has {', '.join(newer)}, unknown to this version: run the newer version of Confab"
        )
        return [Finding("migrations", WARNING, message)]
    migrations = Finding("migrations", OK, "none pending")
    if denied := await database.read(list_denied_tables):
        message = (
            f"role {server.role} may not read and write {', '.join(denied[:3])} ({len(denied)} tables): "
            f"run `grant select, insert, update, delete on all tables in schema … to {server.role}`"
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
    """Counters that differ from the rows are a bug to report, not values to correct by hand."""
    if not drift:
        return Finding("usage", OK, "counters match the rows")
    worst = drift[0]
    message = (
        f"{len(drift)} months differ from the rows; user {worst.user_id} in {worst.period_ym}: "
        f"sent {worst.sent} (rows {worst.rows_sent}), received {worst.received} (rows {worst.rows_received}); "
        "report this as a bug"
    )
    return Finding("usage", FAILED, message)


def _clock(skew: float) -> Finding:
    state = OK if skew <= MAX_CLOCK_SKEW_SECONDS else FAILED
    advice = "" if state == OK else ": synchronise both clocks with NTP"
    return Finding("clock", state, f"differs from the database's by {skew:.1f} s{advice}")

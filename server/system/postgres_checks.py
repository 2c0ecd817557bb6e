"""Checks Postgres: versions and limits of the server, the schema, the rights of the role, and both clocks."""

import time
from typing import NamedTuple

from server.config import ROOT, Config
from server.said.said import said
from server.store.db.checkup import Server, fetch_server, list_applied_migrations, list_denied_tables
from server.store.db.database import Database
from server.system.findings import FAILED, OK, WARNING, Finding

MAX_CLOCK_SKEW_SECONDS = 5.0
# Of a command of the operator.
COMMAND_CONNECTIONS = 2


class Schema(NamedTuple):
    """The last migration that was applied, those of this version that wait, and those that only a newer one has."""

    version: str | None
    pending: list[str]
    unknown: list[str]


class CheckedPostgres(NamedTuple):
    """The findings; `is_usable`: tables can be read, so further checks can."""

    findings: list[Finding]
    server: Server
    schema: Schema
    is_usable: bool


async def check_postgres(config: Config, database: Database) -> CheckedPostgres:
    """Ask the server and compare it with what Confab needs."""
    server = await database.read(fetch_server)
    skew = abs(server.moment.timestamp() - time.time())
    schema = await read_schema(database)
    stated, is_usable = await _schema(database, server, schema)
    findings = [
        Finding("database", OK, said("database_version", version=server.version)),
        *_connections(config, server),
        *stated,
        _clock(skew),
    ]
    return CheckedPostgres(findings, server, schema, is_usable)


async def read_schema(database: Database) -> Schema:
    """Compare the applied migrations with those of this version."""
    applied = await database.read(list_applied_migrations)
    paths = (ROOT / "migrations").glob("[0-9]*.sql")
    known = sorted(path.stem for path in paths if not path.stem.endswith(".rollback"))
    return Schema(
        max(applied, default=None),
        [name for name in known if name not in applied],
        sorted(applied.difference(known)),
    )


def _connections(config: Config, server: Server) -> list[Finding]:
    """Compare the server's limit with the pools. Behind a pooler the server's limits do not apply to us."""
    if not config.database.prepare:
        return []
    # Web and workers each have a pool, also in one process; a command and a migration need more.
    processes = config.web.processes
    web = processes * config.database.pool_of_one(processes)
    needed = web + config.database.pool_size + COMMAND_CONNECTIONS + 1
    state, code = (OK, "connections_enough") if server.connections >= needed else (FAILED, "connections_few")
    message = said(code, role=server.role, connections=server.connections, processes=processes, needed=needed)
    return [Finding("connections", state, message)]


async def _schema(database: Database, server: Server, schema: Schema) -> tuple[list[Finding], bool]:
    """Migrations, and privileges on the tables; whether both allow further checks."""
    if schema.pending:
        message = said("migrations_pending", names=", ".join(schema.pending))
        return [Finding("migrations", FAILED, message)], False
    if schema.unknown:
        message = said("migrations_unknown", names=", ".join(schema.unknown))
        return [Finding("migrations", WARNING, message)], False
    migrations = Finding("migrations", OK, said("migrations_none"))
    if denied := await database.read(list_denied_tables):
        names = ", ".join(denied[:3])
        message = said("rights_missing", role=server.role, names=names, tables=len(denied))
        return [migrations, Finding("rights", FAILED, message)], False
    return [migrations], True


def _clock(skew: float) -> Finding:
    state, code = (OK, "clock_right") if skew <= MAX_CLOCK_SKEW_SECONDS else (FAILED, "clock_wrong")
    return Finding("clock", state, said(code, seconds=round(skew, 1)))

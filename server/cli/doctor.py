"""`run.py doctor`: checks everything Confab depends on, and says what to do about each problem."""

import asyncio
import json
from dataclasses import replace

import psycopg2

from server.config import Config
from server.connections import open_database
from server.errors import Unavailable
from server.process.migrate import MigrationError, require_create
from server.process.redis_start import sentence_of, why_unusable
from server.redis.client import connect
from server.redis.reasons import UNREACHABLE, reason_of
from server.said.said import Said, said, verbatim
from server.store.db.connect_errors import explain_connect_error, missing_right
from server.system.asset_checks import check_assets
from server.system.backup_age import check_backups
from server.system.counters import check_counters
from server.system.findings import FAILED, Finding
from server.system.postgres_checks import CheckedPostgres, check_postgres
from server.system.redis_checks import check_redis
from server.system.service_checks import check_mail, check_media, check_settings, check_unipile
from server.unipile.client import UnipileClient


def doctor(config: Config, *, as_json: bool) -> int:
    """Run all checks, print the findings, and return the exit code."""
    findings = [
        *check_settings(config),
        *asyncio.run(check_assets(config)),
        *check_database(config),
        *asyncio.run(_check_redis(config)),
        *asyncio.run(check_media(config)),
        *asyncio.run(_check_unipile(config)),
        *asyncio.run(check_mail(config)),
    ]
    healthy = all(finding.state != FAILED for finding in findings)
    if as_json:
        print(json.dumps({"ok": healthy, "checks": [finding.on_wire() for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(f"{finding.state:<8} {finding.name:<12} {finding.message}")
    return 0 if healthy else 1


def check_database(config: Config) -> list[Finding]:
    """All findings about Postgres; a single failed one if it cannot be used at all."""
    try:
        checked = asyncio.run(_check_database(config))
        return [_with_right_to_create(config, checked, finding) for finding in checked.findings]
    except (Unavailable, MigrationError) as error:
        reason = str(error)
    except psycopg2.errors.InsufficientPrivilege as error:
        reason = missing_right(error)
    except psycopg2.Error as error:
        reason = explain_connect_error(error)
    return [Finding("database", FAILED, verbatim(reason))]


async def _check_database(config: Config) -> CheckedPostgres:
    database = await open_database(config, size=1)
    try:
        checked = await check_postgres(config, database)
        if checked.is_usable:
            checked.findings.extend(
                [*await check_counters(config, database), *await check_backups(config, database)]
            )
        return checked
    finally:
        await database.close()


def _with_right_to_create(config: Config, checked: CheckedPostgres, finding: Finding) -> Finding:
    """Migrations that wait cannot be applied without the right to create tables."""
    if not checked.schema.pending or finding.name != "migrations":
        return finding
    try:
        require_create(config.database.url or "")
    except MigrationError as error:
        return replace(finding, message=_pending(checked.schema.pending, error))
    return finding


def _pending(names: list[str], error: MigrationError) -> Said:
    return said("migrations_pending_denied", names=", ".join(names), reason=str(error))


async def _check_redis(config: Config) -> list[Finding]:
    """Use the same client and checks as the processes at their start, so that the findings apply to them."""
    client = connect(config.redis)
    client.logs_failures = False
    try:
        if reason := await why_unusable(client, config.redis):
            return [Finding("redis", FAILED, verbatim(sentence_of(config.redis, reason)))]
        return await check_redis(client)
    except UNREACHABLE as error:
        return [Finding("redis", FAILED, verbatim(sentence_of(config.redis, reason_of(error))))]
    finally:
        await client.aclose()


async def _check_unipile(config: Config) -> list[Finding]:
    client = UnipileClient(
        config.unipile.dsn or "",
        config.unipile.api_key,
        concurrency=1,
        connect_timeout_seconds=config.unipile.connect_timeout_seconds,
        total_timeout_seconds=config.unipile.total_timeout_seconds,
    )
    try:
        return await check_unipile(config, client)
    finally:
        await client.close()

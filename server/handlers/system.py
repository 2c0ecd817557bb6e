"""The state of the installation, for owners: every check, and what needs an action."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import web

from server import VERSION
from server.queue import QUEUE_NAMES, QueueState
from server.store.backups.runs import Run
from server.system.checking import Health, Parts, check_all
from server.system.findings import FAILED
from server.web.app_keys import CONFIG, DATABASE, REDIS, UNIPILE
from server.web.requests import json_answer


async def show_system(request: web.Request) -> web.Response:
    """Run all checks; a dependency that is away is a finding of a response with status 200."""
    app = request.app
    health = await check_all(Parts(app[CONFIG], app[DATABASE], app[REDIS], app[UNIPILE]))
    return json_answer(
        {
            "ok": all(finding.state != FAILED for finding in health.findings),
            "checked_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "checks": [finding.on_wire() for finding in health.findings],
            "versions": _versions(health),
            "queues": None if health.queues is None else _queues(health.queues),
            "dead_letters": health.dead_letters,
            "accounts": _dicts(health.accounts),
            "failing_jobs": _dicts(health.failing_jobs),
            "slow_statements": _dicts(health.slow_statements),
            "backup": _backup(health.backup),
            "backup_failure": health.backup_failure,
        }
    )


class _Row(Protocol):
    """A row that knows its fields."""

    def _asdict(self) -> dict[str, object]: ...


def _dicts(rows: Sequence[_Row] | None) -> list[dict[str, object]] | None:
    return None if rows is None else [row._asdict() for row in rows]


def _versions(health: Health) -> dict[str, str | None]:
    return {
        "confab": VERSION,
        "schema": health.schema,
        "postgres": health.postgres,
        "redis": health.redis,
    }


def _queues(found: QueueState) -> list[dict[str, object]]:
    return [
        {"name": name, "jobs": found.lengths[queue], "age_seconds": round(found.ages[queue], 1)}
        for queue, name in QUEUE_NAMES.items()
    ]


def _backup(last: Run | None) -> dict[str, object] | None:
    if last is None:
        return None
    return {
        "name": last.name,
        "age_seconds": round(last.age_seconds),
        "bytes": last.bytes,
        "files": last.files,
    }

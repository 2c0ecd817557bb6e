"""Runs all checks for owners at the same time, each within a limit: what does not answer is a finding too."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import structlog

from server.config import Config
from server.errors import ConfabError
from server.queue import QUEUE_NAMES, QueueState, read_queues
from server.redis.client import Client
from server.redis.reasons import UNREACHABLE, reason_of
from server.store.accounts.states import AccountInNeed, list_in_need
from server.store.backups import runs
from server.store.backups.runs import Run
from server.store.db.checkup import SlowStatement, list_slow_statements
from server.store.db.database import Database
from server.store.dead_letters import count_dead_letters
from server.system.backup_age import check_backups
from server.system.counters import check_counters
from server.system.failing_jobs import FailingJobs, list_failing_jobs
from server.system.findings import FAILED, OK, WARNING, Finding
from server.system.postgres_checks import check_postgres
from server.system.redis_checks import check_redis, fetch_version
from server.system.service_checks import check_mail, check_media, check_settings, check_unipile
from server.unipile.client import UnipileClient

log = structlog.get_logger()

CHECK_SECONDS = 8.0
# The oldest due job waits no longer while workers keep up.
LATE_SECONDS = 60.0
NO_WORKER = Finding(
    "worker", FAILED, "none has sent a heartbeat for 20 s: start `python worker.py`, or check its log"
)
NO_BACKUP = Finding("backup", WARNING, "none was made, and none is scheduled: set CONFAB_BACKUP_TO")


class Parts(NamedTuple):
    """What the checks use: the connections of this process."""

    config: Config
    database: Database
    redis: Client
    unipile: UnipileClient


@dataclass(slots=True)
class Health:
    """What was found; None: it could not be read, or for a backup: there is none."""

    findings: list[Finding] = field(default_factory=list)
    schema: str | None = None
    postgres: str | None = None
    redis: str | None = None
    queues: QueueState | None = None
    dead_letters: int | None = None
    accounts: list[AccountInNeed] | None = None
    failing_jobs: list[FailingJobs] | None = None
    slow_statements: list[SlowStatement] | None = None
    backup: Run | None = None
    backup_failure: str | None = None


async def check_all(parts: Parts) -> Health:
    """Everything that `run.py doctor` checks, and what waits, fails, or needs an action."""
    health = Health()
    groups = await asyncio.gather(
        _within("worker", _check_work(parts, health)),
        _within("database", _check_database(parts, health)),
        _within("media", check_media(parts.config)),
        _within("unipile", check_unipile(parts.config, parts.unipile)),
        _within("mail", check_mail(parts.config)),
    )
    health.findings = [*check_settings(parts.config), *chain.from_iterable(groups)]
    return health


async def _check_work(parts: Parts, health: Health) -> list[Finding]:
    """Redis, and the work in it."""
    found = await read_queues(parts.redis, *QUEUE_NAMES, must_write=True)
    health.queues = found
    health.redis = await fetch_version(parts.redis)
    health.failing_jobs = await list_failing_jobs(parts.redis)
    return [
        Finding("worker", OK, "sends heartbeats") if found.is_worker_alive else NO_WORKER,
        _queues(found),
        _failing(health.failing_jobs),
        *await check_redis(parts.redis),
    ]


def _queues(found: QueueState) -> Finding:
    """Whether workers keep up with what is due."""
    jobs, (queue, age) = sum(found.lengths.values()), max(found.ages.items(), key=lambda item: item[1])
    if age <= LATE_SECONDS:
        return Finding("queues", OK, f"{jobs} jobs, none due for longer than {LATE_SECONDS:.0f} s")
    message = (
        f"{jobs} jobs; the oldest of {QUEUE_NAMES[queue]} has been due for {age:.0f} s: run more workers"
    )
    return Finding("queues", WARNING, message)


def _failing(jobs: Sequence[FailingJobs]) -> Finding:
    if not jobs:
        return Finding("jobs", OK, "none is tried again")
    names = ", ".join(f"{one.job} ({one.jobs})" for one in jobs)
    return Finding("jobs", WARNING, f"tried again: {names}; the worker's log has the errors (`job_failed`)")


async def _check_database(parts: Parts, health: Health) -> list[Finding]:
    """Postgres, and what its rows say."""
    checked = await check_postgres(parts.config, parts.database)
    health.schema, health.postgres = checked.schema.version, checked.server.version
    health.slow_statements = await parts.database.read(list_slow_statements)
    if not checked.is_usable:
        return checked.findings
    return [
        *await _check_rows(parts, health),
        *checked.findings,
        *await _within("counters", check_counters(parts.config, parts.database)),
    ]


async def _check_rows(parts: Parts, health: Health) -> list[Finding]:
    database = parts.database
    health.dead_letters = await database.read(count_dead_letters)
    health.accounts = await database.read(list_in_need)
    health.backup = await database.read(runs.fetch_last)
    health.backup_failure = await database.read(runs.fetch_failure)
    backups = await check_backups(parts.config, database)
    return [_dead_letters(health.dead_letters), _accounts(health.accounts), *(backups or [NO_BACKUP])]


def _dead_letters(count: int) -> Finding:
    if not count:
        return Finding("dead letters", OK, "none")
    return Finding("dead letters", WARNING, f"{count} events or jobs were given up: redrive or drop them")


def _accounts(accounts: Sequence[AccountInNeed]) -> Finding:
    if not accounts:
        return Finding("accounts", OK, "none needs action")
    return Finding("accounts", WARNING, f"{len(accounts)} need action: their owners must connect them again")


async def _within(name: str, check: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check
    except TimeoutError:
        return [Finding(name, WARNING, f"did not answer within {CHECK_SECONDS:g} s")]
    except UNREACHABLE as error:
        return [Finding("redis", FAILED, f"Redis {reason_of(error).sentence}")]
    except ConfabError as error:
        return [Finding(name, FAILED, error.message)]
    except Exception as error:
        log.exception("check_failed", check=name)
        return [Finding(name, FAILED, f"the check failed with {type(error).__name__}: see the log")]

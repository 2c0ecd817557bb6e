"""Runs all checks for owners at the same time, each within a limit: what does not answer is a finding too."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import structlog

from server.config import Config
from server.errors import TABLE, ConfabError
from server.queue import QUEUE_NAMES, QueueState, read_queues
from server.redis.client import Client
from server.redis.reasons import UNREACHABLE, reason_of
from server.said.said import Said, said, verbatim
from server.store.accounts.states import AccountInNeed, list_in_need
from server.store.backups import runs
from server.store.backups.runs import Run
from server.store.db.checkup import SlowStatement, list_slow_statements
from server.store.db.database import Database
from server.store.dead_letters import count_dead_letters
from server.system.asset_checks import check_assets
from server.system.backup_age import check_backups
from server.system.counters import check_counters
from server.system.failing_jobs import FailingJobs, list_failing_jobs
from server.system.findings import FAILED, OK, WARNING, CheckName, Finding
from server.system.postgres_checks import check_postgres
from server.system.redis_checks import check_redis, fetch_version
from server.system.service_checks import check_mail, check_media, check_settings, check_unipile
from server.unipile.client import UnipileClient

log = structlog.get_logger()

CHECK_SECONDS = 8.0
# The oldest due job waits no longer while workers keep up.
LATE_SECONDS = 60.0
NO_WORKER = Finding("worker", FAILED, said("worker_silent"))
NO_BACKUP = Finding("backup", WARNING, said("backup_unset"))


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
        _within("asset url", check_assets(parts.config)),
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
        Finding("worker", OK, said("worker_alive")) if found.is_worker_alive else NO_WORKER,
        _queues(found),
        _failing(health.failing_jobs),
        *await check_redis(parts.redis),
    ]


def _queues(found: QueueState) -> Finding:
    """Whether workers keep up with what is due."""
    jobs, (queue, age) = sum(found.lengths.values()), max(found.ages.items(), key=lambda item: item[1])
    if age <= LATE_SECONDS:
        return Finding("queues", OK, said("queues_prompt", jobs=jobs, seconds=int(LATE_SECONDS)))
    message = said("queues_late", jobs=jobs, queue=QUEUE_NAMES[queue], seconds=round(age))
    return Finding("queues", WARNING, message)


def _failing(jobs: Sequence[FailingJobs]) -> Finding:
    if not jobs:
        return Finding("jobs", OK, said("jobs_succeed"))
    names = ", ".join(f"{one.job} ({one.jobs})" for one in jobs)
    return Finding("jobs", WARNING, said("jobs_fail", jobs=names))


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
        return Finding("dead letters", OK, said("dead_letters_none"))
    return Finding("dead letters", WARNING, said("dead_letters_some", events=count))


def _accounts(accounts: Sequence[AccountInNeed]) -> Finding:
    if not accounts:
        return Finding("accounts", OK, said("accounts_fine"))
    return Finding("accounts", WARNING, said("accounts_in_need", accounts=len(accounts)))


async def _within(name: CheckName, check: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check
    except TimeoutError:
        return [Finding(name, WARNING, said("check_silent", seconds=CHECK_SECONDS))]
    except UNREACHABLE as error:
        return [Finding("redis", FAILED, reason_of(error).sentence)]
    except ConfabError as error:
        return [Finding(name, FAILED, _unavailable(error))]
    except Exception as error:
        log.exception("check_failed", check=name)
        return [Finding(name, FAILED, said("check_broken", error=type(error).__name__))]


def _unavailable(error: ConfabError) -> Said:
    """Postgres is away: its sentence is the same for every request."""
    is_usual = error.message == TABLE[error.code][1]
    return said("check_unavailable") if is_usual else verbatim(error.message)

"""What is said of backups: how old the last one is, and how far a restored system has caught up."""

from datetime import UTC, datetime, timedelta

from server.config import Config
from server.said.said import Said, both, said
from server.store.backups import runs
from server.store.backups.runs import Restored, Run
from server.store.db.database import Database
from server.system.findings import OK, WARNING, Finding

# Two intervals: one was missed.
MISSED_INTERVALS = 2
SHOWN = timedelta(days=30)
SECONDS_AN_HOUR = 3600.0


async def check_backups(config: Config, database: Database) -> list[Finding]:
    """The age of the last backup, where backups are scheduled or were made; and the last restore, for a month."""
    last, failure = await database.read(runs.fetch_last), await database.read(runs.fetch_failure)
    restored = await database.read(runs.fetch_restored)
    findings = []
    if config.backup.is_scheduled or last is not None or failure is not None:
        findings.append(_age(config, last, failure))
    if restored is not None and datetime.now(UTC) - restored.at < SHOWN:
        findings.append(_catching_up(restored))
    return findings


def _age(config: Config, last: Run | None, failure: str | None) -> Finding:
    failed = None if failure is None else _failed(failure)
    if last is None:
        return Finding("backup", WARNING, both(said("backup_none"), failed))
    hours, every = last.age_seconds / SECONDS_AN_HOUR, config.backup.every_hours
    is_late = config.backup.is_scheduled and hours > MISSED_INTERVALS * every
    late = said("backup_late", hours=f"{every:g}") if is_late else None
    state = WARNING if is_late or failure is not None else OK
    return Finding("backup", state, both(both(_last(last, hours), late), failed))


def _last(last: Run, hours: float) -> Said:
    return said(
        "backup_last",
        name=last.name,
        location=last.location,
        hours=round(hours, 1),
        files=last.files,
        bytes=last.bytes,
    )


def _failed(failure: str) -> Said:
    if failure == runs.INTERRUPTED:
        return said("backup_interrupted")
    return said("backup_failed", reason=failure)


def _catching_up(restored: Restored) -> Finding:
    message = said(
        "restored",
        at=f"{restored.backup_at:%Y-%m-%d %H:%M} UTC",
        swept=restored.swept,
        accounts=restored.accounts,
        messages=restored.found_late,
    )
    return Finding("restored", OK if restored.swept == restored.accounts else WARNING, message)

"""What is said of backups: how old the last one is, and how far a restored system has caught up."""

from datetime import UTC, datetime, timedelta

from server.config import Config
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
    failed = f"; the last try failed: {failure}" if failure is not None else ""
    if last is None:
        return Finding("backup", WARNING, f"none is whole{failed}: make one with `python run.py backup`")
    hours = last.age_seconds / SECONDS_AN_HOUR
    message = f"{last.name} in {last.location}, {hours:.1f} h old, {last.files} files, {last.bytes} bytes"
    is_late = config.backup.is_scheduled and hours > MISSED_INTERVALS * config.backup.every_hours
    late = f": older than twice the interval of {config.backup.every_hours:g} h" if is_late else ""
    state = WARNING if is_late or failure is not None else OK
    return Finding("backup", state, f"{message}{late}{failed}")


def _catching_up(restored: Restored) -> Finding:
    message = (
        f"from a backup of {restored.backup_at:%Y-%m-%d %H:%M} UTC; {restored.swept} of {restored.accounts} accounts "
        f"swept since, {restored.found_late} messages found late"
    )
    return Finding("restored", OK if restored.swept == restored.accounts else WARNING, message)

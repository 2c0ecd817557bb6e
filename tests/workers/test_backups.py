"""Scheduled backups: made when they are due, by one worker at a time, and seen in the metrics."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from server import metrics
from server.cancellation import end_tasks
from server.config import Config
from server.store.backups.sessions import hold_lock
from server.system.backup_age import check_backups
from tests.support.backups import ask
from tests.support.peers import eventually
from workers import backups
from workers.backups import make_due_backup
from workers.context import Parts, open_parts

HOUR = 3600.0
STATES = "select state from backup order by id"


@pytest.fixture
async def scheduled(config: Config, tmp_path: Path) -> AsyncIterator[Parts]:
    backup = replace(config.backup, to=str(tmp_path / "backups"), every_hours=24.0, keep_last=2)
    async with open_parts(replace(config, backup=backup)) as opened:
        yield opened


def states(parts: Parts) -> list[str]:
    return [row[0] for row in ask(parts.config.database.url or "", STATES)]


def grow_older(parts: Parts, hours: float) -> None:
    statement = """update backup set begun_at = begun_at - make_interval(secs => %s),
        ended_at = ended_at - make_interval(secs => %s)"""
    ask(parts.config.database.url or "", statement, hours * HOUR, hours * HOUR)


def waits(url: str) -> bool:
    return bool(
        ask(
            url, "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike 'copy%users%'"
        )
    )


def made(parts: Parts) -> list[str]:
    return sorted(path.parent.name for path in Path(parts.config.backup.to).glob("*/manifest.json"))


async def test_a_backup_is_made_when_it_is_due_and_older_ones_are_deleted(scheduled: Parts) -> None:
    names = []
    for count in range(1, 4):
        await make_due_backup(scheduled)
        await make_due_backup(scheduled)
        names.append(made(scheduled)[-1])
        assert states(scheduled) == ["done"] * count
        grow_older(scheduled, 24)
    assert made(scheduled) == names[1:]


async def test_of_several_workers_one_makes_it(scheduled: Parts) -> None:
    await asyncio.gather(*(make_due_backup(scheduled) for _ in range(3)))
    assert states(scheduled) == ["done"]
    grow_older(scheduled, 24)
    with hold_lock(scheduled.config.database.url or ""):
        await make_due_backup(scheduled)
    assert states(scheduled) == ["done"]


async def test_a_failed_backup_is_counted_and_tried_again_later(scheduled: Parts, tmp_path: Path) -> None:
    before = metrics.BACKUPS.labels("failed")._value.get()
    (tmp_path / "file").write_text("in the way")
    broken = replace(scheduled.config.backup, to=str(tmp_path / "file" / "backups"))
    await make_due_backup(replace(scheduled, config=replace(scheduled.config, backup=broken)))
    lost = replace(scheduled.config.media, url=f"file://{tmp_path}/file/media")
    for _ in range(2):
        await make_due_backup(replace(scheduled, config=replace(scheduled.config, media=lost)))
    assert metrics.BACKUPS.labels("failed")._value.get() == before + 2
    assert states(scheduled) == ["failed", "failed"]
    assert made(scheduled) == []
    grow_older(scheduled, 0.25)
    await make_due_backup(scheduled)
    assert states(scheduled) == ["failed", "failed", "done"]


async def test_without_a_location_none_is_made(config: Config) -> None:
    async with open_parts(config) as parts:
        await make_due_backup(parts)
        assert states(parts) == []
        assert math.isnan(metrics.REGISTRY.get_sample_value("confab_backup_age_seconds") or 0.0)


async def test_the_age_rises_by_itself(scheduled: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    await backups.show_last(scheduled)
    assert metrics.REGISTRY.get_sample_value("confab_backup_age_seconds") == math.inf
    await make_due_backup(scheduled)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 100)
    shown = metrics.REGISTRY.get_sample_value("confab_backup_age_seconds")
    assert shown is not None
    assert shown >= 100
    assert (metrics.REGISTRY.get_sample_value("confab_backup_bytes") or 0) > 0


async def test_a_worker_that_stops_gives_the_backup_up(scheduled: Parts) -> None:
    url = scheduled.config.database.url or ""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("lock table users in access exclusive mode")
        task = asyncio.create_task(make_due_backup(scheduled))
        await eventually(lambda: asyncio.to_thread(waits, url))
        ending = asyncio.create_task(end_tasks([task]))
        await asyncio.sleep(0)
    await ending
    assert states(scheduled) == ["failed"]
    assert made(scheduled) == []
    with hold_lock(url):
        pass


async def test_doctor_says_how_old_the_last_one_is(scheduled: Parts, config: Config) -> None:
    database = scheduled.database

    async def finding() -> tuple[str, str]:
        (found,) = await check_backups(scheduled.config, database)
        return found.state, found.message

    assert await check_backups(config, database) == []
    assert await finding() == ("warning", "none is whole: make one with `python run.py backup`")
    await make_due_backup(scheduled)
    (name,) = made(scheduled)
    state, message = await finding()
    assert (state, message.startswith(f"{name} in {scheduled.config.backup.to}, 0.0 h old")) == ("ok", True)
    grow_older(scheduled, 49)
    state, message = await finding()
    assert (state, message.endswith("older than twice the interval of 24 h")) == ("warning", True)
    # Without a schedule no age is too old.
    assert [found.state for found in await check_backups(config, database)] == ["ok"]

"""Statements that store messages are prepared before the first message, and again when plans are discarded."""

from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest
from aiopg import Cursor
from structlog.testing import capture_logs

from server.config import Config
from server.store.db import prepared
from tests.support.peers import eventually
from workers import plan_warmup
from workers.context import open_parts


async def planned(cursor: Cursor) -> dict[str, int]:
    """The statements this connection has planned, with how often they ran."""
    await cursor.execute("select name, generic_plans from pg_prepared_statements")
    return {name: int(count) for name, count in await cursor.fetchall()}


async def test_everything_a_batch_runs_is_planned_before_the_first(config: Config) -> None:
    async with open_parts(config) as parts:
        assert await parts.database.read(planned) == {}
        async with plan_warmup.warmed(parts):
            known = await parts.database.read(planned)
    storing = (
        "lock_accounts",
        "upsert_contacts",
        "ensure_chats",
        "insert_messages",
        "advance_chats",
        "raise_usage",
    )
    assert [known.get(f"confab_{name}") for name in storing] == [1] * len(storing)


async def test_discarded_plans_are_prepared_again(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (prepared, plan_warmup):
        monkeypatch.setattr(module, "RENEWAL_AGES", tuple(number / 20 for number in range(200)))
    async with open_parts(config) as parts, plan_warmup.warmed(parts):

        async def is_warm_again() -> bool:
            return (await parts.database.read(planned)).get("confab_insert_messages", 0) > 2

        await eventually(is_warm_again)


async def test_a_postgres_that_has_no_time_stops_no_worker(config: Config) -> None:
    hurried = replace(config, database=replace(config.database, statement_timeout_ms=100))
    with (
        closing(psycopg2.connect(config.database.url)) as other,
        other.cursor() as cursor,
        capture_logs() as logs,
    ):
        cursor.execute("lock table channels_account in access exclusive mode")
        async with open_parts(hurried) as parts, plan_warmup.warmed(parts):
            pass
    assert {line["event"] for line in logs} == {"plan_warmup_failed"}

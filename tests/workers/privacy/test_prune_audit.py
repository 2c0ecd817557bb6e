"""The audit log keeps its lines for `[audit] keep_days`, and forever at 0."""

from dataclasses import replace

import pytest

from tests.support.worker_harness import WorkerHarness
from workers import periodic


async def write_line(harness: WorkerHarness, action: str, days_ago: float) -> None:
    await harness.execute(
        """insert into audit_log (at, action, actor)
           values (now() - make_interval(hours => %(hours)s), %(action)s, 'ana')""",
        hours=int(days_ago * 24),
        action=action,
    )


async def remaining(harness: WorkerHarness) -> list[str]:
    return [row["action"] for row in await harness.fetch("select action from audit_log order by at")]


async def test_old_lines_go_a_batch_at_a_time_and_newer_ones_stay(
    harness: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "PRUNE_BATCH", 2)
    days = harness.parts.config.audit.keep_days
    assert days == 400
    for _ in range(5):
        await write_line(harness, "old", days + 0.5)
    await write_line(harness, "new", days - 0.5)
    await periodic.prune_audit(harness.parts)
    assert await remaining(harness) == ["new"]


async def test_zero_disables_the_pruning(harness: WorkerHarness) -> None:
    await write_line(harness, "old", 10_000)
    config = harness.parts.config
    parts = replace(harness.parts, config=replace(config, audit=replace(config.audit, keep_days=0)))
    await periodic.prune_audit(parts)
    assert await remaining(harness) == ["old"]

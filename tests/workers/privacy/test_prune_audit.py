"""The audit log keeps its lines for as long as `[audit] keep_days` says, and for ever at 0."""

from dataclasses import replace

import pytest

from tests.support.worker_harness import Ledger
from workers import periodic


async def write_line(ledger: Ledger, action: str, days_ago: float) -> None:
    await ledger.execute(
        """insert into audit_log (at, action, actor)
           values (now() - make_interval(hours => %(hours)s), %(action)s, 'ana')""",
        hours=int(days_ago * 24),
        action=action,
    )


async def kept(ledger: Ledger) -> list[str]:
    return [row["action"] for row in await ledger.fetch("select action from audit_log order by at")]


async def test_old_lines_go_a_batch_at_a_time_and_newer_ones_stay(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periodic, "PRUNE_BATCH", 2)
    days = ledger.parts.config.audit.keep_days
    assert days == 400
    for _ in range(5):
        await write_line(ledger, "old", days + 0.5)
    await write_line(ledger, "new", days - 0.5)
    await periodic.prune_audit(ledger.parts)
    assert await kept(ledger) == ["new"]


async def test_zero_keeps_them_for_ever(ledger: Ledger) -> None:
    await write_line(ledger, "old", 10_000)
    config = ledger.parts.config
    parts = replace(ledger.parts, config=replace(config, audit=replace(config.audit, keep_days=0)))
    await periodic.prune_audit(parts)
    assert await kept(ledger) == ["old"]

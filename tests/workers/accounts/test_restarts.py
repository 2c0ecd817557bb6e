"""Disconnected accounts are restarted a few times with backoff, never concurrently, then need a user; a signed-out
account is never restarted.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from server.config import Config
from server.rules.account_states import Seen
from server.store.accounts import restarts
from server.unipile.errors import NotTaken
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import eventually
from tests.support.worker_harness import WorkerHarness, status_event
from workers.accounts.restarts import limits_of, queue_due_restarts, restart_account
from workers.accounts.states import note
from workers.context import open_parts

PATH = "/sandbox/accounts/acc-1/status"


@dataclass
class Bench:
    """An account at UniPile and here, with manual restarts; `asked` counts the calls."""

    stack: Stack
    harness: WorkerHarness
    account_id: int
    asked: list[str] = field(default_factory=list)

    async def shown(self) -> tuple[str, str, int]:
        (row,) = await self.harness.fetch("select status, next_step, restarts from channels_account")
        return row["status"], row["next_step"], row["restarts"]

    async def word(self, word: str) -> None:
        await self.harness.store(status_event(word), source="account-status")

    async def wait_out(self, seconds: float) -> None:
        """Simulates that this much time has passed."""
        await self.harness.execute(
            """update channels_account set status_since = status_since - make_interval(secs => %(s)s),
                   last_restart_at = last_restart_at - make_interval(secs => %(s)s)""",
            s=seconds,
        )

    async def due(self) -> bool:
        return bool(await self.harness.parts.database.read(restarts.list_due, limits_of(self.harness.parts)))

    async def restart(self, times: int = 1) -> None:
        jobs = (restart_account(self.harness.context(), self.account_id) for _ in range(times))
        await asyncio.gather(*jobs)


@pytest.fixture
async def bench(web_only: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    async with open_parts(web_only.config) as parts:
        harness = await WorkerHarness(parts).open()
        await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
        made = Bench(web_only, harness, await harness.make_account())
        ask = parts.unipile.restart_account

        async def counted(external_account_id: str) -> bool:
            made.asked.append(external_account_id)
            return await ask(external_account_id)

        monkeypatch.setattr(parts.unipile, "restart_account", counted)
        yield made


async def test_three_restarts_with_backoff_then_action_by_a_user(bench: Bench) -> None:
    await bench.stack.sandbox.ok("PATCH", "/sandbox/faults", {"restart_fails": True})
    await bench.word("ERROR")
    assert await bench.shown() == ("degraded", "wait", 0)
    for number, pause in enumerate((10, 40, 160), 1):
        await bench.wait_out(pause - 3)
        assert not await bench.due()
        await bench.restart()
        assert len(bench.asked) == number - 1
        await bench.wait_out(4)
        assert await bench.due()
        await bench.restart()
        assert (len(bench.asked), await bench.shown()) == (number, ("degraded", "wait", number))
    await bench.wait_out(161)
    await bench.restart()
    assert (len(bench.asked), await bench.shown()) == (3, ("needs_action", "contact_support", 3))
    (row,) = await bench.harness.fetch("select status_reason from channels_account")
    assert row["status_reason"] == "RESTARTS_EXHAUSTED"
    for word in ("ERROR", "STOPPED", "ERROR"):
        await bench.word(word)
    assert not await bench.due()
    assert await bench.shown() == ("needs_action", "contact_support", 3)


async def test_two_workers_and_a_job_that_runs_twice_restart_once(bench: Bench) -> None:
    await bench.word("STOPPED")
    await bench.wait_out(11)
    await bench.restart(5)
    assert (bench.asked, await bench.shown()) == (["acc-1"], ("degraded", "wait", 1))


async def test_a_restart_that_unipile_cannot_take_counts_and_is_not_repeated(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(external_account_id: str) -> bool:
        bench.asked.append(external_account_id)
        raise NotTaken("no_client_session", "No session.", 503)

    monkeypatch.setattr(bench.harness.parts.unipile, "restart_account", away)
    await bench.word("ERROR")
    await bench.wait_out(11)
    await bench.restart(2)
    assert (len(bench.asked), await bench.shown()) == (1, ("degraded", "wait", 1))


@pytest.mark.parametrize("word", ["CREDENTIALS", "PERMISSIONS", "CONNECTING", "DELETED"])
async def test_only_a_connection_that_broke_off_is_restarted(bench: Bench, word: str) -> None:
    await bench.word("ERROR")
    await bench.word(word)
    await bench.wait_out(10_000)
    assert not await bench.due()
    await bench.restart()
    assert bench.asked == []


async def test_flapping_does_not_bring_restarts_back(bench: Bench) -> None:
    """A short OK between errors neither resets the count nor the backoff."""
    for number in (1, 2, 3):
        await bench.word("ERROR")
        await bench.wait_out(161)
        await bench.restart()
        assert len(bench.asked) == number
        await bench.word("OK")
        await queue_due_restarts(bench.harness.parts)
    await bench.word("ERROR")
    await bench.wait_out(161)
    await bench.restart()
    assert (len(bench.asked), await bench.shown()) == (3, ("needs_action", "contact_support", 3))


async def test_an_hour_without_failure_resets_the_restarts(bench: Bench) -> None:
    await bench.word("ERROR")
    await bench.wait_out(11)
    await bench.restart()
    await bench.word("OK")
    await bench.wait_out(3590)
    await queue_due_restarts(bench.harness.parts)
    assert await bench.shown() == ("connected", "none", 1)
    await bench.wait_out(11)
    await queue_due_restarts(bench.harness.parts)
    assert await bench.shown() == ("connected", "none", 0)


async def test_a_stuck_account_recovers_when_unipile_reports_ok(bench: Bench) -> None:
    await bench.word("ERROR")
    await note(bench.harness.parts, bench.account_id, Seen.RESTARTS_EXHAUSTED, "RESTARTS_EXHAUSTED")
    await bench.word("OK")
    assert await bench.shown() == ("connected", "none", 0)


async def test_a_broken_account_is_restarted_automatically(config: Config) -> None:
    """With everything running: ERROR, a restart, connected, and what was written meanwhile is there."""
    quick = replace(config, restarts=replace(config.restarts, first_seconds=0.1))
    async with run_stack(quick) as stack:
        agent = await stack.sign_in()
        account = await stack.make_account(agent)
        socket = await agent.listen()
        await stack.sandbox.ok("POST", PATH, {"status": "ERROR"})
        await socket.wait_for_event("account:updated", status="degraded", next_step="wait")
        await stack.write("acc-1", "while away")
        await socket.wait_for_event("message:new", body="while away")

        async def is_well() -> Any:
            shown = (await agent.ok("GET", f"/api/channels/whatsapp/{account['id']}"))["account"]
            return shown if shown["status"] == "connected" else None

        assert (await eventually(is_well))["restarts"] == 1

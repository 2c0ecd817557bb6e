"""A worker that is killed at any moment neither skips nor repeats what a rule does; nor do two at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiopg import Cursor

from server.realtime import broker
from server.store.db.database import Database
from server.store.rules import rule_runs
from tests.support.factories import make_label
from tests.support.fixtures_stack import Stack
from tests.support.ruled import Ruled, ruling

MAX_STATEMENTS = 200
EFFECTS = """
    select (select count(*) from rule_run) as runs,
        (select count(*) from channels_note) as notes,
        (select count(*) from channels_activity where kind = 'ran') as lines,
        (select count(*) from channels_activity where kind = 'labelled') as labelled,
        (select count(*) from channels_message where author_kind = 'rule') as sends,
        (select count(*) from notification where kind = 'rule') as notifications"""
NOTHING = dict.fromkeys(("runs", "notes", "lines", "labelled", "sends", "notifications"), 0)


class Killed(BaseException):
    """The process is no more: nothing catches it."""


class DyingCursor:
    """Dies before its n-th statement."""

    def __init__(self, cursor: Cursor, lives: list[int]) -> None:
        self._cursor = cursor
        self._lives = lives

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    async def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> None:
        if "savepoint" not in statement:
            self._lives[0] -= 1
            if self._lives[0] < 0:
                raise Killed
        await self._cursor.execute(statement, values)


@asynccontextmanager
async def dying(monkeypatch: pytest.MonkeyPatch, statements: int) -> AsyncIterator[list[int]]:
    """Each write of the block shares so many statements."""
    lives = [statements]
    write = Database.write

    async def limited(self: Database, work: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        async def run(cursor: Cursor, *rest: Any) -> Any:
            return await work(DyingCursor(cursor, lives), *rest)

        return await write(self, run, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", limited)
        yield lives


@pytest.fixture
async def ruled(web_only: Stack) -> AsyncIterator[Ruled]:
    async with ruling(web_only) as opened:
        label_id = await make_label(opened.agent, "VIP")
        reply = await opened.agent.ok("POST", "/api/replies", {"name": "Hi", "text": "Oi", "shared": True})
        actions: list[dict[str, Any]] = [
            {"kind": "label", "label_id": label_id},
            {"kind": "note", "text": "Oi"},
            {"kind": "reply", "reply_id": reply["reply"]["id"]},
            {"kind": "notify", "user_ids": [opened.agent.user_id]},
        ]
        await opened.make_rule(actions=actions)
        await opened.make_rule("unreplied", minutes=30, actions=actions)
        yield opened


async def effects(ruled: Ruled) -> dict[str, int]:
    (row,) = await ruled.harness.fetch(EFFECTS)
    return row


@pytest.mark.parametrize("is_timed", [False, True])
async def test_whenever_it_is_killed_all_of_it_happens_once(
    ruled: Ruled, monkeypatch: pytest.MonkeyPatch, is_timed: bool
) -> None:
    if is_timed:
        await ruled.let_wait("waiting_since", 31)
    else:
        await ruled.write()
    once = dict.fromkeys(NOTHING, 1)
    for statements in range(MAX_STATEMENTS):
        async with dying(monkeypatch, statements) as lives:
            try:
                await ruled.follow()
            except Killed:
                # All or nothing, whichever statement was the last.
                assert await effects(ruled) in (NOTHING, once), statements
                continue
        assert lives[0] >= 0
        break
    assert statements > 10
    assert await effects(ruled) == once
    await ruled.follow()
    assert await effects(ruled) == once


async def test_killed_before_it_was_published_it_is_in_the_changes(
    ruled: Ruled, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ruled.write()
    (before,) = await ruled.harness.fetch("select seq from channels_account")

    async def die(*args: Any, **more: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(broker, "publish", die)
        with pytest.raises(Killed):
            await ruled.follow()
    await ruled.follow()
    assert (await effects(ruled))["runs"] == 1
    path = f"/api/channels/whatsapp/{ruled.account_id}/changes?since={before['seq']}"
    changes = await ruled.agent.ok("GET", path)
    assert {"activity:new", "note:new", "message:updated"} <= {one["event"] for one in changes["items"]}


async def test_workers_at_once_do_it_once(ruled: Ruled) -> None:
    await ruled.let_wait("waiting_since", 31)
    for n in range(5):
        await ruled.write(f"Text {n}")
    await ruled.let_wait("waiting_since", 31)
    await asyncio.gather(*(ruled.follow() for _ in range(4)))
    assert (await effects(ruled))["runs"] == 5 + 1


async def test_a_chat_whose_rule_cannot_run_holds_up_no_other(
    ruled: Ruled, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ruled.write(phone="5511977770000", name="Ana")
    await ruled.follow()
    await ruled.let_wait("waiting_since", 31)
    end_run = rule_runs.end_run
    broken = [1]

    async def fail_once(cursor: Cursor, run_id: int, outcome: str, actions: Sequence[Any]) -> None:
        if broken and broken.pop():
            raise ValueError("a defect")
        await end_run(cursor, run_id, outcome, actions)

    monkeypatch.setattr(rule_runs, "end_run", fail_once)
    await ruled.follow()
    await ruled.follow()
    rows = await ruled.harness.fetch("select outcome from rule_run where event_seq is null order by outcome")
    assert [row["outcome"] for row in rows] == ["done", "failed"]

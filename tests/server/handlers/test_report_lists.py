"""Lists of facts read only the days that have some: they are what a look at all facts finds, in pages of any size."""

import random
from datetime import timedelta
from typing import Any

import pytest
from aiopg import Cursor

from server.web.app_keys import DATABASE
from tests.server.handlers.test_reports import REPORTS, World, at, world
from tests.support.factories import make_account, make_chat, make_label
from tests.support.reports import store_conversation

__all__ = ["world"]
DAYS = "since=2026-03-02&until=2026-04-20"
ALL = """
    select f.id from report_fact f where f.measure = %(measure)s and f.day between '2026-03-02' and '2026-04-20'
        and (%(user_id)s::bigint is null or coalesce(f.user_id, 0) = %(user_id)s)
        and (%(label_id)s::bigint is null or %(label_id)s = any(f.label_ids))
        and (%(at_least)s::integer is null or f.seconds >= %(at_least)s)
        and (%(below)s::integer is null or f.seconds < %(below)s)
    order by f.at desc, f.id desc"""
OPEN = """
    select f.id from report_fact f where f.measure = 'opened' and f.at <= %(open_at)s and not exists (
        select from report_fact r where r.conversation_id = f.conversation_id and r.measure = 'resolution'
            and r.at <= %(open_at)s)
    order by f.at desc, f.id desc"""


async def rows_of(world: World, statement: str, values: dict[str, Any]) -> list[int]:
    async def read(cursor: Cursor) -> list[int]:
        await cursor.execute(statement, values)
        return [row[0] for row in await cursor.fetchall()]

    return await world.stack.app[DATABASE].read(read)


async def listed(world: World, limit: int, query: str) -> list[int]:
    """The ids of all pages; each but the last one is full."""
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await world.admin.ok("GET", f"{REPORTS}/facts?{DAYS}&{query}&limit={limit}{cursor}")
        found += [item["id"] for item in page["items"]]
        assert page["next_cursor"] is None or len(page["items"]) == limit
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    return found


async def fill(world: World, label_id: int) -> None:
    """Conversations of seven weeks, some of them open for days; few have the label, and few are slow."""
    dice = random.Random(5)
    for _ in range(70):
        opened_at = at(1) + timedelta(minutes=dice.randrange(50 * 1440))
        first = int(dice.lognormvariate(5, 2))
        replies = [(first, dice.choice([None, world.admin.user_id])), (first + dice.randrange(900), None)]
        await world.conversation(
            opened_at,
            *replies[: dice.randrange(3)],
            closed_at=opened_at + timedelta(hours=dice.lognormvariate(2, 2)),
            label_ids=(label_id,) if dice.random() < 0.1 else (),
        )
    await world.conversation(at(20), closed_at=None)


@pytest.mark.parametrize("limit", [1, 4, 50])
async def test_filtered_lists_are_complete_in_pages_of_any_size(world: World, limit: int) -> None:
    label_id = await make_label(world.admin, "Rare")
    await fill(world, label_id)
    nothing = dict.fromkeys(("user_id", "label_id", "at_least", "below"))
    me = world.admin.user_id
    filters: tuple[dict[str, int], ...] = (
        {},
        {"user_id": me},
        {"user_id": 0},
        {"user_id": me + 1000},
        {"label_id": label_id},
        {"label_id": label_id, "user_id": 0},
        # On an edge of the buckets, and within them.
        {"at_least": 3600},
        {"at_least": 3601, "below": 50_001},
        {"below": 7},
        {"at_least": 13, "below": 14},
        {"user_id": me, "at_least": 299, "below": 3600},
    )
    for measure in ("reply", "resolution"):
        for wanted in filters:
            query = "&".join(f"{name}={value}" for name, value in wanted.items())
            expected = await rows_of(world, ALL, nothing | wanted | {"measure": measure})
            assert await listed(world, limit, f"measure={measure}&{query}") == expected, (measure, wanted)


@pytest.mark.parametrize("limit", [3, 50])
async def test_what_was_open_at_a_time_is_listed_whenever_it_was_closed(world: World, limit: int) -> None:
    await fill(world, 1)
    sizes = []
    for day in range(1, 31, 4):
        moment = f"2026-03-{day:02}T11:30:00Z"
        expected = await rows_of(world, OPEN, {"open_at": moment})
        assert await listed(world, limit, f"measure=opened&open_at={moment}") == expected
        sizes.append(len(expected))
    assert sizes[0] == 0 < max(sizes)


async def test_the_newest_come_first_whatever_day_it_was_there(world: World) -> None:
    """What was later can be of an earlier day, where the number's clocks are behind."""
    other_id = await make_account(world.stack, world.admin, "acc-2")
    other_chat = await make_chat(world.stack, other_id, "chat-2")
    west, east = at(10, 8), at(9, 11)
    own = [
        await store_conversation(world.stack, account_id, chat_id, moment, [(60, None)])
        for account_id, chat_id, moment in (
            (world.account_id, world.chat_id, west),
            (other_id, other_chat, east),
            (other_id, other_chat, east),
        )
    ]

    async def move(cursor: Cursor) -> None:
        await cursor.execute(
            "update report_fact set day = case account_id when %s then date '2026-03-09' else '2026-03-10' end",
            (world.account_id,),
        )

    await world.stack.app[DATABASE].write(move)
    page = await world.admin.ok("GET", f"{REPORTS}/facts?{DAYS}&measure=reply&limit=1")
    assert [item["conversation_id"] for item in page["items"]] == own[:1]

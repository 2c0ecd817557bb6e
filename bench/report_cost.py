"""Measures the latency of reports: `python -m bench.report_cost [messages]`, on a temporary Postgres.

A year of a million messages: 120,000 conversations of three numbers with twelve users, two and a half replies to each,
and labels on a third. The facts are stored as the consumer stores them, then each report of the whole year is read.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiopg import Cursor

from docs.make_pictures import running
from server.rules.answering.target_clocks import Promises
from server.rules.answering.verdicts import ValidPromises
from server.rules.facts import Conversation, FactInputs, LabelChange, NewFact, facts_of
from server.rules.hours import Hours
from server.rules.periods import Period
from server.rules.turns import Turn, TurnMessage, Turns
from server.store.db.database import Database
from server.store.reports import fact_lists, figures, recounts, stored_facts
from server.store.reports.fact_lists import FactFilter
from server.store.reports.figures import GroupKind, Selection
from server.store.reports.stored_facts import Difference
from server.web.app_keys import DATABASE
from tests.browser.screens import sign_in_demo_user
from tests.support.factories import make_account, make_chat

MESSAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
CONVERSATIONS, PAGE, ROUNDS, USERS, LABELS = MESSAGES * 12 // 100, 500, 15, 12, 8
FIRST_DAY = date(2025, 12, 1)
YEAR = Period(FIRST_DAY, FIRST_DAY + timedelta(days=364))
HOURS = Hours(ZoneInfo("Europe/Berlin"), [[(540, 1080)]] * 5 + [[], []])
PROMISES = Promises(30, 60, 1440, True)
INSERT = """
    insert into channels_conversation (account_id, chat_id, opened_at, opened_seq, opened_by, closed_at)
    select %s, %s, now(), n, 'contact', now() from generate_series(1, %s) n returning id"""
Work = Callable[[Cursor], Awaitable[object]]
LISTS: Mapping[str, Mapping[str, Any]] = {
    "replies of a user": {"user_id": 3},
    "replies of a user who has none": {"user_id": USERS + 1},
    "replies with a label that none has": {"label_id": LABELS + 1},
    "replies that took more than a day": {"at_least": 86400},
    "replies that took more than a month": {"at_least": 30 * 86400},
    "what was open in June": {"measure": "opened", "open_at": "2026-06-10T12:00:00Z"},
    "what was open in the first month": {"measure": "opened", "open_at": "2025-12-20T12:00:00Z"},
}


def made_facts(dice: random.Random, conversation_id: int, account_id: int, chat_id: int) -> list[NewFact]:
    """Mostly within the hours; answered after minutes, closed after hours or days."""
    day = datetime.combine(FIRST_DAY + timedelta(days=dice.randrange(365)), datetime.min.time(), UTC)
    opened_at = day + timedelta(hours=dice.triangular(5, 22, 11))
    turns, asked_at = [], opened_at
    for n in range(dice.choice((1, 2, 2, 3, 4))):
        at = asked_at + timedelta(seconds=dice.lognormvariate(6.2, 1.6))
        answer = TurnMessage(conversation_id * 10 + n, at, n, "out", "user", dice.randrange(1, USERS + 1))
        turns.append(Turn(answer, asked_at))
        asked_at = at + timedelta(seconds=dice.lognormvariate(6, 1.5))
    last = turns[-1].answer
    first = turns[0].answer
    closed_at = last.at + timedelta(seconds=dice.lognormvariate(8, 1.5))
    conversation = Conversation(
        conversation_id,
        account_id,
        chat_id,
        opened_at,
        None,
        first.at,
        first.author_id,
        closed_at,
        last.author_id,
        True,
    )
    labels = (
        [LabelChange(chat_id, opened_at, dice.randrange(1, LABELS + 1), True)] if dice.random() < 0.33 else []
    )
    return facts_of(
        conversation,
        Turns(turns, None),
        HOURS,
        FactInputs(labels, promises=[ValidPromises(opened_at, PROMISES)]),
    )


async def fill(database: Database, accounts: Sequence[tuple[int, int]]) -> None:
    dice = random.Random(1)

    async def page(cursor: Cursor) -> None:
        account_id, chat_id = dice.choice(accounts)
        await cursor.execute(INSERT, (account_id, chat_id, PAGE))
        ids = [row[0] for row in await cursor.fetchall()]
        made = [fact for own in ids for fact in made_facts(dice, own, account_id, chat_id)]
        await stored_facts.store_difference(cursor, Difference([], made))

    async def one_open(cursor: Cursor) -> None:
        await cursor.execute("drop index channels_conversation_open")

    await database.write(one_open)
    for _ in range(CONVERSATIONS // PAGE):
        await database.write(page)

    async def analyse(cursor: Cursor) -> None:
        await cursor.execute("analyze")

    await database.write(analyse)


async def measure(database: Database, name: str, work: Work) -> None:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await database.read(work)
        times.append((time.perf_counter() - began) * 1000)
    print(f"{name:40} {min(times):7.1f} ms  {statistics.median(times):7.1f} ms  {max(times):7.1f} ms at most")


def queries_of(ids: Sequence[int]) -> Iterator[tuple[str, Work]]:
    """Each query that reports of these accounts are made of."""
    year = Selection(ids, YEAR, "office")
    last_days = Selection(ids, Period(YEAR.until - timedelta(days=28 - 1), YEAR.until), "office")
    month = [
        datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(days=days) for days in (300, 330)
    ]
    kinds: Sequence[GroupKind] = ("user", "label", "team", "account")
    yield "figures of a year", partial(_steps, year)
    yield "figures of a user", partial(_steps, replace(year, user_id=3))
    yield "figures of four weeks", partial(_steps, last_days)
    for by in kinds:
        yield f"a year by {by}", partial(_groups, year, by)
    yield "four weeks by user", partial(_groups, last_days, "user")
    yield "backlog of a month", partial(_backlog, ids, *month)
    wanted = FactFilter(
        ids, "reply", YEAR.since, YEAR.until, None, None, None, "office", None, None, None, None
    )
    for name, changes in LISTS.items():
        yield name, partial(_first_page, replace(wanted, **changes))


async def _steps(selection: Selection, cursor: Cursor) -> object:
    return await figures.list_steps(cursor, selection)


async def _groups(selection: Selection, by: GroupKind, cursor: Cursor) -> object:
    return await figures.list_groups(cursor, selection, by)


async def _backlog(ids: Sequence[int], since: datetime, until: datetime, cursor: Cursor) -> object:
    return await figures.list_backlog(cursor, ids, since, until)


async def _first_page(wanted: FactFilter, cursor: Cursor) -> object:
    return await fact_lists.list_facts(cursor, wanted, 50, None)


async def main() -> None:
    async with running() as stack:
        agent = await sign_in_demo_user(stack)
        accounts = []
        for n in range(3):
            account_id = await make_account(stack, agent, f"acc-{n}")
            # Nothing is left to be computed from messages that do not exist.
            await stack.app[DATABASE].write(recounts.begin_reports, account_id)
            accounts.append((account_id, await make_chat(stack, account_id)))
        database = stack.app[DATABASE]
        began = time.perf_counter()
        await fill(database, accounts)
        print(f"{CONVERSATIONS} conversations in {time.perf_counter() - began:.0f} s")
        for name, work in queries_of([account_id for account_id, _ in accounts]):
            await measure(database, name, work)


if __name__ == "__main__":
    asyncio.run(main())

"""Chats, closings, aways, limits and modes in any order, also at once: each chat has one owner, no limit is exceeded,
and who gets which is what handing them out one by one would give.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from server.conversations.assigning import assign_queued
from server.store.assigning import due
from tests.properties.strategies import repeatable
from tests.support.crew import Crew
from tests.support.worker_harness import WorkerHarness
from workers.assigning import assign_due

NAMES = ("ada", "bia", "eva")
USER, ACCOUNT = st.sampled_from(NAMES), st.sampled_from(["shop", "office"])
LIMIT, MODE = st.sampled_from([None, 1, 2, 3]), st.sampled_from(["manual", "round_robin", "balanced"])
STEPS = st.one_of(
    st.tuples(st.just("arrive"), ACCOUNT, st.integers(1, 4), st.booleans()),
    st.tuples(st.just("assign")),
    st.tuples(st.just("assign")),
    st.tuples(st.just("close"), USER),
    st.tuples(st.just("away"), USER, st.booleans()),
    st.tuples(st.just("limit_user"), USER, LIMIT),
    st.tuples(st.just("change_account"), ACCOUNT, MODE, LIMIT),
    # What happens at the same time.
    st.tuples(
        st.just("together"),
        st.lists(
            st.one_of(
                st.tuples(st.just("hand_out")),
                st.tuples(st.just("hand_out")),
                st.tuples(st.just("close"), USER),
                st.tuples(st.just("away"), USER, st.booleans()),
            ),
            min_size=2,
            max_size=5,
        ),
    ),
)
EMPTY = """
    with c as (delete from channels_chat), t as (delete from channels_assignment_turn),
        m as (delete from channels_account_member m where m.user_id <> %(owner)s),
        u as (update users set away_since = null, chat_limit = null)
    update channels_account set seq = 0, assignment_mode = 'balanced', chat_limit = null"""
READ_USERS = """
    select u.name, u.away_since is not null as is_away, u.chat_limit,
        coalesce(t.seq, 0) as turn, exists (select from user_team_member x where x.user_id = u.id) as in_team,
        (select count(*) from channels_chat c where c.assignee_id = u.id and c.account_id = m.account_id
         and c.status = 'open') as here,
        (select count(*) from channels_chat c where c.assignee_id = u.id and c.status = 'open') as everywhere
    from channels_account_member m join users u on u.id = m.user_id and u.name = any(%(names)s)
    left join channels_assignment_turn t on t.account_id = m.account_id and t.user_id = u.id
    where m.account_id = %(account)s order by u.id"""
READ_CHATS = """
    select c.id, c.team_id is not null as of_team, u.name from channels_chat c left join users u on u.id = c.assignee_id
    where c.account_id = %(account)s and c.status = 'open' order by c.waiting_since, c.id"""


@dataclass
class UserState:
    """What decides whether a user gets a chat of one account, and when."""

    name: str
    is_away: bool
    chat_limit: int | None
    turn: int
    in_team: bool
    here: int
    everywhere: int

    def has_room(self, here_limit: int | None) -> bool:
        is_below = here_limit is None or self.here < here_limit
        return (
            not self.is_away and is_below and (self.chat_limit is None or self.everywhere < self.chat_limit)
        )

    def key(self, mode: str) -> tuple[int, ...]:
        return (self.everywhere, self.turn) if mode == "balanced" else (self.turn,)


class World:
    """The steps, and the rules that hold after each."""

    def __init__(self, crew: Crew, accounts: dict[str, int], team: int) -> None:
        self.crew, self.accounts, self.team = crew, accounts, team

    async def arrive(self, account: str, count: int, of_team: bool) -> None:
        await self.crew.wait(self.accounts[account], count, self.team if of_team else None)

    async def close(self, name: str) -> None:
        await self.crew.close(name)

    async def away(self, name: str, is_away: bool) -> None:
        await self.crew.away(name, is_away)

    async def limit_user(self, name: str, limit: int | None) -> None:
        await self.crew.set(f"chat_limit = {limit or 'null'}", self.crew.ids[name])

    async def change_account(self, account: str, mode: str, limit: int | None) -> None:
        await self.crew.harness.execute(
            "update channels_account set assignment_mode = %(mode)s, chat_limit = %(limit)s where id = %(id)s",
            id=self.accounts[account],
            mode=mode,
            limit=limit,
        )

    async def hand_out(self) -> None:
        await assign_due(self.crew.harness.parts)

    async def together(self, steps: list[tuple[Any, ...]]) -> None:
        """No user is above a limit who was not before."""
        before = {account: await self.users(account) for account in self.accounts}
        await asyncio.gather(*(getattr(self, name)(*values) for name, *values in steps))
        for account in self.accounts:
            limit = (await self.rules(account))["chat_limit"]
            for was, user in zip(before[account], await self.users(account), strict=True):
                assert limit is None or user.here <= max(limit, was.here)
                assert user.chat_limit is None or user.everywhere <= max(user.chat_limit, was.everywhere)

    async def assign(self) -> None:
        """Account by account, as the statement does it, and one by one, as the rule says it."""
        harness = self.crew.harness
        for account in self.accounts:
            expected = await self.expected(account)
            await harness.parts.database.write(assign_queued, self.accounts[account], 100)
            assert await self.owners(account) == expected
        assert await harness.parts.database.read(due.list_due, 10) == []

    async def expected(self, account: str) -> list[str | None]:
        rules, members = await self.rules(account), await self.users(account)
        owners, clock = [], max((user.turn for user in members), default=0)
        for chat in await self.crew.harness.fetch(READ_CHATS, account=self.accounts[account]):
            fitting = [
                user
                for user in members
                if user.has_room(rules["chat_limit"]) and user.in_team >= chat["of_team"]
            ]
            if chat["name"] is None and fitting and rules["assignment_mode"] != "manual":
                best, clock = min(fitting, key=lambda user: user.key(rules["assignment_mode"])), clock + 1
                best.here, best.everywhere, best.turn = best.here + 1, best.everywhere + 1, clock
                chat["name"] = best.name
            owners.append(chat["name"])
        return owners

    async def rules(self, account: str) -> dict[str, Any]:
        (row,) = await self.crew.harness.fetch(
            "select assignment_mode, chat_limit from channels_account where id = %(id)s",
            id=self.accounts[account],
        )
        return row

    async def users(self, account: str) -> list[UserState]:
        rows = await self.crew.harness.fetch(READ_USERS, account=self.accounts[account], names=list(NAMES))
        return [UserState(**row) for row in rows]

    async def owners(self, account: str) -> list[str | None]:
        rows = await self.crew.harness.fetch(READ_CHATS, account=self.accounts[account])
        return [row["name"] for row in rows]

    async def check(self) -> None:
        """The owners that a chat's lines tell follow each other, and none is of a user who is away."""
        lines = await self.crew.harness.fetch(
            """select chat_id, (details ->> 'before_id')::bigint as before,
                   (details ->> 'assignee_id')::bigint as after, actor_kind
               from channels_activity where kind = 'assigned' order by chat_id, seq"""
        )
        owner: dict[int, int | None] = {}
        for line in lines:
            assert line["before"] == owner.get(line["chat_id"])
            assert (line["actor_kind"] == "system") == (line["after"] is not None)
            owner[line["chat_id"]] = line["after"]
        of_absent = await self.crew.harness.fetch(
            """select from channels_chat c join users u on u.id = c.assignee_id
               where c.status = 'open' and u.away_since is not null"""
        )
        assert of_absent == []


async def make_world(harness: WorkerHarness) -> World:
    """Three users: ada and bia are in both accounts, eva is in one; ada and eva are in the team."""
    crew = Crew(harness)
    shop, office = await crew.account("balanced"), await crew.account("balanced", external_account_id="acc-2")
    await harness.execute(EMPTY, owner=harness.user_id)
    await crew.set("away_since = now()", harness.user_id)
    await crew.join(shop, *NAMES)
    await crew.join(office, "ada", "bia")
    await harness.execute("delete from user_team")
    return World(crew, {"shop": shop, "office": office}, await crew.team("ada", "eva"))


@repeatable(60)
@example(
    steps=[("arrive", "shop", 4, False), ("together", [("hand_out",), ("away", "ada", True), ("hand_out",)])]
)
@example(
    steps=[
        ("limit_user", "ada", 1),
        *(("away", name, True) for name in ("bia", "eva")),
        *(("arrive", account, 3, False) for account in ("shop", "office")),
        ("together", [("hand_out",), ("hand_out",), ("hand_out",)]),
    ]
)
@example(
    steps=[
        ("change_account", "shop", "round_robin", 2),
        ("arrive", "shop", 4, True),
        ("arrive", "shop", 4, False),
        ("assign",),
        ("close", "eva"),
        ("assign",),
    ]
)
@given(steps=st.lists(STEPS, max_size=12))
async def test_each_has_one_owner_within_the_limits(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    world = await make_world(harness)
    for name, *values in steps:
        await getattr(world, name)(*values)
        await world.check()
    await world.assign()
    await world.check()

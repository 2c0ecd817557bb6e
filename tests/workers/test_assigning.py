"""Chats without an owner are handed out: in turn or to who has the fewest, within the limits, by team, and once."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from aiopg import Cursor

from server.accounts import membership
from server.conversations.assigning import assign_queued
from server.conversations.owners import set_away
from server.people.users import change_user
from server.store.people.audit import OPERATOR
from server.store.people.team import TeamUser
from server.store.sending.sends import Author
from tests.support.crew import Crew
from tests.support.peers import eventually, message_received
from tests.support.worker_harness import Listener, WorkerHarness
from workers.assigning import CHATS, assign_chats, assign_due


@pytest.fixture
def crew(harness: WorkerHarness) -> Crew:
    return Crew(harness)


async def test_in_turn_each_gets_one_whatever_they_have(crew: Crew) -> None:
    account_id = await crew.account("round_robin")
    await crew.join(account_id, "ada", "bia")
    await crew.wait(account_id, 3)
    assert await crew.owners() == ["ada", "bia", "ada"]
    await crew.join(account_id, "eva")
    await crew.close("bia")
    await crew.wait(account_id, 3)
    # Who is new has waited longest; bia has one chat fewer, and that counts for nothing.
    assert (await crew.owners())[-3:] == ["eva", "bia", "ada"]


async def test_balanced_gives_to_who_has_the_fewest_and_waited_longest(crew: Crew) -> None:
    account_id = await crew.account("balanced")
    await crew.join(account_id, "ada", "bia", "eva")
    await crew.wait(account_id, 6)
    assert await crew.owners() == ["ada", "bia", "eva"] * 2
    await crew.close("eva")
    await crew.close("bia")
    await crew.wait(account_id, 3)
    # Both have one; bia's last is older than eva's. Then all have two, and ada has waited longest.
    assert (await crew.owners())[-3:] == ["bia", "eva", "ada"]


async def test_the_load_of_other_accounts_counts_when_balanced(crew: Crew) -> None:
    shop, office = await crew.account("balanced"), await crew.account("balanced", external_account_id="acc-2")
    await crew.join(shop, "ada")
    await crew.wait(shop, 3)
    await crew.owners()
    await crew.join(office, "ada", "bia")
    await crew.wait(office, 4)
    assert (await crew.owners())[-4:] == ["bia", "bia", "bia", "ada"]


async def test_nobody_gets_more_than_the_limits_and_the_rest_waits(crew: Crew) -> None:
    account_id = await crew.account("balanced", limit=3)
    await crew.join(account_id, "ada", limit=1)
    await crew.join(account_id, "bia")
    await crew.wait(account_id, 6)
    assert await crew.owners() == ["ada", "bia", "bia", "bia", None, None]
    await crew.close("ada")
    assert await crew.owners() == ["bia", "bia", "bia", "ada", None]
    await crew.set("chat_limit = null", crew.ids["ada"])
    assert await crew.owners() == ["bia", "bia", "bia", "ada", "ada"]


async def test_a_snoozed_chat_does_not_count(crew: Crew) -> None:
    account_id = await crew.account("round_robin", limit=1)
    await crew.join(account_id, "ada")
    await crew.wait(account_id, 2)
    assert await crew.owners() == ["ada", None]
    await crew.harness.execute(
        """update channels_chat set status = 'snoozed', snoozed_until = now() + interval '1 day'
           where assignee_id is not null"""
    )
    assert await crew.owners() == ["ada"]


async def test_who_cannot_answer_gets_none(crew: Crew) -> None:
    account_id = await crew.account("round_robin")
    await crew.join(account_id, "vera", role="viewer")
    await crew.join(account_id, "ada", "bia", "eva", "ida")
    await crew.set("role = 'viewer'", crew.ids["ada"])
    await crew.set("is_active = false", crew.ids["bia"])
    await crew.harness.execute(
        """insert into user_link (user_id, kind, token_hash, expires_at)
           values (%(id)s, 'invitation', 'x', now() + interval '1 day')""",
        id=crew.ids["eva"],
    )
    await crew.away("ida", True)
    await crew.wait(account_id, 2)
    assert await crew.owners() == [None, None]
    # Who comes back is in the rotation again.
    await crew.away("ida", False)
    assert await crew.owners() == ["ida", "ida"]
    await crew.away("ida", True)
    assert await crew.owners() == [None, None]


async def test_a_chat_of_a_team_goes_to_its_users_and_holds_up_no_other(crew: Crew) -> None:
    account_id = await crew.account("round_robin")
    await crew.join(account_id, "ada", "bia")
    team, empty = await crew.team("bia"), await crew.team()
    await crew.wait(account_id, CHATS + 1, empty)
    await crew.wait(account_id, 2, team)
    await crew.wait(account_id, 1)
    await crew.owners()
    rows = await crew.harness.fetch(
        """select u.name, c.team_id, count(*) as n from channels_chat c left join users u on u.id = c.assignee_id
           group by 1, 2 order by 2, 1"""
    )
    assert [(row["name"], row["team_id"], row["n"]) for row in rows] == [
        ("bia", team, 2),
        (None, empty, CHATS + 1),
        ("ada", None, 1),
    ]


@pytest.mark.parametrize(("account", "team", "gets"), [("manual", "balanced", 1), ("balanced", "manual", 0)])
async def test_a_team_can_have_a_mode_of_its_own(crew: Crew, account: str, team: str, gets: int) -> None:
    account_id = await crew.account(account)
    await crew.join(account_id, "ada")
    await crew.wait(account_id, 1, await crew.team("ada", mode=team))
    assert (await crew.owners()).count("ada") == gets


async def test_nothing_is_handed_out_by_hand_archived_or_owned(crew: Crew) -> None:
    account_id = await crew.account("manual")
    await crew.join(account_id, "ada")
    await crew.wait(account_id, 2)
    assert await crew.owners() == [None, None]
    await crew.harness.execute(
        "update channels_chat set archived = true where id = (select min(id) from channels_chat)"
    )
    await crew.harness.execute("update channels_account set assignment_mode = 'round_robin'")
    assert await crew.owners() == [None, "ada"]


async def test_the_chat_its_activity_and_the_notification_are_one_change(crew: Crew) -> None:
    account_id = await crew.account("round_robin")
    await crew.join(account_id, "ada")
    harness = crew.harness
    listener = await Listener(harness.parts.redis, account_id).open()
    await harness.store(message_received("acc-1"))
    (job,) = await harness.parts.redis.keys("arq:job:*")
    assert b"assign_chats" in await harness.parts.redis.get(job)
    await assign_chats(harness.context(), account_id)
    heard: list[dict[str, Any]] = [frame for _, frame in await listener.heard()][-2:]
    assert [frame["event"] for frame in heard] == ["chat:updated", "activity:new"]
    assert heard[0]["data"]["assignee"]["name"] == "ada"
    assert heard[1]["data"]["actor"] == {"kind": "system", "id": None, "name": None}
    assert heard[1]["data"]["details"] == {
        "assignee_id": crew.ids["ada"],
        "assignee": "ada",
        "team_id": None,
        "team": None,
        "before_id": None,
    }
    notified = await harness.fetch("select user_id, kind, actor_id from notification")
    assert notified == [{"user_id": crew.ids["ada"], "kind": "assigned", "actor_id": None}]
    chat = await harness.chat()
    assert (chat["unread_count"], chat["waiting_since"] is None) == (1, False)
    conversation = await harness.fetch("select first_reply_at from channels_conversation")
    assert conversation == [{"first_reply_at": None}]
    await listener.close()


async def test_a_second_message_queues_nothing(crew: Crew) -> None:
    await crew.account("round_robin")
    await crew.harness.store(message_received("acc-1", message_id="m-1"))
    await crew.harness.store(message_received("acc-1", message_id="m-2"))
    assert len(await crew.harness.parts.redis.keys("arq:job:*")) == 1


async def test_a_thousand_chats_at_once_each_have_one_owner_within_the_limits(crew: Crew) -> None:
    """Over workers that share the database; two users are in both accounts, and have a limit for both together."""
    shop = await crew.account("balanced", limit=400)
    office = await crew.account("round_robin", external_account_id="acc-2")
    await crew.join(shop, "ada", "bia", limit=300)
    await crew.join(office, "ada", "bia", limit=300)
    await crew.join(shop, "eva")
    await crew.wait(shop, 600)
    await crew.wait(office, 400)
    jobs = [assign_chats(crew.harness.context(), account_id) for account_id in (shop, office) * 4]
    await asyncio.gather(*jobs, *(assign_due(crew.harness.parts) for _ in range(4)))
    owners = [name for name in await crew.owners() if name is not None]
    assert (owners.count("ada"), owners.count("bia")) == (300, 300)
    assert 0 < owners.count("eva") <= 400
    here = await crew.harness.fetch(
        "select assignee_id, count(*) as n from channels_chat group by 1, account_id"
    )
    assert all(row["n"] <= 400 for row in here if row["assignee_id"] is not None)
    activities = [
        row["chat_id"] for row in await crew.harness.fetch("select chat_id from channels_activity order by 1")
    ]
    assert len(activities) == len(set(activities)) == len(owners)


async def until_it_waits(harness: WorkerHarness, task: asyncio.Task[Any]) -> None:
    """The task is done, or waits for a lock that this test holds."""

    async def is_settled() -> bool:
        waiting = await harness.fetch("select from pg_stat_activity where wait_event_type = 'Lock'")
        return task.done() or bool(waiting)

    await eventually(is_settled)


def going_away(crew: Crew, _: int) -> Any:
    return partial(set_away, actor=Author("user", crew.ids["ada"]), is_away=True)


def leaving(crew: Crew, account_id: int) -> Any:
    return partial(membership.remove_member, account_id=account_id, user_id=crew.ids["ada"], actor=OPERATOR)


def only_looking_on(crew: Crew, account_id: int) -> Any:
    return partial(
        membership.set_member, account_id=account_id, user_id=crew.ids["ada"], role="viewer", actor=OPERATOR
    )


def disabled(crew: Crew, _: int) -> Any:
    user = TeamUser(crew.ids["ada"], "ada@x.example", "ada", "agent", True, False)
    plans = crew.harness.parts.config.plans
    return partial(change_user, user=user, change={"is_active": False}, plans=plans, actor=OPERATOR)


@pytest.mark.parametrize("end", [going_away, leaving, only_looking_on, disabled])
async def test_none_goes_to_a_user_who_is_just_leaving(crew: Crew, end: Callable[[Crew, int], Any]) -> None:
    account_id = await crew.account("round_robin")
    await crew.join(account_id, "ada")
    await crew.wait(account_id, 1)

    async def leave(cursor: Cursor) -> asyncio.Task[Any]:
        await end(crew, account_id)(cursor)
        task = asyncio.create_task(assign_due(crew.harness.parts))
        await until_it_waits(crew.harness, task)
        return task

    await (await crew.harness.parts.database.write(leave))
    assert await crew.owners() == [None]


async def test_two_accounts_do_not_exceed_the_limit_of_a_user_together(crew: Crew) -> None:
    shop, office = await crew.account("balanced"), await crew.account("balanced", external_account_id="acc-2")
    for account_id in (shop, office):
        await crew.join(account_id, "ada", limit=1)
        await crew.wait(account_id, 1)
    database = crew.harness.parts.database

    async def assign(cursor: Cursor) -> asyncio.Task[Any]:
        await assign_queued(cursor, shop, CHATS)
        task = asyncio.create_task(database.write(assign_queued, office, CHATS))
        await until_it_waits(crew.harness, task)
        return task

    await (await database.write(assign))
    assert await crew.owners() == ["ada", None]


async def test_a_worker_leaves_an_account_to_the_one_that_is_at_it(crew: Crew) -> None:
    account_id = await crew.account("balanced")
    await crew.join(account_id, "ada")
    await crew.wait(account_id, 1)
    database = crew.harness.parts.database

    async def assign(cursor: Cursor) -> None:
        await assign_queued(cursor, account_id, CHATS)
        assert (await database.write(assign_queued, account_id, CHATS)).chats == []

    await database.write(assign)
    assert await crew.owners() == ["ada"]

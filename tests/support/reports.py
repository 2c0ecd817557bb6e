"""Conversations whose facts are stored as the consumer of feeds stores them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aiopg import Cursor

from server.rules.answering.target_clocks import Promises
from server.rules.answering.verdicts import ValidPromises
from server.rules.facts import Conversation, FactInputs, facts_of
from server.rules.turns import Turn, TurnMessage, Turns
from server.store.reports import stored_facts
from server.web.app_keys import DATABASE
from tests.support.fixtures_stack import Stack

# A chat has one open conversation.
INSERT = """
    insert into channels_conversation (account_id, chat_id, opened_at, opened_seq, opened_by, closed_at)
    values (%(account_id)s, %(chat_id)s, %(opened_at)s, 0, 'contact', coalesce(%(closed_at)s, case when exists (
        select from channels_conversation v where v.chat_id = %(chat_id)s and v.closed_at is null) then now() end))
    returning id"""


async def store_conversation(
    stack: Stack,
    account_id: int,
    chat_id: int,
    opened_at: datetime,
    replies: Sequence[tuple[int, int | None]],
    *,
    closed_at: datetime | None = None,
    label_ids: Sequence[int] = (),
    team_id: int | None = None,
    promises: Promises | None = None,
) -> int:
    """Replies are seconds after the opening, and by whom: a user, or None for the phone."""

    async def store(cursor: Cursor) -> int:
        values = {
            "account_id": account_id,
            "chat_id": chat_id,
            "opened_at": opened_at,
            "closed_at": closed_at,
        }
        await cursor.execute(INSERT, values)
        own_id = int((await cursor.fetchone())[0])
        turns = [
            Turn(_answer(own_id * 100 + n, opened_at, *reply), opened_at) for n, reply in enumerate(replies)
        ]
        first_at, first_by = (turns[0].answer.at, turns[0].answer.author_id) if turns else (None, None)
        closed_by = turns[-1].answer.author_id if turns else None
        conversation = Conversation(
            own_id, account_id, chat_id, opened_at, None, first_at, first_by, closed_at, closed_by, True
        )
        valid = [] if promises is None else [ValidPromises(opened_at, promises)]
        made = facts_of(conversation, Turns(turns, None), None, FactInputs(promises=valid))
        for fact in made:
            fact["label_ids"], fact["team_id"] = list(label_ids), team_id
        await stored_facts.store_difference(cursor, stored_facts.Difference([], made))
        return own_id

    return await stack.app[DATABASE].write(store)


def _answer(message_id: int, opened_at: datetime, seconds: int, user_id: int | None) -> TurnMessage:
    kind = "phone" if user_id is None else "user"
    return TurnMessage(message_id, opened_at + timedelta(seconds=seconds), 1, "out", kind, user_id)


CHAT_DAYS = """
    insert into report_chat_day (chat_id, day, user_id, account_id, received, sent)
    select x.chat_id, x.day, x.user_id, c.account_id, x.received, x.sent
    from unnest(%s::bigint[], %s::date[], %s::bigint[], %s::integer[], %s::integer[])
        x (chat_id, day, user_id, received, sent)
    join channels_chat c on c.id = x.chat_id"""


async def store_chat_days(stack: Stack, rows: Sequence[tuple[int, str, int, int, int]]) -> None:
    """Messages of chats by day: chat, day, user (0: none), received, sent."""

    async def insert(cursor: Cursor) -> None:
        await cursor.execute(CHAT_DAYS, [list(column) for column in zip(*rows, strict=True)])

    await stack.app[DATABASE].write(insert)


async def store_weeks(
    stack: Stack, account_id: int, chat_ids: Sequence[int], users: Sequence[int | None]
) -> None:
    """Eight weeks of conversations until yesterday, the same in every run: answered faster in the second half."""
    dice = random.Random(1)
    chat_days = []
    for days in range(56, 0, -1):
        day = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
        chat_days.append((chat_ids[0], day, 0, dice.randrange(20, 60), 0))
        chat_days += [(chat_ids[0], day, user, 0, dice.randrange(8, 24)) for user in users if user]
        for _ in range(3):
            opened_at = datetime.now(UTC) - timedelta(days=days, minutes=dice.randrange(600))
            first = int(dice.lognormvariate(5.5 + days / 40, 1.2))
            replies = [
                (first, dice.choice(users)),
                (first + int(dice.lognormvariate(6, 1)), dice.choice(users)),
            ]
            closed_at = opened_at + timedelta(hours=dice.lognormvariate(1, 1))
            await store_conversation(
                stack,
                account_id,
                dice.choice(chat_ids),
                opened_at,
                replies,
                closed_at=None if closed_at > datetime.now(UTC) else closed_at,
                promises=Promises(15, 30, 480, False),
            )
    await store_chat_days(stack, chat_days)

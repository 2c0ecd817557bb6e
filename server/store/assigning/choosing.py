"""Chooses who gets which chat: one statement, which reads what the account's lock protects."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.store.assigning.loads import ELIGIBLE, IS_QUEUED, QUEUES, serves
from server.store.conversations.chat_states import STATE_COLUMNS, ChatState
from server.store.db.transaction import execute_later


class Choice(NamedTuple):
    """A chat, and who gets it; `turn` is later than every turn before it."""

    chat: ChatState
    user_id: int
    turn: int


# Chat by chat, those that have waited longest first, as if each were handed out alone: `given` is what each user got so
# far, as {user: [how many, at which step]}. In turn: who has waited longest for one. Balanced: who has the fewest, in
# all accounts, and of those who has waited longest. A chat without an eligible user stays, and holds up no other.
CHOOSE = f"""
    with recursive a as materialized (
        select id, seq, assignment_mode, chat_limit from channels_account where id = %(account_id)s
    ), eligible as materialized (
        select e.* from a cross join lateral {ELIGIBLE} e
    ), queues as materialized (
        select q.* from a cross join lateral {QUEUES} q
        where q.mode <> 'manual' and exists (select from eligible e where {serves("q")})
    ), waiting as materialized (
        select x.*, row_number() over (order by x.waiting_since, x.id) as n
        from (
            select c.id, c.waiting_since, q.team_id, q.mode
            from a cross join queues q cross join lateral (
                select c.id, c.waiting_since from channels_chat c where {IS_QUEUED}
                order by c.waiting_since, c.id limit %(limit)s) c
            order by c.waiting_since, c.id limit %(limit)s) x
    ), chosen as (
        select 0::bigint as n, 0::bigint as chat_id, null::bigint as user_id, '{{}}'::jsonb as given
        union all
        select w.n, w.id, best.user_id, case when best.user_id is null then s.given
            else s.given || jsonb_build_object(best.user_id, jsonb_build_array(best.count + 1, w.n)) end
        from chosen s join waiting w on w.n = s.n + 1
        left join lateral (
            select e.user_id, g.count from eligible e cross join a
            cross join lateral (select coalesce((s.given -> e.user_id::text ->> 0)::bigint, 0) as count,
                coalesce((s.given -> e.user_id::text ->> 1)::bigint, 0) as step) g
            where {serves("w")} and e.here + g.count < coalesce(a.chat_limit, e.here + g.count + 1)
                and e.everywhere + g.count < coalesce(e.chat_limit, e.everywhere + g.count + 1)
            order by case when w.mode = 'balanced' then e.everywhere + g.count end, g.step, e.turn, e.user_id
            limit 1) best on true
    )
    select {STATE_COLUMNS}, chosen.user_id, a.seq + chosen.n
    from chosen join channels_chat c on c.id = chosen.chat_id cross join a
    where chosen.user_id is not null order by chosen.n"""


async def choose_users(cursor: Cursor, account_id: int, limit: int) -> list[Choice]:
    """Who gets which of the chats that have waited longest, in the order of the turns. The account must be locked."""
    await cursor.execute(CHOOSE, {"account_id": account_id, "limit": limit})
    return [Choice(ChatState(*row[:-2]), *row[-2:]) for row in await cursor.fetchall()]


async def note_turns(cursor: Cursor, account_id: int, turns: Mapping[int, int]) -> None:
    """Store the last turn of each of these users."""
    await execute_later(
        cursor,
        """insert into channels_assignment_turn (account_id, user_id, seq)
           select %(account_id)s, x.key::bigint, x.value::bigint from jsonb_each_text(%(turns)s::jsonb) x
           on conflict (account_id, user_id) do update set seq = excluded.seq""",
        {
            "account_id": account_id,
            "turns": orjson.dumps(turns, option=orjson.OPT_NON_STR_KEYS).decode(),
        },
    )

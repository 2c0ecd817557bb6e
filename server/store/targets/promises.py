"""What targets promise in conversations, since when: met, so that reports measure by what was valid."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.rules.answering.target_clocks import Promises

PROMISE_JSON = """
    row_to_json((select x from (select p.id, p.conversation_id, p.chat_id, rfc3339(p.since) as since,
        p.first_reply_minutes, p.next_reply_minutes, p.close_minutes, p.office_hours) x))::text"""


class NewPromises(NamedTuple):
    """What is promised in a conversation from now on; the first, since the account has its targets."""

    conversation_id: int
    chat_id: int
    is_first: bool
    promises: Promises


# By the clock, not by the beginning of the transaction: what was answered while it waited for the account was answered
# before.
STORE = """
    with given as (
        select x.*, r.account_id, case when x.is_first then r.targets_at else clock_timestamp() end as since
        from jsonb_to_recordset(%(rows)s::jsonb) as x (conversation_id bigint, chat_id bigint, is_first boolean,
            first_reply_minutes integer, next_reply_minutes integer, close_minutes integer, office_hours boolean)
        join target_recount r on r.account_id = %(account_id)s
    ), stored as (
        insert into report_promise (conversation_id, account_id, chat_id, since, first_reply_minutes,
            next_reply_minutes, close_minutes, office_hours)
        select g.conversation_id, g.account_id, g.chat_id, g.since, g.first_reply_minutes, g.next_reply_minutes,
            g.close_minutes, g.office_hours
        from given g order by g.conversation_id on conflict do nothing returning conversation_id, since
    )
    select s.conversation_id from stored s
    where exists (select from report_fact f where f.conversation_id = s.conversation_id and f.at >= s.since)
    order by s.conversation_id"""


async def store_promises(cursor: Cursor, account_id: int, rows: Sequence[NewPromises]) -> list[int]:
    """Store what is promised in conversations of a locked account from now on; returns those with facts since then."""
    if not rows:
        return []
    given = [{**row._asdict(), **row.promises._asdict(), "promises": None} for row in rows]
    await cursor.execute(STORE, {"account_id": account_id, "rows": orjson.dumps(given).decode()})
    return [row[0] for row in await cursor.fetchall()]

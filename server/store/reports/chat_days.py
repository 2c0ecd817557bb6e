"""How many messages each chat got and sent on each day, computed from the messages there are."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypedDict

import orjson
from aiopg import Cursor

from server.store.db.prepared import Prepared

CHAT_DAY_JSON = """
    row_to_json((select x from (select d.id, d.chat_id, d.day, d.user_id, d.received, d.sent) x))::text"""


class ChatDays(TypedDict):
    """Days of a chat to be counted again; those since the first time of a message too, which was sent once more."""

    chat_id: int
    first_day: str
    last_day: str
    message_id: int | None


# History and system events are none, nor is what was not sent. What its author deleted for everyone was a message.
COUNT_DAYS = Prepared(
    "count_chat_days",
    """
    with wanted as (
        select x.chat_id, greatest(%(since)s::date, min(least(x.first_day, m.day))) as first_day,
            max(x.last_day) as last_day
        from jsonb_to_recordset(%(rows)s::jsonb)
            as x (chat_id bigint, first_day date, last_day date, message_id bigint)
        cross join lateral (
            select t.id from channels_chat t where t.id = x.chat_id and t.kind <> 'channel' limit 1) c
        left join lateral (
            select (t.created_at at time zone %(zone)s)::date as day from channels_message t
            where t.id = x.message_id limit 1) m on true
        group by 1
    ), counted as (
        select w.chat_id, m.day, m.user_id, (count(*) filter (where m.direction = 'in'))::integer as received,
            (count(*) filter (where m.direction = 'out'))::integer as sent
        from wanted w
        cross join lateral (
            select (t.sent_at at time zone %(zone)s)::date as day, t.direction,
                case when t.direction = 'out' and t.author_kind = 'user' then t.author_id else 0 end as user_id
            from channels_message t
            where t.chat_id = w.chat_id and t.sent_at >= w.first_day::timestamp at time zone %(zone)s
                and t.sent_at < (w.last_day + 1)::timestamp at time zone %(zone)s
                and not t.is_history and not t.is_event and t.status is distinct from 'failed'
            offset 0) m
        group by 1, 2, 3
    ), gone as (
        delete from report_chat_day where id = any(array(
            select d.id from wanted w
            cross join lateral (
                select t.id, t.chat_id, t.day, t.user_id from report_chat_day t
                where t.chat_id = w.chat_id and t.day between w.first_day and w.last_day offset 0) d
            where not exists (
                select from counted c where c.chat_id = d.chat_id and c.day = d.day and c.user_id = d.user_id)))
    )
    insert into report_chat_day as d (chat_id, day, user_id, account_id, received, sent)
    select chat_id, day, user_id, %(account_id)s, received, sent from counted
    on conflict (chat_id, day, user_id) do update set received = excluded.received, sent = excluded.sent
        where (d.received, d.sent) is distinct from (excluded.received, excluded.sent)""",
)


async def count_days(
    cursor: Cursor, account_id: int, rows: Sequence[ChatDays], since: date, zone: str
) -> None:
    """Count the messages of these days again, none before `since`: what retention has removed stays counted. The
    account's reports must be locked.
    """
    if rows:
        await COUNT_DAYS.execute(
            cursor,
            {"rows": orjson.dumps(rows).decode(), "account_id": account_id, "since": since, "zone": zone},
        )


async def delete_of_chats(cursor: Cursor, chat_ids: Collection[int]) -> None:
    """Delete what was counted of these chats: their contact is erased."""
    await cursor.execute("delete from report_chat_day where chat_id = any(%s)", (list(chat_ids),))

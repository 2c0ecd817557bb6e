"""Activities: what users did with a chat and how its contact rated it, as lines between its messages. Rows are added
and never changed.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.sight import audience_of
from server.store.db.keyset_pages import Page, page_of

ActivityKind = Literal[
    "assigned", "closed", "labelled", "opened", "ran", "rated", "snoozed", "unlabelled", "woke"
]

# Names are the newest ones, of users, teams and labels alike.
ACTIVITY_JSON = """
    row_to_json((select x from (select
        y.id, y.account_id, y.chat_id, y.kind,
        json_build_object('kind', y.actor_kind, 'id', y.actor_id, 'name', case y.actor_kind
            when 'user' then (select u.name from users u where u.id = y.actor_id)
            when 'api_key' then (select k.name from api_key k where k.id = y.actor_id)
            when 'rule' then (select r.name from rule r where r.id = y.actor_id) end) as actor,
        y.details || case when y.details ? 'assignee_id' then jsonb_build_object('assignee',
                (select u.name from users u where u.id = (y.details ->> 'assignee_id')::bigint)) else '{}' end
            || case when y.details ? 'team_id' then jsonb_build_object('team',
                (select t.name from user_team t where t.id = (y.details ->> 'team_id')::bigint)) else '{}' end
            || case when y.details ? 'label_id' then jsonb_build_object('label',
                (select l.name from label l where l.id = (y.details ->> 'label_id')::bigint)) else '{}' end
            as details,
        rfc3339(y.at) as at, y.seq) x))::text"""


class NewActivity(TypedDict):
    """An activity to insert with this seq; `actor_id` is None for the system."""

    account_id: int
    chat_id: int
    seq: int
    kind: ActivityKind
    actor_kind: str
    actor_id: int | None
    details: Mapping[str, object]


class StoredActivity(NamedTuple):
    """An activity with what a push of it needs."""

    account_id: int
    chat_id: int
    seq: int
    json: str
    audience: str


async def insert_activities(cursor: Cursor, rows: Sequence[NewActivity]) -> list[StoredActivity]:
    """Insert activities whose seqs are taken, and return them, by account and seq."""
    if not rows:
        return []
    await cursor.execute(
        f"""with y as (
                insert into channels_activity (account_id, chat_id, seq, kind, actor_kind, actor_id, details)
                select * from jsonb_to_recordset(%s::jsonb) as x (account_id bigint, chat_id bigint, seq bigint,
                    kind text, actor_kind text, actor_id bigint, details jsonb)
                returning *)
            select y.account_id, y.chat_id, y.seq, {ACTIVITY_JSON}, {audience_of("y.chat_id")}
            from y order by y.account_id, y.seq""",
        (orjson.dumps(rows).decode(),),
    )
    return [StoredActivity(*row) for row in await cursor.fetchall()]


async def list_activities(cursor: Cursor, chat_id: int, *, limit: int, after: tuple[str, int] | None) -> Page:
    """The chat's activities, newest first. The caller authorises."""
    after_time, after_id = after or (None, None)
    await cursor.execute(
        f"""select {ACTIVITY_JSON}, rfc3339(y.at), y.id from channels_activity y
            where y.chat_id = %(chat_id)s
                and (%(after_id)s::bigint is null or (y.at, y.id) < (%(after_time)s::timestamptz, %(after_id)s))
            order by y.at desc, y.id desc limit %(limit)s + 1""",
        {"chat_id": chat_id, "limit": limit, "after_time": after_time, "after_id": after_id},
    )
    return page_of(await cursor.fetchall(), limit)

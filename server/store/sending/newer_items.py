"""What colleagues wrote and did in a chat after a seq: it holds back a send whose writer has not seen it."""

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.conversations.activities import ACTIVITY_JSON
from server.store.conversations.conversations import is_answer
from server.store.conversations.notes import NOTE_JSON
from server.store.db.prepared import Prepared
from server.store.messages.messages import MESSAGE_JSON


class GuardedSend(TypedDict):
    """A send whose writer had seen the chat up to `guard_seq`."""

    chat_id: int
    guard_seq: int
    author_kind: str
    author_id: int


class NewerItems(NamedTuple):
    """Messages, activities and notes as JSON, oldest first, at most LIMIT of each."""

    messages: list[str]
    activities: list[str]
    notes: list[str]


LIMIT = 20
# Answers and notes by others, and assignments to others. Read by the account's index on `seq`, which no row has below
# the seq at which it was inserted: usually a few rows. They are shown to the writer, and never sent.
FIND_NEWER = Prepared(
    "find_newer",
    f"""
    with guarded as (
        select * from jsonb_to_recordset(%(rows)s::jsonb)
            as x (chat_id bigint, guard_seq bigint, author_kind text, author_id bigint)
    ), from_seq as (select min(guard_seq) as seq from guarded)
    (select 'message', {MESSAGE_JSON} from from_seq
     join channels_message m on m.account_id = %(account_id)s and m.seq > from_seq.seq
     join guarded on guarded.chat_id = m.chat_id and m.inserted_seq > guarded.guard_seq
     where {is_answer("m")}
         and (m.author_kind, m.author_id) is distinct from (guarded.author_kind, guarded.author_id)
     order by m.inserted_seq limit {LIMIT})
    union all
    (select 'activity', {ACTIVITY_JSON} from from_seq
     join channels_activity y on y.account_id = %(account_id)s and y.seq > from_seq.seq
     join guarded on guarded.chat_id = y.chat_id and y.seq > guarded.guard_seq
     where y.kind = 'assigned' and (y.actor_kind, y.actor_id) is distinct from (guarded.author_kind, guarded.author_id)
         and y.details ->> 'assignee_id' is not null
         and not (guarded.author_kind = 'user' and (y.details ->> 'assignee_id')::bigint = guarded.author_id)
     order by y.seq limit {LIMIT})
    union all
    (select 'note', {NOTE_JSON} from from_seq
     join channels_note n on n.account_id = %(account_id)s and n.seq > from_seq.seq
     join guarded on guarded.chat_id = n.chat_id and n.inserted_seq > guarded.guard_seq
     where n.deleted_at is null
         and (n.author_kind, n.author_id) is distinct from (guarded.author_kind, guarded.author_id)
     order by n.inserted_seq limit {LIMIT})""",
)


async def find_newer(cursor: Cursor, account_id: int, rows: Sequence[GuardedSend]) -> NewerItems:
    """What holds these sends back. The account must be locked: nothing newer can follow before the send is stored."""
    await FIND_NEWER.execute(cursor, {"account_id": account_id, "rows": orjson.dumps(rows).decode()})
    found = await cursor.fetchall()
    kinds = ("message", "activity", "note")
    return NewerItems(*([row[1] for row in found if row[0] == kind] for kind in kinds))

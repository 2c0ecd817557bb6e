"""What facts are computed from: conversations, their messages since a time, and the labels of their chats."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.rules.answering.target_clocks import Promises
from server.rules.answering.verdicts import ValidPromises
from server.rules.facts import Conversation, FactInputs, LabelChange, TeamChange
from server.rules.turns import TurnMessage
from server.store.chats.unread_rules import is_listed
from server.store.conversations.conversations import is_answer
from server.store.db.prepared import Prepared


class Happening(TypedDict):
    """Something that happened in a chat; `message_id` is None unless a message arrived, failed or was sent again."""

    chat_id: int
    message_id: int | None
    seq: int
    at: str


class Span(NamedTuple):
    """A conversation whose facts are to be computed, replies from `since` on: `opened_seq` is where its messages begin
    in the order of arrival, and `next_seq` where those of the next conversation begin.
    """

    conversation: Conversation
    since: datetime
    opened_seq: int
    next_seq: int | None


# Facts are about what is stored: never about messages that retention has removed, or may have. Before all messages:
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
CONVERSATION = """v.id, v.account_id, v.chat_id, v.opened_at, case v.opened_by when 'user' then v.opener_id end,
    v.first_reply_at, v.first_reply_by, v.closed_at, v.closed_by, v.opened_by = 'contact'"""
BOUNDS = """v.opened_seq, (select min(w.opened_seq) from channels_conversation w
    where w.chat_id = v.chat_id and w.id > v.id)"""
# The conversation that the message is in, and the newest one of the chat. A reply depends on messages since the first
# that has no answer, and on those whose answer came later than this or was this.
FIND_TOUCHED = Prepared(
    "find_touched_conversations",
    f"""
    with happening as (
        select h.chat_id, h.message_id, coalesce(m.inserted_seq, h.seq) as seq,
            least(h.at, m.sent_at) as at
        from jsonb_to_recordset(%(rows)s::jsonb)
            as h (chat_id bigint, message_id bigint, seq bigint, at timestamptz)
        left join lateral (select t.* from channels_message t where t.id = h.message_id limit 1) m on true
    ), touched as (
        select x.id, min(h.at) as at, array_agg(h.message_id) as message_ids
        from happening h
        cross join lateral (
            (select v.id from channels_conversation v where v.chat_id = h.chat_id and v.opened_seq <= h.seq
             order by v.id desc limit 1)
            union
            (select v.id from channels_conversation v where v.chat_id = h.chat_id order by v.id desc limit 1)) x
        group by x.id
    )
    select {CONVERSATION}, greatest(%(retained_from)s::timestamptz, least(touched.at, (
            select min(f.began_at) from report_fact f
            where f.conversation_id = v.id and f.measure in ('reply', 'program_reply', 'waiting')
                and (f.measure = 'waiting' or f.at >= touched.at or f.key = any(touched.message_ids))))), {BOUNDS}
    from touched
    cross join lateral (select t.* from channels_conversation t where t.id = touched.id limit 1) v order by v.id""",
)
LIST_SPANS = f"""
    select {CONVERSATION}, %(retained_from)s::timestamptz, {BOUNDS}
    from channels_conversation v where v.account_id = %(account_id)s and v.id <= %(up_to_id)s
    order by v.id desc limit %(limit)s"""
LIST_SPANS_OF = f"""
    select {CONVERSATION}, %(retained_from)s::timestamptz, {BOUNDS}
    from unnest(%(ids)s::bigint[]) x (id)
    cross join lateral (select t.* from channels_conversation t where t.id = x.id limit 1) v order by v.id"""
LIST_MESSAGES = Prepared(
    "list_turn_messages",
    f"""
    select x.id, m.id, m.sent_at, m.inserted_seq, m.direction, m.author_kind, m.author_id
    from jsonb_to_recordset(%(rows)s::jsonb)
        as x (id bigint, chat_id bigint, since timestamptz, opened_seq bigint, next_seq bigint)
    cross join lateral (
        select t.* from channels_message t
        where t.chat_id = x.chat_id and t.sent_at >= x.since and t.inserted_seq >= x.opened_seq
            and (x.next_seq is null or t.inserted_seq < x.next_seq)
            and (t.direction = 'in' and not t.is_history and not t.is_rating and {is_listed("t")} or {is_answer("t")})
        offset 0) m""",
)


async def find_touched(
    cursor: Cursor, happenings: Sequence[Happening], retained_from: datetime | None
) -> list[Span]:
    """The conversations whose facts these may have changed."""
    rows = orjson.dumps(happenings).decode()
    await FIND_TOUCHED.execute(cursor, {"rows": rows, "retained_from": retained_from or ALWAYS})
    return [_span(row) for row in await cursor.fetchall()]


async def list_spans(
    cursor: Cursor, account_id: int, up_to_id: int, limit: int, retained_from: datetime | None
) -> list[Span]:
    """Conversations of an account as a whole, newest first."""
    await cursor.execute(
        LIST_SPANS,
        {
            "account_id": account_id,
            "up_to_id": up_to_id,
            "limit": limit,
            "retained_from": retained_from or ALWAYS,
        },
    )
    return [_span(row) for row in await cursor.fetchall()]


async def list_spans_of(cursor: Cursor, ids: Collection[int], retained_from: datetime | None) -> list[Span]:
    """These conversations as a whole."""
    await cursor.execute(LIST_SPANS_OF, {"ids": list(ids), "retained_from": retained_from or ALWAYS})
    return [_span(row) for row in await cursor.fetchall()]


def _span(row: Sequence[object]) -> Span:
    return Span(Conversation(*row[:10]), *row[10:])  # type: ignore[arg-type]


async def list_messages(cursor: Cursor, spans: Sequence[Span]) -> dict[int, list[TurnMessage]]:
    """The messages of these spans that ask or answer, by conversation."""
    rows = [
        {
            "id": span.conversation.id,
            "chat_id": span.conversation.chat_id,
            "since": span.since.isoformat(),
            "opened_seq": span.opened_seq,
            "next_seq": span.next_seq,
        }
        for span in spans
    ]
    await LIST_MESSAGES.execute(cursor, {"rows": orjson.dumps(rows).decode()})
    found: dict[int, list[TurnMessage]] = {span.conversation.id: [] for span in spans}
    for conversation_id, *message in await cursor.fetchall():
        found[conversation_id].append(TurnMessage(*message))
    return found


LIST_CHANGES = """
    select y.chat_id, y.at, y.kind, (y.details ->> 'label_id')::bigint, (y.details ->> 'team_id')::bigint
    from channels_activity y
    where y.chat_id = any(%s) and y.kind in ('labelled', 'unlabelled', 'assigned') order by y.seq"""
LIST_PROMISES = """
    select p.conversation_id, p.since, p.first_reply_minutes, p.next_reply_minutes, p.close_minutes, p.office_hours
    from report_promise p where p.conversation_id = any(%s) order by p.since"""


async def list_inputs(cursor: Cursor, spans: Sequence[Span]) -> dict[int, FactInputs]:
    """Which labels and teams the chats of these conversations got and lost, and what was promised; by conversation."""
    labels: dict[int, list[LabelChange]] = {}
    teams: dict[int, list[TeamChange]] = {}
    promises: dict[int, list[ValidPromises]] = {}
    await cursor.execute(LIST_CHANGES, ([span.conversation.chat_id for span in spans],))
    for chat_id, at, kind, label_id, team_id in await cursor.fetchall():
        if kind == "assigned":
            teams.setdefault(chat_id, []).append(TeamChange(chat_id, at, team_id))
        else:
            labels.setdefault(chat_id, []).append(LabelChange(chat_id, at, label_id, kind == "labelled"))
    await cursor.execute(LIST_PROMISES, ([span.conversation.id for span in spans],))
    for conversation_id, since, *promised in await cursor.fetchall():
        promises.setdefault(conversation_id, []).append(ValidPromises(since, Promises(*promised)))
    return {
        own.id: FactInputs(labels.get(own.chat_id, ()), teams.get(own.chat_id, ()), promises.get(own.id, ()))
        for own in (span.conversation for span in spans)
    }

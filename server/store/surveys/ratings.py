"""Ratings: what contacts answer to surveys, and what they write about it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.sight import audience
from server.store.chats.unread_rules import is_countable
from server.store.conversations.activities import ACTIVITY_JSON, StoredActivity
from server.store.conversations.conversations import is_answer
from server.store.db.seq import take_seqs_for

# An answer is read for so long after the question; the contact's next message within this time is about it.
ANSWERABLE, COMMENTABLE = "interval '24 hours'", "interval '10 minutes'"
# How far the clocks of WhatsApp and of this server may be apart.
SKEW = "interval '1 minute'"


class ReadRating(TypedDict):
    """A contact's new message that can be read as a rating; with words a user has to read it as any other."""

    chat_id: int
    message_id: int
    arrived_seq: int
    sent_at: str
    score: int
    has_words: bool


class StoredRating(NamedTuple):
    """A rating, whether its message needs no reader, and the line about it."""

    message_id: int
    is_silent: bool
    activity: StoredActivity


# It answers only as the first message after the question, of a conversation that is still closed: whatever the contact
# or a colleague wrote in between began something else. The lookups are lateral for the reason given in advance.py.
STORE_RATINGS = f"""
    with given as (
        select * from jsonb_to_recordset(%(rows)s::jsonb) as x (chat_id bigint, message_id bigint, arrived_seq bigint,
            sent_at timestamptz, score smallint, has_words boolean)
    ), found as (
        select distinct on (s.id) s.id, s.account_id, s.chat_id, g.message_id, g.score, g.has_words, g.sent_at
        from given g
        cross join lateral (select t.* from channels_chat t where t.id = g.chat_id limit 1) c
        cross join lateral (
            select t.* from channels_survey t where t.chat_id = g.chat_id and t.asked_at is not null
            order by t.asked_at desc limit 1) s
        where s.score is null and c.status = 'closed' and c.conversation_id = s.conversation_id
            and g.arrived_seq > s.asked_seq
            and g.sent_at > s.asked_at - {SKEW} and g.sent_at <= s.asked_at + {ANSWERABLE}
            and exists (select from channels_message q where q.id = s.message_id and q.status <> 'failed')
            and not exists (
                select from channels_message m
                where m.chat_id = g.chat_id and m.inserted_seq > s.asked_seq and m.inserted_seq < g.arrived_seq
                    and ({is_countable("m")} or {is_answer("m")}))
        order by s.id, g.arrived_seq
    ), rated as (
        select *, row_number() over (partition by account_id order by id) as n from found
    ), answered as (
        update channels_survey s set score = r.score, answered_at = r.sent_at, answer_id = r.message_id,
            comment_id = case when r.has_words then r.message_id end
        from rated r where s.id = r.id
    ), silenced as (
        update channels_message m set is_rating = true from found f where m.id = f.message_id and not f.has_words
    ), {take_seqs_for("rated")}, y as (
        insert into channels_activity (account_id, chat_id, seq, kind, actor_kind, actor_id, details)
        select r.account_id, r.chat_id, seqs.base + r.n, 'rated', 'system', null,
            jsonb_build_object('survey_id', r.id, 'score', r.score)
        from rated r join seqs on seqs.account_id = r.account_id
        returning *
    )
    select r.message_id, not r.has_words, y.account_id, y.chat_id, y.seq, {ACTIVITY_JSON}, {audience()}
    from y join rated r on r.chat_id = y.chat_id join channels_chat c on c.id = y.chat_id
    order by y.account_id, y.seq"""


async def store_ratings(cursor: Cursor, rows: Sequence[ReadRating]) -> list[StoredRating]:
    """Store those of these messages that answer a survey, and return them, by account and seq. The accounts must be
    locked.
    """
    await cursor.execute(STORE_RATINGS, {"rows": orjson.dumps(rows).decode()})
    return [StoredRating(row[0], row[1], StoredActivity(*row[2:])) for row in await cursor.fetchall()]


async def store_comments(cursor: Cursor, account_id: int, message_ids: Collection[int]) -> None:
    """Store for each rating without words which of these messages is the contact's next, if it came soon after."""
    await cursor.execute(
        f"""with found as (
                select distinct on (s.id) s.id, m.id as message_id
                from channels_message m
                join channels_survey s on s.chat_id = m.chat_id and s.answer_id is not null and s.comment_id is null
                join channels_message a on a.id = s.answer_id
                where m.account_id = %s and m.id = any(%s) and {is_countable("m")} and m.body is not null
                    and m.inserted_seq > a.inserted_seq and m.sent_at <= s.answered_at + {COMMENTABLE}
                    and not exists (
                        select from channels_message e where e.chat_id = m.chat_id and {is_countable("e")}
                            and e.inserted_seq > a.inserted_seq and e.inserted_seq < m.inserted_seq)
                order by s.id, m.inserted_seq)
            update channels_survey s set comment_id = f.message_id from found f where s.id = f.id""",
        (account_id, list(message_ids)),
    )


class ToThank(NamedTuple):
    """A conversation that was rated, and the text of thanks: None is the default of the number with this phone."""

    chat_id: int
    conversation_id: int
    thanks: str | None
    phone: str | None


async def list_to_thank(cursor: Cursor, account_id: int, message_ids: Collection[int]) -> list[ToThank]:
    """Conversations that these messages rate, where the number thanks for it."""
    await cursor.execute(
        """select s.chat_id, s.conversation_id, o.thanks, a.phone from channels_survey s
           join account_survey o on o.account_id = s.account_id and o.is_on and o.thanks is distinct from ''
           join channels_account a on a.id = s.account_id
           where s.account_id = %s and s.answer_id = any(%s) order by s.id""",
        (account_id, list(message_ids)),
    )
    return [ToThank(*row) for row in await cursor.fetchall()]

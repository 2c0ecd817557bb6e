"""Surveys on their way to the contact: scheduled by the closing of a conversation, asked once, some minutes later."""

from collections.abc import Collection
from typing import Literal, NamedTuple

from aiopg import Cursor

from server.store.conversations.conversations import is_answer
from server.store.db.prepared import Prepared

EXPORTED_SURVEY_JSON = """
    row_to_json((select x from (select
        s.id, s.account_id, s.chat_id, s.conversation_id, s.user_id, rfc3339(s.asked_at) as asked_at, s.message_id,
        s.score, rfc3339(s.answered_at) as answered_at, s.answer_id, s.comment_id) x))::text"""
# A conversation whose last answer is older is not asked about.
FRESH = "interval '7 days'"
# A question that cannot be sent is tried again so long after its time.
LATEST = "interval '1 day'"


async def schedule_surveys(cursor: Cursor, account_id: int, chat_ids: Collection[int]) -> None:
    """Schedule a survey for those of these chats that are closed now, once for each conversation that a contact began.
    What else it takes to be asked is decided when it is due.
    """
    await cursor.execute(
        """insert into channels_survey as s (account_id, chat_id, conversation_id, due_at)
           select c.account_id, c.id, v.id, v.closed_at + make_interval(mins => o.delay_minutes)
           from channels_chat c join channels_conversation v on v.id = c.conversation_id
           join account_survey o on o.account_id = c.account_id and o.is_on
           where c.account_id = %s and c.id = any(%s) and c.kind = 'direct' and c.status = 'closed'
               and v.closed_at is not null and v.opened_by = 'contact'
           on conflict (conversation_id) do update set due_at = excluded.due_at where s.asked_at is null""",
        (account_id, list(chat_ids)),
    )


class DueSurvey(NamedTuple):
    """A survey whose time has come, and its account."""

    id: int
    account_id: int


LIST_DUE = Prepared(
    "list_due_surveys",
    """
    select s.id, s.account_id from channels_survey s
    join channels_account a on a.id = s.account_id and a.erasing_since is null
    where s.due_at <= now() order by s.due_at, s.id limit %(limit)s""",
)


async def list_due(cursor: Cursor, limit: int) -> list[DueSurvey]:
    """Surveys whose time has come, the oldest first."""
    await LIST_DUE.execute(cursor, {"limit": limit})
    return [DueSurvey(*row) for row in await cursor.fetchall()]


class CheckedSurvey(NamedTuple):
    """What is to be done about a due survey now: `wait` if the conversation was closed again since. `user_id` is who
    wrote last before the closing, None for the phone.
    """

    verdict: Literal["ask", "wait", "drop"]
    chat_id: int
    conversation_id: int
    user_id: int | None
    question: str | None
    phone: str | None


# The chat's state decides: it is another one as soon as the contact writes or a user reopens the conversation.
CHECK = f"""
    select case
            when o.is_on is not true or c.kind <> 'direct' or c.status <> 'closed' or v.closed_at is null
                or c.conversation_id is distinct from v.id or v.opened_by <> 'contact' then 'drop'
            when v.closed_at + make_interval(mins => o.delay_minutes) > now() then 'wait'
            when v.closed_at + make_interval(mins => o.delay_minutes) + {LATEST} <= now()
                or last.sent_at is null or last.sent_at <= now() - {FRESH}
                or exists (select from channels_survey p
                    where p.chat_id = s.chat_id and p.asked_at > now() - make_interval(days => o.pause_days))
                or exists (select from channels_erasure e
                    where e.account_id = s.account_id and e.state = 'running' and s.chat_id = any(e.chat_ids))
                then 'drop'
            else 'ask' end,
        s.chat_id, s.conversation_id, case last.author_kind when 'user' then last.author_id end, o.question, a.phone
    from channels_survey s
    join channels_chat c on c.id = s.chat_id
    join channels_conversation v on v.id = s.conversation_id
    join channels_account a on a.id = s.account_id
    left join account_survey o on o.account_id = s.account_id
    left join lateral (
        select m.sent_at, m.author_kind, m.author_id from channels_message m
        where m.chat_id = s.chat_id and {is_answer("m")} and m.author_kind in ('user', 'phone')
            and m.inserted_seq > v.opened_seq and m.sent_at <= v.closed_at
        order by m.sent_at desc, m.id desc limit 1) last on true
    where s.id = %s and s.due_at <= now()"""


async def check_due(cursor: Cursor, survey_id: int) -> CheckedSurvey | None:
    """What to do about a due survey; None if it is no longer due. Its account must be locked."""
    await cursor.execute(CHECK, (survey_id,))
    row = await cursor.fetchone()
    return row and CheckedSurvey(*row)


async def postpone(cursor: Cursor, survey_id: int, minutes: int) -> None:
    """Make it due again: so long after the last closing, or if that is over, in so many minutes."""
    await cursor.execute(
        """update channels_survey s set due_at = greatest(
               now() + make_interval(mins => %s),
               (select v.closed_at + make_interval(mins => o.delay_minutes)
                from channels_conversation v join account_survey o on o.account_id = v.account_id
                where v.id = s.conversation_id))
           where s.id = %s and s.due_at is not null""",
        (minutes, survey_id),
    )


async def drop_survey(cursor: Cursor, survey_id: int) -> None:
    """Forget a survey that was not asked: a later closing may schedule it again."""
    await cursor.execute("delete from channels_survey where id = %s and asked_at is null", (survey_id,))


async def mark_asked(
    cursor: Cursor, survey_id: int, message_id: int, message_seq: int, user_id: int | None
) -> None:
    """Record that this message asks, and whom its answer will rate."""
    await cursor.execute(
        """update channels_survey set due_at = null, asked_at = now(), asked_seq = %s, message_id = %s, user_id = %s
           where id = %s and asked_at is null""",
        (message_seq, message_id, user_id, survey_id),
    )


async def delete_of_chats(cursor: Cursor, chat_ids: Collection[int]) -> None:
    """Delete the surveys of these chats, with the lines about their answers."""
    await cursor.execute("delete from channels_survey where chat_id = any(%s)", (list(chat_ids),))
    await cursor.execute(
        "delete from channels_activity where chat_id = any(%s) and kind = 'rated'", (list(chat_ids),)
    )

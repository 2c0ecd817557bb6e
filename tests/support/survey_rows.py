"""Surveys as rows: asked and answered at any time, for tests of what reads them."""

from datetime import UTC, datetime, timedelta

from aiopg import Cursor

from server.web.app_keys import DATABASE
from tests.support.factories import make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually

ANSWERED = datetime(2026, 3, 2, 12, tzinfo=UTC)
INSERT = """
    with v as (
        insert into channels_conversation (account_id, chat_id, opened_at, opened_seq, opened_by, closed_at)
        values (%(account_id)s, %(chat_id)s, %(asked_at)s, 0, 'contact', %(asked_at)s) returning id)
    insert into channels_survey (account_id, chat_id, conversation_id, asked_at, asked_seq, user_id, score, answered_at,
        answer_id, comment_id)
    select %(account_id)s, %(chat_id)s, v.id, %(asked_at)s, 1, %(user_id)s, %(score)s, %(answered_at)s, %(comment_id)s,
        %(comment_id)s from v returning id"""


async def make_survey(
    stack: Stack,
    account_id: int,
    chat_id: int,
    score: int | None,
    *,
    user_id: int | None = None,
    answered_at: datetime = ANSWERED,
    comment: str | None = None,
) -> int:
    """A survey of a closed conversation, asked a minute before its answer; without a score it has none."""
    comment_id = None
    if comment is not None:
        (comment_id,) = await make_messages(stack, account_id, chat_id, [answered_at], body=comment)

    async def insert(cursor: Cursor) -> int:
        await cursor.execute(
            INSERT,
            {
                "account_id": account_id,
                "chat_id": chat_id,
                "asked_at": answered_at - timedelta(minutes=1),
                "user_id": user_id,
                "score": score,
                "answered_at": None if score is None else answered_at,
                "comment_id": comment_id,
            },
        )
        return int((await cursor.fetchone())[0])

    made: int = await stack.app[DATABASE].write(insert)
    return made


# As if the conversation had been closed, and answered, two minutes ago.
MAKE_DUE = """
    with v as (update channels_conversation set closed_at = now() - interval '2 minutes' where closed_at is not null),
    m as (update channels_message set sent_at = now() - interval '3 minutes')
    update channels_survey set due_at = now() where asked_at is null returning id"""


async def await_question(stack: Stack) -> None:
    """Wait until a closing has scheduled a survey, and let it be asked."""

    async def make_due(cursor: Cursor) -> bool:
        await cursor.execute(MAKE_DUE)
        # It may be asked already: what this made over is before the survey was scheduled, too.
        await cursor.execute("select from channels_survey")
        return await cursor.fetchone() is not None

    await eventually(lambda: stack.app[DATABASE].write(make_due))

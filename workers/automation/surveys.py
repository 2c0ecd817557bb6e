"""Asks contacts for a rating after a conversation: the consumer of closings and answers, and the task that asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiopg import Cursor

from server.accounts.survey_settings import CONSUMER
from server.config import Config
from server.config.plans import Plans
from server.errors import Unavailable
from server.messages.automatic import send_automatic
from server.messages.send_batcher import announce_sends
from server.messages.sending import StoredSend
from server.rules.answering.surveys import texts_of
from server.store.accounts.accounts import LockedAccount, lock_account
from server.store.automation.feed_events import FeedEvent
from server.store.surveys import ratings, surveys
from server.store.surveys.surveys import DueSurvey
from workers.automation.consumer import Effects
from workers.context import Parts

log = structlog.get_logger()

BATCH = 100
RETRY_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Surveys:
    """Schedules a survey for each closed conversation, stores what contacts write about their rating, and thanks."""

    name: str = CONSUMER
    page_size: int = 200
    find = staticmethod(lock_account)

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        # What a rule closed is asked about too: once for a conversation, so that nothing can go round in circles.
        if closed := {event.chat_id for event in events if event.activity == "closed"}:
            await surveys.schedule_surveys(cursor, account.id, closed)
        received = [
            event.id for event in events if event.kind in ("message", "rating") and event.direction == "in"
        ]
        if not received:
            return Effects()
        await ratings.store_comments(cursor, account.id, received)
        return Effects(sends=await _thank(cursor, config.plans, account, received))


async def _thank(
    cursor: Cursor, plans: Plans, account: LockedAccount, message_ids: Sequence[int]
) -> list[StoredSend]:
    """Thank for ratings, each once."""
    sent = []
    for rated in await ratings.list_to_thank(cursor, account.id, message_ids):
        text = texts_of(rated.phone).thanks if rated.thanks is None else rated.thanks
        client_id = f"survey-thanks:{rated.conversation_id}"
        sent.append(await send_automatic(cursor, plans, account, rated.chat_id, client_id, text))
    return [one for one in sent if one is not None]


async def ask_due(parts: Parts) -> None:
    """Ask what is due, each in one transaction: a killed worker or a second one asks nothing twice."""
    while True:
        due = await parts.database.read(surveys.list_due, BATCH)
        for survey in due:
            await _ask_one(parts, survey)
        if len(due) < BATCH:
            return


async def _ask_one(parts: Parts, due: DueSurvey) -> None:
    try:
        stored = await parts.database.write(_ask, parts.config.plans, due)
    except Unavailable:
        raise
    except Exception:
        # The others must not wait for it.
        log.exception("survey_failed", survey_id=due.id)
        await parts.database.write(surveys.drop_survey, due.id)
    else:
        if stored is not None:
            await announce_sends(parts.redis, [stored])


async def _ask(cursor: Cursor, plans: Plans, due: DueSurvey) -> StoredSend | None:
    account = await lock_account(cursor, due.account_id)
    if account is None:
        return None
    checked = await surveys.check_due(cursor, due.id)
    if checked is None:
        return None  # another worker was faster
    if checked.verdict == "drop":
        await surveys.drop_survey(cursor, due.id)
        return None
    sent = None
    if checked.verdict == "ask":
        text = checked.question or texts_of(checked.phone).question
        client_id = f"survey:{checked.conversation_id}"
        sent = await send_automatic(cursor, plans, account, checked.chat_id, client_id, text)
    if sent is None:
        await surveys.postpone(cursor, due.id, RETRY_MINUTES if checked.verdict == "ask" else 0)
        return None
    message = sent.messages[0]
    await surveys.mark_asked(cursor, due.id, message.id, message.seq, checked.user_id)
    return sent

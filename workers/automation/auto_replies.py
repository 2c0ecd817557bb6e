"""Answers contacts by itself: with a welcome, or outside the office hours with an away text, each once."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aiopg import Cursor

from server.accounts.answering import CONSUMER
from server.config import Config
from server.messages.automatic import send_automatic
from server.rules.answering.auto_replies import choose_reply
from server.rules.answering.opening_times import opening_text
from server.rules.hours import Hours
from server.store.accounts.accounts import LockedAccount, lock_account
from server.store.automation import auto_replies
from server.store.automation.auto_replies import Answerable
from server.store.automation.feed_events import FeedEvent
from server.store.automation.hours import fetch_hours
from server.text.variables import OPENS_AT, resolve
from workers.automation.consumer import Effects


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AutoReplies:
    """The consumer of accounts that have a welcome or an away text."""

    name = CONSUMER
    page_size = 200
    find = staticmethod(lock_account)

    def __init__(self, now: Callable[[], datetime] = _utc_now) -> None:
        self._now = now

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        effects, now, answered = Effects(), self._now(), set[int]()
        texts = await auto_replies.fetch_texts(cursor, account.id)
        hours = (await fetch_hours(cursor, [account.id])).get(account.id)
        asked = [event for event in events if event.kind == "message" and event.direction == "in"]
        for one in await auto_replies.list_answerable(cursor, asked, now) if asked and texts.by_kind else ():
            reply = choose_reply(texts.by_kind, hours, one.message, now)
            # What is known of a chat is from before the page: of its messages one is answered.
            if reply is None or one.message.chat_id in answered:
                continue
            answered.add(one.message.chat_id)
            values = _values(account, one, hours, now) | {OPENS_AT: opening_text(hours, now, texts.phone)}
            text = resolve(texts.by_kind[reply.kind], values)
            sent = await send_automatic(
                cursor, config.plans, account, one.message.chat_id, reply.client_id, text
            )
            if sent is not None and sent.pushes:
                effects.sends.append(sent)
        return effects


def _values(
    account: LockedAccount, one: Answerable, hours: Hours | None, now: datetime
) -> dict[str, str | None]:
    """The values of the variables; of a contact without a name there are none."""
    name = (one.name or "").strip() or None
    return {
        "contact.name": name,
        "contact.first_name": name and name.split()[0],
        "contact.phone": one.phone,
        "account.name": account.name,
        "today": now.astimezone(hours.zone if hours else UTC).date().isoformat(),
    }

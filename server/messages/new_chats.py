"""Guards new chats: how many an account begins, whether a phone number is on WhatsApp, and the stop after a rejection.

WhatsApp restricts numbers that write to many strangers. Answers in existing chats pass none of this.
"""

from dataclasses import dataclass

import structlog
from aiopg import Cursor

from server import metrics
from server.config import Pace
from server.errors import ConfabError, NotFound
from server.realtime.events import Push
from server.realtime.pushes import account_push
from server.said.said import said
from server.store.db.database import Database
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.sending import new_chats
from server.store.sending.chat_starts import StartTarget
from server.store.sending.new_chats import DayLimits, NewChat, Stop
from server.unipile.client import UnipileClient
from server.unipile.errors import UnipileError
from server.unipile.profiles import is_on_whatsapp

log = structlog.get_logger()

NOT_ON_WHATSAPP = said("start_not_on_whatsapp")
SENTENCES = {
    "day": said("start_day"),
    "rejected": said("start_rejected"),
}


def day_limits(pace: Pace) -> DayLimits | None:
    """How many chats a day an account may begin; None where pacing is off."""
    if not pace.enabled:
        return None
    return DayLimits(pace.fresh_days, pace.new_chats_per_day, pace.settled_new_chats_per_day)


def stop_error(stop: Stop) -> ConfabError:
    """The API error for a new chat that may not begin now, with the time from which it may."""
    return ConfabError(
        "new_chats_stopped",
        SENTENCES[stop.reason],
        retry_after=int(stop.seconds) + 1,
        details={"reason": stop.reason, "until": stop.until},
    )


@dataclass(frozen=True, slots=True)
class NewChatGuard:
    """Admits new chats. The place in the day is taken before UniPile is asked about the phone number, because WhatsApp
    counts that question too.
    """

    database: Database
    unipile: UnipileClient
    pace: Pace

    async def is_new(self, target: StartTarget, address: str) -> bool:
        """Whether a message to this address begins a chat."""
        return not await self.database.read(new_chats.has_chat_with, target.account_id, address)

    async def admit(self, target: StartTarget, address: str) -> None:
        """Raise unless the account may begin a chat with this address now, and WhatsApp knows it."""
        taken = await self.database.write(
            new_chats.take_new_chat, target.account_id, address, day_limits(self.pace)
        )
        if taken is None:
            raise NotFound
        if isinstance(taken, Stop):
            raise stop_error(taken)
        if not await self._is_on_whatsapp(target, address, taken):
            raise ConfabError("invalid", fields={"to": [NOT_ON_WHATSAPP]})

    async def _is_on_whatsapp(self, target: StartTarget, address: str, taken: NewChat) -> bool:
        """True also where UniPile does not say: then only the first message shows it."""
        if taken.is_on_whatsapp is not None:
            return taken.is_on_whatsapp
        found = await is_on_whatsapp(self.unipile, target.external_account_id, address)
        if found is None:
            return True
        await self.database.write(new_chats.note_check, taken.id, found)
        return found


async def require_not_stopped(cursor: Cursor, account_id: int) -> None:
    """Raise if the account's new chats are stopped; it must be locked."""
    if stop := await new_chats.fetch_stop(cursor, account_id):
        raise stop_error(stop)


async def stop_if_restricted(
    cursor: Cursor, account_id: int, error: UnipileError, hours: int, *, to_stranger: bool
) -> Push | None:
    """Stop the account's new chats if this error shows that WhatsApp restricts it; returns the push of a new stop."""
    if not error.is_restriction(to_stranger=to_stranger):
        return None
    stopped = await new_chats.stop_new_chats(cursor, account_id, error.type, hours)
    if stopped is None:
        return None
    metrics.NEW_CHAT_STOPS.labels(error.type).inc()
    log.warning("new_chats_stopped", account_id=account_id, error=error.type)
    return account_push(account_id, *stopped)


async def resume(cursor: Cursor, account_id: int, actor: Actor) -> Push | None:
    """End the stop before its time, with the audit record; None if there is none."""
    resumed = await new_chats.resume_new_chats(cursor, account_id)
    if resumed is None:
        return None
    await audit.record(cursor, "account.new_chats_resumed", actor, ("account", account_id))
    return account_push(account_id, *resumed)

"""Stops an account's new chats when UniPile's answer to a send shows that WhatsApp restricts the account."""

from aiopg import Cursor

from server.messages.new_chats import stop_if_restricted
from server.realtime.broker import publish_or_log
from server.realtime.events import Push
from server.store.sending import new_chats
from server.store.sending.outbox import SendAttempt
from server.unipile.errors import UnipileError
from workers.context import Parts


async def note_restriction(parts: Parts, attempt: SendAttempt, error: UnipileError) -> None:
    """Before the outcome is stored: a worker that is killed in between has stopped the new chats, and the send is
    verified like every send without an outcome.
    """
    if not error.is_restriction(to_stranger=True):
        return
    push = await parts.database.write(_stop, attempt, error, parts.config.pace.stop_hours)
    if push is not None:
        await publish_or_log(parts.redis, attempt.account_id, [push], "stop_not_published")


async def _stop(cursor: Cursor, attempt: SendAttempt, error: UnipileError, hours: int) -> Push | None:
    to_stranger = await new_chats.is_unanswered(cursor, attempt.chat_id)
    return await stop_if_restricted(cursor, attempt.account_id, error, hours, to_stranger=to_stranger)

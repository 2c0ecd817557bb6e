"""Stores the outcome of a send, never more than is known, and publishes it."""

from typing import NamedTuple

import psycopg2
from aiopg import Cursor

from server import metrics
from server.errors import failure
from server.queue import AMEND_MESSAGE, enqueue
from server.realtime.broker import log_if_unavailable, publish_or_log
from server.realtime.pushes import chat_push, message_push
from server.store.chats import unread
from server.store.chats.chats import ChangedChat
from server.store.conversations import conversations
from server.store.messages import messages, quotes
from server.store.messages.message_rows import MessageKey
from server.store.messages.messages import ChangedMessage
from server.store.sending import outbox, send_outcomes
from server.unipile.errors import UnipileError
from workers.context import Parts


class SendOutcome(NamedTuple):
    """The messages that changed; whether an amendment of the sent one arrived before its id was known; its chat if its
    unread count changed.
    """

    messages: list[ChangedMessage] = []  # noqa: RUF012 - never changed
    is_amended: bool = False
    chat: ChangedChat | None = None


def error_fields(error: UnipileError) -> dict[str, object]:
    """The error as the message shows it: UniPile's code, and our sentence for agents."""
    return failure(error.type, error.advice)


async def settle_send(
    parts: Parts,
    message_id: int,
    status: str,
    *,
    provider_msg_id: str | None = None,
    error: dict[str, object] | None = None,
) -> None:
    """Store an outcome and publish it. If the job is interrupted before, `requeue_lost_sends` finishes it."""
    metrics.SENDS.labels(status).inc()
    try:
        outcome = await parts.database.write(_store_outcome, message_id, status, provider_msg_id, error)
    except psycopg2.errors.UniqueViolation:
        # Its echo had a changed text, waited as long as echoes wait, and was stored as a row of its own.
        outcome = await parts.database.write(_store_outcome, message_id, status, None, error)
    changed = outcome.messages
    if outcome.is_amended and provider_msg_id is not None:
        # A reaction arrived before the message's id was known.
        with log_if_unavailable("amendment_not_queued", message_id=message_id):
            await enqueue(parts.redis, AMEND_MESSAGE, changed[0].account_id, provider_msg_id)
    parts.counted.update(message.account_id for message in changed)
    await publish_outcome(parts, changed, outcome.chat)


async def publish_outcome(
    parts: Parts, changed: list[ChangedMessage], chat: ChangedChat | None = None
) -> None:
    """Publish changed messages of one account, and a chat; clients that miss it find it in the changes."""
    if not changed:
        return
    pushes = [
        message_push(message, "message:sent" if message.status == "sent" else "message:updated")
        for message in changed
    ]
    if chat is not None:
        pushes.append(chat_push(chat))
    account_id, message_id = changed[0].account_id, changed[0].id
    await publish_or_log(parts.redis, account_id, pushes, "outcome_not_published", message_id=message_id)


async def _store_outcome(
    cursor: Cursor, message_id: int, status: str, provider_msg_id: str | None, error: dict[str, object] | None
) -> SendOutcome:
    """Store the outcome and what changes with it; a definite failure refunds its count. Early receipts, replies and
    amendments are rare, and queried only if there are any.
    """
    await send_outcomes.lock_message_first(cursor, message_id)
    settled = await outbox.settle_attempt(
        cursor,
        message_id,
        status,
        provider_msg_id=provider_msg_id,
        error=error,
        verify_seconds=send_outcomes.VERIFY_DELAYS_SECONDS[0] if status == "unconfirmed" else None,
    )
    if settled is None:
        return SendOutcome()
    changed = [settled.message]
    account_id = settled.message.account_id
    if settled.is_answered and provider_msg_id is not None:
        key: MessageKey = {"account_id": account_id, "provider_msg_id": provider_msg_id}
        changed += await quotes.bump_reply_seqs(cursor, [key])
    if settled.is_ticked:
        changed += await messages.apply_receipts(cursor, [account_id])
    chat_id = settled.message.chat_id
    chat = await unread.recount(cursor, chat_id) if settled.is_unread_again else None
    if settled.message.status == "failed":
        # It is no answer.
        chat = next(iter(await conversations.refresh_conversations(cursor, [chat_id])), chat)
    return SendOutcome(changed, settled.is_amended, chat)

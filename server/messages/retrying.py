"""Retries a send that failed or is unconfirmed, when a user asks for it."""

from aiopg import Cursor

from server.accounts.provider_errors import status_error
from server.errors import ConfabError, NotFound
from server.messages.sending import StoredSend, advance_chat
from server.plans.payer import Payer
from server.plans.quotas import require_messages
from server.realtime.pushes import message_push
from server.said.said import said
from server.store.chats.flags import preview_of
from server.store.sending import send_outcomes
from server.store.sending.sends import Author


async def retry_send(
    cursor: Cursor,
    payer: Payer,
    user_id: int,
    provider: str,
    account_id: int,
    message_id: int,
    chat_id: int | None,
) -> StoredSend:
    """Check access and plan, queue the message again and advance its chat. It counts against the current month."""
    known = await send_outcomes.lock_retry_target(cursor, user_id, provider, account_id, message_id)
    if known is None or chat_id not in (None, known.chat_id):
        raise NotFound
    target = known.target
    if denial := status_error(target.account_status):
        raise denial
    if known.status not in ("failed", "unconfirmed"):
        raise ConfabError("conflict", said("message_no_retry"))
    message, sent_at = await send_outcomes.queue_again(cursor, message_id)
    await require_messages(cursor, payer, target.owner_id, 1)
    preview = preview_of(known.body, known.attachments)
    chat = await advance_chat(cursor, message, sent_at, preview, Author("user", user_id))
    return StoredSend([message], [message_push(message), chat])

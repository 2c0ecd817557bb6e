"""The transactions of a first message to a phone number."""

from datetime import datetime

from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.plans.payer import Payer
from server.plans.quotas import check_messages, require_messages
from server.realtime.events import Push
from server.realtime.pushes import chat_push, message_push
from server.store.accounts import accounts
from server.store.chats import chats, flags
from server.store.messages.messages import ChangedMessage
from server.store.plans import usage
from server.store.sending import chat_starts, sends
from server.store.sending.chat_starts import ChatStart, StartTarget


async def require_messages_left(cursor: Cursor, payer: Payer, owner_id: int) -> None:
    used = await usage.fetch_used(cursor, owner_id, payer.rights.provider)
    check_messages(await payer.rights_of(cursor, owner_id), used, 1)


async def begin_start(cursor: Cursor, payer: Payer, start: ChatStart) -> datetime | None:
    """Write it down, which counts it; what is not sent after all gives the count back with its row."""
    account = await accounts.lock_account(cursor, start.account_id)
    if account is None:
        raise NotFound
    begun_at = await chat_starts.insert_start(cursor, start)
    if begun_at is not None:
        await require_messages(cursor, payer, account.user_id, 1)
    return begun_at


async def find_started(cursor: Cursor, target: StartTarget, client_id: str) -> ChangedMessage | None:
    """The message of an earlier request with this client_id; raises when nobody knows what became of it."""
    known = await sends.fetch_by_client_id(cursor, target.account_id, client_id)
    if known is not None:
        return known
    begun = await chat_starts.lock_start(cursor, target.account_id, client_id)
    if begun is None:
        return None
    start, begun_at = begun
    adopted = await chat_starts.adopt_message(cursor, start, begun_at)
    if adopted is None:
        raise ConfabError("provider_timeout", UNKNOWN_OUTCOME)
    await chat_starts.delete_start(cursor, start)
    return adopted


async def store_started(
    cursor: Cursor,
    provider: str,
    start: ChatStart,
    begun_at: datetime,
    provider_chat_id: str,
    provider_msg_id: str | None,
) -> tuple[ChangedMessage, list[Push]]:
    """One transaction: the chat, the message (its echo may have stored both already), the count."""
    await accounts.lock_account(cursor, start.account_id)
    chat_id = await chat_starts.ensure_chat(cursor, start, provider_chat_id)
    known = await chat_starts.adopt_message(cursor, start, begun_at, provider_msg_id)
    if known is not None:
        await chat_starts.delete_start(cursor, start)
        return known, [message_push(known, "message:sent")]
    message, sent_at, payer_id = await chat_starts.insert_message(cursor, start, chat_id, provider_msg_id)
    await chat_starts.delete_start(cursor, start)
    change = {
        "account_id": start.account_id,
        "chat_id": chat_id,
        "message_id": message.id,
        "sent_at": sent_at,
        "message_key": provider_msg_id or "",
        "preview": flags.preview_of(start.body, []),
        # Whoever writes to a phone number has seen nothing of the chat that may exist.
        "arrived": 0,
        "recounts": False,
    }
    (chat,) = await chats.advance_chats(cursor, [change])
    # The row's own count ended with it, above.
    count = {"user_id": payer_id, "sent": 1, "here": 1, "received": 0}
    await usage.raise_usage(cursor, provider, [count])
    return message, [message_push(message, "message:sent"), chat_push(chat)]


UNKNOWN_OUTCOME = (
    "UniPile did not say whether the message went out. It is not sent again; if it did, its chat appears "
    "by itself."
)

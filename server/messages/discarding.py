"""Deletes a failed message, which exists only here: WhatsApp never had it."""

from typing import NamedTuple

from aiopg import Cursor

from server.errors import ConfabError
from server.realtime.events import Push
from server.realtime.pushes import chat_pushes, tombstone_pushes
from server.said.said import said
from server.store.accounts import accounts
from server.store.messages import tombstones
from server.store.messages.messages import OpenMessage
from server.store.sending import send_outcomes


class Discarded(NamedTuple):
    """The message as it was deleted, and what clients are told."""

    message_json: str
    pushes: list[Push]


async def discard_failed(cursor: Cursor, message: OpenMessage) -> Discarded:
    """Delete the row with its files; a tombstone stays. A conflict if it is being sent again meanwhile."""
    await accounts.lock_account(cursor, message.account_id)
    shown = await send_outcomes.clear_failed(cursor, message.id)
    if shown is None:
        raise ConfabError("conflict", said("message_resending"))
    await tombstones.delete_messages(cursor, message.account_id, [message.id])
    deleted = [tombstones.NewTombstone("message:erased", message.id, message.chat_id)]
    erased = await tombstones.insert_tombstones(cursor, message.account_id, deleted)
    chats = await tombstones.recompute_chats(cursor, message.account_id, [message.chat_id])
    return Discarded(shown, [*tombstone_pushes(erased), *chat_pushes(chats)])

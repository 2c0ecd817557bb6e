"""Removes messages and notes older than an account's retention, in bounded transactions; usage counters stay."""

import structlog
from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.events import Push
from server.realtime.pushes import chat_pushes, tombstone_pushes
from server.store.accounts import accounts
from server.store.conversations import notes
from server.store.messages import tombstones
from server.store.privacy import retention
from server.store.privacy.retention import RetentionLimit
from workers.context import Parts

log = structlog.get_logger()

BATCH_SIZE = 500


async def remove_old(parts: Parts) -> None:
    """Prune every account with a retention."""
    for limited in await parts.database.read(retention.list_limited):
        removed = 0
        while batch := await parts.database.write(_remove_batch, limited):
            count, pushes = batch
            await publish(parts.redis, limited.account_id, pushes)
            removed += count
        if removed:
            log.info("old_messages_removed", account_id=limited.account_id, count=removed)


async def _remove_batch(cursor: Cursor, limited: RetentionLimit) -> tuple[int, list[Push]] | None:
    """(messages removed, pushes); None when nothing is left to remove."""
    account = await accounts.lock_account(cursor, limited.account_id)
    if account is None or account.retained_from is None:
        return None  # the retention was removed meanwhile
    old = await retention.list_old(cursor, limited, BATCH_SIZE)
    noted = await notes.list_old_chats(cursor, limited.account_id, account.retained_from, BATCH_SIZE)
    if not old and not noted:
        return None
    await tombstones.delete_messages(cursor, limited.account_id, [message_id for message_id, _ in old])
    chat_ids = sorted({*noted, *(chat_id for _, chat_id in old)})
    await notes.delete_before(cursor, limited.account_id, chat_ids, account.retained_from)
    trimmed = await tombstones.trim_chats(cursor, limited.account_id, chat_ids, limited.retained_from)
    chats = await tombstones.recompute_chats(cursor, limited.account_id, chat_ids)
    return len(old), [*tombstone_pushes(trimmed), *chat_pushes(chats)]

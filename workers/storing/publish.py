"""Publishes what a committed batch changed, and queues the jobs that it calls for."""

from collections.abc import Iterable

from server.queue import (
    AMEND_MESSAGE,
    ASSIGN_CHATS,
    COPY_MEDIA,
    MIRROR_CHAT,
    REFRESH_ACCOUNT,
    REFRESH_CHAT,
    SEND_CHAT,
    STORE_EVENTS,
    Events,
    enqueue,
)
from server.realtime.broker import publish
from workers.accounts.sweep_requests import request_sweep
from workers.context import Parts
from workers.storing.batch import StoredBatch

# An echo whose send is still in progress waits for it this long at a time.
ECHO_WAIT_SECONDS = 0.5


async def publish_batch(parts: Parts, stored: StoredBatch) -> None:
    """Call it after the commit, never before. If it fails, the job is retried and publishes again."""
    parts.counted.update(stored.counted_accounts)
    for account_id, pushes in stored.pushes.items():
        await publish(parts.redis, account_id, sorted(pushes, key=lambda push: push.seq))
    await _queue_assigning(parts, stored.accounts_to_assign)
    for account_id in stored.accounts_to_refresh:
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
    for account_id in stored.accounts_to_sweep:
        await request_sweep(parts, account_id)
    for chat_id in stored.chats_to_refresh:
        await enqueue(parts.redis, REFRESH_CHAT, chat_id)
    for chat_id in stored.unarchived_chats:
        await enqueue(parts.redis, MIRROR_CHAT, chat_id, ["archived"])
    for account_id, provider_msg_id in sorted(stored.messages_to_read):
        await enqueue(parts.redis, AMEND_MESSAGE, account_id, provider_msg_id)
    for message_id in stored.media_to_copy:
        await enqueue(parts.redis, COPY_MEDIA, message_id)
    for chat_id in stored.chats_to_send:
        await enqueue(parts.redis, SEND_CHAT, chat_id)
    if stored.events_to_requeue:
        events = Events(stored.events_to_requeue)
        await enqueue(parts.redis, STORE_EVENTS, events, delay_seconds=ECHO_WAIT_SECONDS)


async def _queue_assigning(parts: Parts, account_ids: Iterable[int]) -> None:
    for account_id in account_ids:
        await enqueue(parts.redis, ASSIGN_CHATS, account_id)

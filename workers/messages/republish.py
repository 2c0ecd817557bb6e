"""Publishes again what a job stored that was cut off before it published: the rows as they are, with their seqs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.events import Push
from server.realtime.pushes import account_push, chat_push, message_push
from server.store.accounts import accounts
from server.store.accounts.accounts import PushedAccount
from server.store.chats import chats
from server.store.messages import messages
from server.unipile.events.types import (
    Event,
    IgnoredEvent,
    MessageEvent,
    ReadEvent,
    ReceiptEvent,
    StatusEvent,
)
from workers.context import Parts
from workers.storing.batch import AccountPush
from workers.storing.rows import key_rows


async def republish(parts: Parts, events: Sequence[Event]) -> None:
    """Publish the messages, chats and accounts of these events; clients drop the seqs that they already have."""
    events = [event for event in events if not isinstance(event, IgnoredEvent)]
    if not events:
        return
    pushes: dict[int, list[Push]] = defaultdict(list)
    for account_id, push in await parts.database.read(_read_pushes, parts.unipile.provider, events):
        pushes[account_id].append(push)
    for account_id, account_pushes in pushes.items():
        await publish(parts.redis, account_id, sorted(account_pushes, key=lambda push: push.seq))


async def _read_pushes(cursor: Cursor, provider: str, events: Sequence[Event]) -> list[AccountPush]:
    known = await accounts.fetch_pushed(cursor, provider, list({e.external_account_id for e in events}))
    pushes = await _read_messages(cursor, known, events)
    for name in {e.external_account_id for e in events if isinstance(e, StatusEvent)} & known.keys():
        account = known[name]
        pushes.append((account.id, account_push(account.id, account.seq, account.json)))
    return pushes


async def _read_messages(
    cursor: Cursor, known: Mapping[str, PushedAccount], events: Sequence[Event]
) -> list[AccountPush]:
    """Messages with receipts, and the chats of all messages. New messages are published by the batch itself."""
    keys = {
        (known[e.external_account_id].id, e.provider_msg_id)
        for e in events
        if isinstance(e, MessageEvent | ReceiptEvent | ReadEvent) and e.external_account_id in known
    }
    with_receipts = {e.provider_msg_id for e in events if isinstance(e, ReceiptEvent)}
    found = await messages.fetch_by_provider_ids(cursor, key_rows(sorted(keys))) if keys else []
    changed = await chats.fetch_changed_chats(cursor, {message.chat_id for message in found})
    return [
        *((m.account_id, message_push(m)) for m in found if m.provider_msg_id in with_receipts),
        *((chat.account_id, chat_push(chat)) for chat in changed),
    ]

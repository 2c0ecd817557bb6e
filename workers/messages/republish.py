"""Says again what a job stored that was cut off before it said so: rows as they are, with the numbers they have."""

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
from server.unipile.events import Event, IgnoredEvent, MessageEvent, ReadEvent, ReceiptEvent, StatusEvent
from workers.context import Parts
from workers.storing.batch import key_rows

StoredRows = dict[int, list[Push]]


async def republish(parts: Parts, provider: str, events: Sequence[Event]) -> None:
    """Publish the messages, chats and accounts these events are about; whoever has heard of a number hears nothing."""
    events = [event for event in events if not isinstance(event, IgnoredEvent)]
    if not events:
        return
    told = await parts.database.read(_read, provider, events)
    for account_id, pushes in told.items():
        await publish(parts.redis, account_id, sorted(pushes, key=lambda push: push.seq))


async def _read(cursor: Cursor, provider: str, events: Sequence[Event]) -> StoredRows:
    told: StoredRows = defaultdict(list)
    known = await accounts.fetch_pushed(cursor, provider, list({e.external_account_id for e in events}))
    await _read_messages(cursor, known, events, told)
    for name in {e.external_account_id for e in events if isinstance(e, StatusEvent)} & known.keys():
        account = known[name]
        told[account.id].append(account_push(account.id, account.seq, account.json))
    return told


async def _read_messages(
    cursor: Cursor, known: Mapping[str, PushedAccount], events: Sequence[Event], told: StoredRows
) -> None:
    """What came in anew is told as new by the batch itself; here are the ticks, and the chats of both."""
    keys = {
        (known[e.external_account_id].id, e.provider_msg_id)
        for e in events
        if isinstance(e, MessageEvent | ReceiptEvent | ReadEvent) and e.external_account_id in known
    }
    ticked = {e.provider_msg_id for e in events if isinstance(e, ReceiptEvent)}
    found = await messages.fetch_by_provider_ids(cursor, key_rows(sorted(keys))) if keys else []
    for message in found:
        if message.provider_msg_id in ticked:
            told[message.account_id].append(message_push(message))
    for chat in await chats.fetch_changed_chats(cursor, {message.chat_id for message in found}):
        told[chat.account_id].append(chat_push(chat))

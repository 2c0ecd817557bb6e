"""Has Postgres plan the statements that store messages before messages wait for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiopg import Cursor

from server.cancellation import end_tasks
from server.errors import Unavailable
from server.store.accounts import accounts
from server.store.chats import chats, contacts
from server.store.db.prepared import RENEWAL_AGES
from server.store.messages import messages
from server.store.plans import usage
from workers.context import Parts

log = structlog.get_logger()

# Those that were used last are used next, and storing needs one at a time: the others stay cold.
CONNECTIONS = 3
# After an age at which plans are thrown away (server/store/db/prepared.py), so that this meets it and no message does.
MOMENT_SECONDS = 0.02


@asynccontextmanager
async def warmed(parts: Parts) -> AsyncIterator[None]:
    """Keep the plans fresh while they are young; costs nothing afterwards."""
    await _warm(parts)
    task = asyncio.create_task(_warm_again(parts))
    try:
        yield
    finally:
        await end_tasks([task])


async def _warm_again(parts: Parts) -> None:
    before = 0.0
    for age in RENEWAL_AGES:
        await asyncio.sleep(age - before + MOMENT_SECONDS)
        before = age
        await _warm(parts)


async def _warm(parts: Parts) -> None:
    """On several connections at once, since one that is at work is not lent a second time."""
    await asyncio.gather(*(_warm_one(parts) for _ in range(CONNECTIONS)))


async def _warm_one(parts: Parts) -> None:
    try:
        await parts.database.write(plan, parts.unipile.provider)
    except Unavailable as error:
        # The messages will plan for themselves.
        log.debug("not_warmed", error=type(error).__name__)


async def plan(cursor: Cursor, provider: str) -> None:
    """What a batch of messages runs, for no message."""
    await accounts.lock_accounts(cursor, provider, [])
    await contacts.upsert_contacts(cursor, [])
    await chats.ensure_chats(cursor, [])
    await messages.insert_messages(cursor, [])
    await chats.advance_chats(cursor, [])
    await contacts.fetch_changed_contacts(cursor, [])
    await contacts.bump_chat_seqs(cursor, [])
    await messages.insert_receipts(cursor, [])
    await messages.apply_receipts(cursor, [])
    await usage.raise_usage(cursor, provider, [])

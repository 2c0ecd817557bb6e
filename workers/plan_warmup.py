"""Has Postgres plan the statements that store messages before a message waits for them (ADR 5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiopg import Cursor

from server.cancellation import end_tasks
from server.errors import Unavailable
from server.store.accounts import accounts
from server.store.chats import chats, contacts
from server.store.chats.advance import advance_chats
from server.store.db.prepared import RENEWAL_AGES
from server.store.messages import messages
from server.store.plans import usage
from workers.context import Parts

log = structlog.get_logger()

# The pool reuses the connections used last, and storing needs one at a time: the others may stay cold.
CONNECTIONS = 3
# Runs right after an age at which plans are discarded (server/store/db/prepared.py), so that no message is first.
MARGIN_SECONDS = 0.02


@asynccontextmanager
async def warmed(parts: Parts) -> AsyncIterator[None]:
    """Plan now and after each renewal; costs nothing after the last one."""
    await _warm(parts)
    task = asyncio.create_task(_warm_again(parts))
    try:
        yield
    finally:
        await end_tasks([task])


async def _warm_again(parts: Parts) -> None:
    before = 0.0
    for age in RENEWAL_AGES:
        await asyncio.sleep(age - before + MARGIN_SECONDS)
        before = age
        await _warm(parts)


async def _warm(parts: Parts) -> None:
    """Plan on several connections at once: a busy one is not handed out a second time."""
    await asyncio.gather(*(_warm_one(parts) for _ in range(CONNECTIONS)))


async def _warm_one(parts: Parts) -> None:
    try:
        await parts.database.write(plan, parts.unipile.provider)
    except Unavailable as error:
        # The first message will plan instead.
        log.debug("plan_warmup_failed", error=type(error).__name__)


async def plan(cursor: Cursor, provider: str) -> None:
    """Run what a batch of messages runs, without a message."""
    await accounts.lock_accounts(cursor, provider, [])
    await contacts.upsert_contacts(cursor, [])
    await chats.ensure_chats(cursor, [])
    await messages.insert_messages(cursor, [])
    await advance_chats(cursor, [])
    await contacts.fetch_changed_contacts(cursor, [])
    await contacts.bump_chat_seqs(cursor, [])
    await messages.insert_receipts(cursor, [])
    await messages.apply_receipts(cursor, [])
    await usage.raise_usage(cursor, provider, [])

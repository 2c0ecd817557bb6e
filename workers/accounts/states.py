"""Reads accounts at UniPile, stores the observed state, and publishes it."""

from typing import Any

import structlog
from aiopg import Cursor

from server.queue import IMPORT_HISTORY, REFRESH_ACCOUNT, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import account_push
from server.rules.account_states import DUPLICATE, NOT_FOUND, Seen, State
from server.store.accounts import states
from server.store.accounts.states import AccountState, Observed
from server.unipile.answers import ProviderAccount
from server.unipile.errors import Rejected, SignedOut
from workers.accounts.duplicate_accounts import is_surplus
from workers.accounts.sweep_requests import request_sweep
from workers.context import Parts, parts_of

log = structlog.get_logger()

# Reads in a row that a newer webhook may overtake; then the job is queued again after a delay.
READINGS = 3
AGAIN_SECONDS = 2.0
# Accounts that are neither connected nor deleted are polled this often: the webhook of their recovery may be lost.
CHECK_SECONDS = 60.0


async def note(parts: Parts, account_id: int, seen: Seen, reason: str | None = None) -> None:
    """Store an observation and publish it."""
    await publish_account(
        parts, account_id, await parts.database.write(states.observe, account_id, seen, reason)
    )


async def publish_account(parts: Parts, account_id: int, observed: Observed | None) -> None:
    if observed is not None and observed.changed is not None:
        seq, shown = observed.changed
        await publish(parts.redis, account_id, [account_push(account_id, seq, shown)])


async def refresh_account(ctx: dict[Any, Any], account_id: int) -> None:
    """Read an account's state, name and phone number. Idempotent."""
    parts = parts_of(ctx)
    for _ in range(READINGS):
        known = await parts.database.read(states.fetch_state, account_id)
        if known is None or known.state is State.DISCONNECTED:
            return
        if await _read(parts, account_id, known):
            return
    await enqueue(parts.redis, REFRESH_ACCOUNT, account_id, delay_seconds=AGAIN_SECONDS)


async def _read(parts: Parts, account_id: int, known: AccountState) -> bool:
    """False when something newer was observed while UniPile answered."""
    try:
        found = await parts.unipile.fetch_account(known.external_account_id)
    except Rejected as error:
        log.info("account_not_read", account_id=account_id, error=error.type)
        return await _read_rejected(parts, account_id, known, error)
    if found.works and await is_surplus(parts, known, found):
        await parts.unipile.delete_account(known.external_account_id)
        log.info("surplus_account_removed", account_id=account_id)
        await note(parts, account_id, Seen.SUPERSEDED, DUPLICATE)
        return True
    observed = await parts.database.write(_observe_unless_newer, account_id, known, found)
    if observed is None:
        return False
    await publish_account(parts, account_id, observed)
    if observed.state is State.CONNECTED:
        await enqueue(parts.redis, IMPORT_HISTORY, account_id)
        if observed.before is not State.CONNECTED:
            await request_sweep(parts, account_id)
    return True


async def _read_rejected(parts: Parts, account_id: int, known: AccountState, error: Rejected) -> bool:
    if isinstance(error, SignedOut):
        await note(parts, account_id, Seen.SIGNED_OUT, error.type)
    elif error.is_absent and known.was_connected:
        # Before the scan UniPile may not have the account yet (§2.2). One that was connected must not be missing.
        await note(parts, account_id, Seen.MISSING, NOT_FOUND)
    return True


async def _observe_unless_newer(
    cursor: Cursor, account_id: int, known: AccountState, found: ProviderAccount
) -> Observed | None:
    if await states.has_newer(cursor, account_id, known.observations):
        return None
    seen = found.seen
    if seen is Seen.MENDING and not known.was_connected and found.phone is not None:
        seen = Seen.LINKED  # only the phone can have revealed its number
    return await states.observe(cursor, account_id, seen, found.reason, name=found.name, phone=found.phone)


async def queue_due_checks(parts: Parts) -> None:
    """Queue reads of accounts that are neither connected nor deleted."""
    for account_id in await parts.database.write(states.take_due_checks, CHECK_SECONDS):
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)

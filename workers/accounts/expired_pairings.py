"""Pairings whose code was not scanned in time: deleted at UniPile, so that they are not billed, and here."""

from typing import Any

import structlog

from server.queue import DROP_PAIRING, REFRESH_ACCOUNT, enqueue
from server.rules.account_states import EXPIRED, REPLACED, Seen, State
from server.store.accounts import states
from server.unipile.answers import ProviderAccount
from server.unipile.errors import Rejected
from workers.accounts.states import note
from workers.context import Parts, parts_of

log = structlog.get_logger()


async def drop_expired(parts: Parts) -> None:
    """End expired pairings (unipile-api.md §2.2). An account that was connected before is kept."""
    limit = parts.config.unipile.attempt_seconds
    for account_id, was_connected in await parts.database.read(states.list_expired_pairings, limit):
        if was_connected:
            await note(parts, account_id, Seen.CODE_EXPIRED, EXPIRED)
            await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
        else:
            await enqueue(parts.redis, DROP_PAIRING, account_id, EXPIRED)


async def drop_attempt(ctx: dict[Any, Any], account_id: int, reason: str) -> None:
    """End one pairing, unless the code was scanned meanwhile: then read the account instead."""
    parts = parts_of(ctx)
    known = await parts.database.read(states.fetch_state, account_id)
    if known is None or known.was_connected or known.state is not State.WAITING:
        return
    found = await _fetch(parts, known.external_account_id)
    if found is not None and (found.works or found.phone is not None):
        await enqueue(parts.redis, REFRESH_ACCOUNT, account_id)
        return
    if found is not None:
        await _delete(parts, known.external_account_id)
    await note(parts, account_id, Seen.SUPERSEDED if reason == REPLACED else Seen.UNLINKED, reason)


async def _fetch(parts: Parts, external_account_id: str) -> ProviderAccount | None:
    try:
        return await parts.unipile.fetch_account(external_account_id)
    except Rejected as error:
        if not error.is_absent:
            raise
        return None


async def _delete(parts: Parts, external_account_id: str) -> None:
    try:
        await parts.unipile.delete_account(external_account_id)
    except Rejected as error:
        if not error.is_absent:
            raise

"""Learns from UniPile what became of a message that a webhook said was changed; applies the hint when it cannot."""

from typing import Any

import structlog
from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.pushes import amended_pushes
from server.rules.amendments import Amendment, ProviderState
from server.store.accounts import accounts
from server.store.messages import amendments
from server.store.messages.amendments import Amended
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.errors import OutcomeUnknown, Rejected, UnipileError
from workers.context import Parts, parts_of
from workers.storing.erasure_filter import drop_erased_reactions

log = structlog.get_logger()

# UniPile is asked so often before a webhook is taken at its word.
TRIES = 5


async def amend_message(ctx: dict[Any, Any], account_id: int, provider_msg_id: str) -> None:
    """Read a message and make the row what it says. Safe to run any number of times, and in any order with others of
    its kind: of two reads the one that began later counts.
    """
    parts = parts_of(ctx)
    read_at, hints = await parts.database.read(amendments.list_amendments, account_id, provider_msg_id)
    try:
        state = await parts.unipile.fetch_message(provider_msg_id)
    except UnipileError as error:
        if not isinstance(error, Rejected) and ctx["job_try"] < TRIES:
            # Reading again is harmless, also where nobody knows what became of the call.
            raise TimeoutError(error.type) if isinstance(error, OutcomeUnknown) else error from error
        log.info("message_not_read", account_id=account_id, error=error.type)
        amended = await parts.database.write(
            _apply, account_id, provider_msg_id, None, hints, parts.name_hasher
        )
    else:
        truth = ProviderState(state.body, state.is_edited, state.is_deleted, state.reactions, read_at)
        amended = await parts.database.write(
            _apply, account_id, provider_msg_id, truth, hints, parts.name_hasher
        )
    await _publish(parts, account_id, amended)


async def _apply(
    cursor: Cursor,
    account_id: int,
    provider_msg_id: str,
    truth: ProviderState | None,
    hints: list[Amendment],
    hasher: NameHasher,
) -> Amended:
    """Without a truth webhooks are taken at their word."""
    account = await accounts.lock_account(cursor, account_id)
    if account is not None and account.has_erased:
        truth, hints = await drop_erased_reactions(cursor, account_id, truth, hints, hasher)
    if truth is None:
        return await amendments.apply_early_events(cursor, account_id, provider_msg_id, hints)
    return await amendments.apply_provider_state(cursor, account_id, provider_msg_id, truth, hints)


async def _publish(parts: Parts, account_id: int, amended: Amended) -> None:
    """After the commit. What a crash keeps from being told here is in `changes`: the numbers are in the rows."""
    if pushes := amended_pushes(*amended):
        await publish(parts.redis, account_id, pushes)

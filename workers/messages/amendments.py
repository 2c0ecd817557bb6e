"""Reads a message at UniPile after a webhook reported a reaction, an edit or a deletion, and updates its row."""

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
from workers.context import parts_of
from workers.storing.erasure_filter import drop_erased_reactions

log = structlog.get_logger()

# Attempts to read the message before the webhooks are applied as they are.
TRIES = 5


async def amend_message(ctx: dict[Any, Any], account_id: int, provider_msg_id: str) -> None:
    """Read a message and make the row match it. Idempotent, and independent of the order of these jobs: of two reads
    the one that began later wins.
    """
    parts = parts_of(ctx)
    read_at, events = await parts.database.read(amendments.list_amendments, account_id, provider_msg_id)
    try:
        state = await parts.unipile.fetch_message(provider_msg_id)
    except UnipileError as error:
        if not isinstance(error, Rejected) and ctx["job_try"] < TRIES:
            # Reading again is harmless, even if the outcome of the call is unknown.
            raise TimeoutError(error.type) if isinstance(error, OutcomeUnknown) else error from error
        log.info("message_not_read", account_id=account_id, error=error.type)
        current = None
    else:
        current = ProviderState(state.body, state.is_edited, state.is_deleted, state.reactions, read_at)
    amended = await parts.database.write(
        _store_amendment, account_id, provider_msg_id, current, events, parts.name_hasher
    )
    # If this is interrupted, clients find the change by its seq in the changes.
    if pushes := amended_pushes(*amended):
        await publish(parts.redis, account_id, pushes)


async def _store_amendment(
    cursor: Cursor,
    account_id: int,
    provider_msg_id: str,
    state: ProviderState | None,
    events: list[Amendment],
    hasher: NameHasher,
) -> Amended:
    """Apply the message's state at UniPile, or the webhooks' events if it could not be read."""
    account = await accounts.lock_account(cursor, account_id)
    if account is not None and account.has_erased:
        state, events = await drop_erased_reactions(cursor, account_id, state, events, hasher)
    if state is None:
        return await amendments.apply_early_events(cursor, account_id, provider_msg_id, events)
    return await amendments.apply_provider_state(cursor, account_id, provider_msg_id, state, events)

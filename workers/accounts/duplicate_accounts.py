"""The same phone linked twice: each message would arrive twice and be billed twice (unipile-api.md §2.2)."""

import structlog
from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.pushes import account_push
from server.rules.account_states import REPLACED, Seen
from server.store.accounts import states
from server.store.accounts.states import AccountState
from server.unipile.answers import ProviderAccount
from server.unipile.errors import Rejected
from workers.context import Parts

log = structlog.get_logger()


async def is_surplus(parts: Parts, known: AccountState, found: ProviderAccount) -> bool:
    """Whether an account that was just linked for the first time duplicates a working account of its owner.

    Accounts of the same phone that do not work are replaced by it.
    """
    if known.was_connected or found.phone is None:
        return False
    duplicates = await parts.database.read(
        states.list_duplicates, known.user_id, found.phone, known.external_account_id
    )
    for account_id, external_id in duplicates:
        if await _works(parts, external_id):
            return True
        await _replace(parts, account_id, external_id)
    return False


async def _works(parts: Parts, external_id: str) -> bool:
    """Ask UniPile: our row may be older."""
    try:
        return (await parts.unipile.fetch_account(external_id)).works
    except Rejected as error:
        if not error.is_absent:
            raise
        return False


async def _replace(parts: Parts, account_id: int, external_id: str) -> None:
    try:
        await parts.unipile.delete_account(external_id)
    except Rejected as error:
        if not error.is_absent:
            raise
    changed = await parts.database.write(_note_replaced, account_id)
    log.info("account_replaced", account_id=account_id)
    if changed is not None:
        push = account_push(account_id, *changed)
        await publish(parts.redis, account_id, [push])


async def _note_replaced(cursor: Cursor, account_id: int) -> tuple[int, str] | None:
    observed = await states.observe(cursor, account_id, Seen.SUPERSEDED, REPLACED)
    return None if observed is None else observed.changed

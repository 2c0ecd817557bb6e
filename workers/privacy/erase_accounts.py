"""Erases accounts: resumes what was begun, in bounded transactions, so that a killed worker is replaced by another."""

import structlog

from server.store.privacy import account_erasures
from server.store.privacy.account_erasures import AccountErasure
from server.unipile.errors import Rejected, UnipileError
from workers.context import Parts

log = structlog.get_logger()

# Renewed with every step. If UniPile did not delete the account, it is asked again after this.
LEASE_SECONDS = 60.0


async def erase_accounts(parts: Parts) -> None:
    """Work on every erasure that is not leased."""
    while (
        erasure := await parts.database.write(account_erasures.lease_account_erasure, LEASE_SECONDS)
    ) is not None:
        # First, so that nothing more arrives. If UniPile does not answer, only the bare row waits for it.
        is_unlinked = erasure.is_unlinked or await _unlink(parts, erasure)
        while (await parts.database.write(account_erasures.erase_step, erasure, LEASE_SECONDS)).rows:
            pass
        log.info("account_emptied", account_id=erasure.account_id, is_erased=is_unlinked)


async def _unlink(parts: Parts, erasure: AccountErasure) -> bool:
    """Delete the account at UniPile; one that UniPile does not have is not billed."""
    try:
        await parts.unipile.delete_account(erasure.external_account_id)
    except UnipileError as error:
        if not (isinstance(error, Rejected) and error.is_absent):
            log.warning("erased_account_not_unlinked", account_id=erasure.account_id, error=error.type)
            return False
    await parts.database.write(account_erasures.note_unlinked, erasure.id)
    return True

"""Erases whole numbers: a round that carries on what was begun, a bounded piece a transaction, whoever was killed."""

import structlog

from server.store.privacy import account_erasures
from server.store.privacy.account_erasures import AccountErasure
from server.unipile.errors import Rejected, UnipileError
from workers.context import Parts

log = structlog.get_logger()

# Renewed with every piece; and after so long UniPile, if it did not let go of the number, is asked again.
LEASE_SECONDS = 60.0


async def erase_accounts(parts: Parts) -> None:
    """A round: everything that is begun and that nobody carries on."""
    while (
        erasure := await parts.database.write(account_erasures.lease_account_erasure, LEASE_SECONDS)
    ) is not None:
        # First, so that nothing more comes. Should UniPile not answer, nothing here waits for it but the bare row.
        is_unlinked = erasure.is_unlinked or await _unlink(parts, erasure)
        while (await parts.database.write(account_erasures.erase_step, erasure, LEASE_SECONDS)).rows:
            pass
        log.info("account_emptied", account_id=erasure.account_id, is_erased=is_unlinked)


async def _unlink(parts: Parts, erasure: AccountErasure) -> bool:
    """Have UniPile let the number go; one it does not know costs nothing there."""
    try:
        await parts.unipile.delete_account(erasure.external_account_id)
    except UnipileError as error:
        if not (isinstance(error, Rejected) and error.is_gone):
            log.warning("erased_account_not_unlinked", account_id=erasure.account_id, error=error.type)
            return False
    await parts.database.write(account_erasures.note_unlinked, erasure.id)
    return True

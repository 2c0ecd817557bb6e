"""Whether an account that exists at UniPile may be linked here: before it is claimed, by whichever way."""

import structlog

from server.errors import ConfabError
from server.store.accounts import states
from server.store.db.database import Database
from server.unipile.answers import ProviderAccount
from server.unipile.client import UnipileClient
from server.unipile.errors import UnipileError

log = structlog.get_logger()

NOT_WHATSAPP = "This account at UniPile is not a WhatsApp number."
TWICE = "This number is connected here already, under another account: reconnect or disconnect that one."


async def delete_rejected_account(unipile: UnipileClient, external_account_id: str) -> None:
    """An account that was refused after all is not left at UniPile, which would bill it."""
    try:
        await unipile.delete_account(external_account_id)
    except UnipileError as error:
        log.warning("refused_account_not_deleted", external_account_id=external_account_id, error=error.type)


def require_whatsapp(found: ProviderAccount) -> None:
    """All that is asked of an account somebody names. Whether it is a second link of the same number is theirs to know:
    UniPile's numbers are hints (unipile-api.md §2.2), and a caller who has the id has chosen.
    """
    if not found.is_whatsapp:
        raise ConfabError("invalid", fields={"external_account_id": [NOT_WHATSAPP]})


async def require_linkable(database: Database, user_id: int, found: ProviderAccount) -> None:
    """A WhatsApp number that this user has under no other account: else each message would come twice."""
    require_whatsapp(found)
    if found.phone is None:
        return
    if await database.read(states.list_duplicates, user_id, found.phone, found.external_account_id):
        raise ConfabError("conflict", TWICE)

"""Whether an account that exists at UniPile may be linked here: before it is claimed, by whichever way."""

import structlog
from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.plans.payer import Payer
from server.plans.quotas import require_account_slot, take_account_slot
from server.rules.account_states import Seen
from server.rules.plans import Rights
from server.store.accounts import accounts, hosted_links, states
from server.store.accounts.hosted_links import HostedLink
from server.store.db.database import Database
from server.store.privacy.erasure_digests import NameHasher
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


async def begin_reconnect(cursor: Cursor, payer: Payer, account_id: int) -> states.Observed | None:
    """One that was disconnected takes a place again, of whoever pays for it now."""
    held = await accounts.lock_account(cursor, account_id)
    if held is not None and held.status == "disconnected":
        rights = await payer.rights_of(cursor, held.user_id)
        await require_account_slot(cursor, rights, held.user_id, held.external_account_id)
    return await states.observe(cursor, account_id, Seen.CODE_SHOWN)


async def attach_hosted_account(
    cursor: Cursor, rights: Rights, token: str, link: HostedLink, known: ProviderAccount, hasher: NameHasher
) -> int:
    """One transaction: spend the token, claim the account."""
    if not await hosted_links.use_hosted_link(cursor, token, known.external_account_id):
        raise NotFound
    account_id = await take_account_slot(
        cursor,
        rights,
        link.user_id,
        link.provider,
        known.external_account_id,
        hasher=hasher,
        seen=known.seen,
        reason=known.reason,
        name=known.name,
        phone=known.phone,
    )
    if account_id is None:
        log.warning("hosted_account_taken", external_account_id=known.external_account_id)
        raise ConfabError("conflict", "This number belongs to somebody else.")
    return account_id

"""Links accounts that exist at UniPile: checks that they may be linked, and inserts them within the plan's limit."""

from typing import NamedTuple

import structlog
from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.plans.payer import Payer
from server.plans.quotas import require_account_slot
from server.rules.account_states import Seen
from server.rules.plans import Rights
from server.said.said import said
from server.store.accounts import accounts, hosted_links, states
from server.store.accounts.hosted_links import HostedLink
from server.store.db.database import Database
from server.store.privacy.account_erasures import was_erased
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.answers import ProviderAccount
from server.unipile.client import UnipileClient
from server.unipile.errors import UnipileError

log = structlog.get_logger()

NOT_WHATSAPP = said("account_not_whatsapp")
DUPLICATE_ACCOUNT = said("account_duplicate")
OTHER_USERS_ACCOUNT = said("account_of_another")


async def delete_rejected_account(unipile: UnipileClient, external_account_id: str) -> None:
    """Delete an account that was not linked after all, because UniPile would bill it."""
    try:
        await unipile.delete_account(external_account_id)
    except UnipileError as error:
        log.warning("rejected_account_not_deleted", external_account_id=external_account_id, error=error.type)


def require_whatsapp(found: ProviderAccount) -> None:
    """The only check of an account that a caller names by its id. Whether it is a second link of the same number is for
    the caller to decide, since UniPile's phone numbers are not reliable (unipile-api.md §2.2).
    """
    if not found.is_whatsapp:
        raise ConfabError("invalid", fields={"external_account_id": [NOT_WHATSAPP]})


async def require_linkable(database: Database, user_id: int, found: ProviderAccount) -> None:
    """Raise unless it is a WhatsApp number that this user has under no other account, which would duplicate every
    message.
    """
    require_whatsapp(found)
    if found.phone is None:
        return
    if await database.read(states.list_duplicates, user_id, found.phone, found.external_account_id):
        raise ConfabError("conflict", DUPLICATE_ACCOUNT)


async def begin_reconnect(cursor: Cursor, payer: Payer, account_id: int) -> states.Observed | None:
    """Note that a code is shown; a disconnected account takes a slot of its payer's plan again."""
    account = await accounts.lock_account(cursor, account_id)
    if account is not None and account.status == "disconnected":
        rights = await payer.rights_of(cursor, account.user_id)
        await require_account_slot(cursor, rights, account.user_id, account.external_account_id)
    return await states.observe(cursor, account_id, Seen.CODE_SHOWN)


class AccountLink(NamedTuple):
    """An account to link to a user, as it was seen at UniPile."""

    user_id: int
    provider: str
    external_account_id: str
    seen: Seen
    reason: str | None = None
    name: str | None = None
    phone: str | None = None


def link_to(user_id: int, provider: str, found: ProviderAccount) -> AccountLink:
    """The link of an account that was read from UniPile."""
    external_id = found.external_account_id
    return AccountLink(user_id, provider, external_id, found.seen, found.reason, found.name, found.phone)


async def link_account(cursor: Cursor, rights: Rights, link: AccountLink, hasher: NameHasher) -> int:
    """Insert or take over the account within the plan's limit; returns its id. Raises conflict for an account of
    another user, or one that was erased here.
    """
    if await was_erased(cursor, hasher, link.provider, link.external_account_id):
        raise ConfabError("conflict", said("account_erased"))
    await require_account_slot(
        cursor, rights, link.user_id, link.external_account_id, is_pairing=link.seen is Seen.CODE_SHOWN
    )
    account_id = await accounts.take_over_account(
        cursor,
        link.user_id,
        link.provider,
        link.external_account_id,
        seen=link.seen,
        reason=link.reason,
        name=link.name,
        phone=link.phone,
    )
    if account_id is None:
        log.warning("account_of_another_user", external_account_id=link.external_account_id)
        raise ConfabError("conflict", OTHER_USERS_ACCOUNT)
    return account_id


async def link_hosted_account(
    cursor: Cursor, rights: Rights, token: str, link: HostedLink, known: ProviderAccount, hasher: NameHasher
) -> int:
    """Use the token up and link the account to the user who opened the hosted page; returns its id."""
    if not await hosted_links.use_hosted_link(cursor, token, known.external_account_id):
        raise NotFound
    return await link_account(cursor, rights, link_to(link.user_id, link.provider, known), hasher)

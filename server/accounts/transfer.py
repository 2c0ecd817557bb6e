"""Transfers an account to another payer: from then on their plan pays for it. Messages counted before stay counted
for the previous payer (ADR 7).
"""

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError, NotFound
from server.plans.payer import read_rights
from server.plans.quotas import require_account_slot
from server.plans.used_up import read_used_up
from server.realtime.events import Push
from server.realtime.pushes import account_push
from server.said.said import said
from server.store.accounts import accounts, payers
from server.store.accounts.accounts import LockedAccount
from server.store.accounts.payers import NewPayer
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.plans import used_up

NOT_A_MEMBER = "This user is not a member of the account: add them first."


async def transfer_account(
    cursor: Cursor,
    plans: Plans,
    actor: Actor,
    provider: str,
    account_id: int,
    user_id: int,
    *,
    any_account: bool,
) -> Push | None:
    """Make a member the payer; returns the push, or None if they are the payer already.

    Without `any_account`, the actor must be the payer. The account's row is locked before the user's, so concurrent
    transfers run one after the other, and the second one finds that its actor is no longer the payer.
    """
    account = await accounts.lock_account(cursor, account_id)
    if account is None:
        raise NotFound
    if account.user_id == user_id:
        return None
    if not any_account and account.user_id != actor.user_id:
        raise ConfabError("forbidden")
    payer = await payers.make_owner(cursor, account_id, user_id)
    if payer is None:
        raise ConfabError("invalid", fields={"user_id": [NOT_A_MEMBER]})
    await _require_able_to_pay(cursor, plans, provider, account, user_id, payer)
    await used_up.note_used_up(cursor, account_id, await read_used_up(cursor, plans, user_id, provider))
    seq, shown = await payers.set_payer(cursor, account_id, user_id)
    details = {"from": account.user_id, "to": user_id}
    await audit.record(cursor, "account.handed_over", actor, ("account", account_id), details)
    return account_push(account_id, seq, shown)


async def _require_able_to_pay(
    cursor: Cursor, plans: Plans, provider: str, account: LockedAccount, user_id: int, payer: NewPayer
) -> None:
    """Raise if the new payer is disabled, or their plan cannot take the account. A disconnected account needs no slot
    until it is connected again.
    """
    if not payer.is_active:
        raise ConfabError("conflict", said("user_disabled"))
    rights = await read_rights(cursor, plans, user_id, provider)
    if not rights.is_entitled:
        raise ConfabError("not_entitled", said("payer_without_plan", name=payer.name))
    if account.status != "disconnected":
        external_id = account.external_account_id
        await require_account_slot(cursor, rights, user_id, external_id, payer=payer.name)

"""Handing a number over: from then on another person's plan pays for it. What was counted stays with whom it was."""

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError, NotFound
from server.plans.payer import read_rights
from server.plans.quotas import require_account_slot
from server.realtime.events import Push
from server.realtime.pushes import account_push
from server.store.accounts import accounts, payers
from server.store.accounts.accounts import LockedAccount
from server.store.accounts.payers import NewPayer
from server.store.people import audit
from server.store.people.audit import Actor

NO_MEMBER = "This person is not on the number: let them in first."


async def hand_over(
    cursor: Cursor,
    plans: Plans,
    actor: Actor,
    provider: str,
    account_id: int,
    user_id: int,
    *,
    any_number: bool,
) -> Push | None:
    """What the number's readers are told; None when this person pays for it already. The number is held from here on,
    then the person: two at once take turns, and whoever is no longer the payer hands nothing over.
    """
    account = await accounts.lock_account(cursor, account_id)
    if account is None:
        raise NotFound
    if account.user_id == user_id:
        return None
    if not any_number and account.user_id != actor.user_id:
        raise ConfabError("forbidden")
    heir = await payers.make_owner(cursor, account_id, user_id)
    if heir is None:
        raise ConfabError("invalid", fields={"user_id": [NO_MEMBER]})
    await _require_able(cursor, plans, provider, account, user_id, heir)
    seq, shown = await payers.set_payer(cursor, account_id, user_id)
    details = {"from": account.user_id, "to": user_id}
    await audit.record(cursor, "account.handed_over", actor, ("account", account_id), details)
    return account_push(account_id, seq, shown)


async def _require_able(
    cursor: Cursor, plans: Plans, provider: str, account: LockedAccount, user_id: int, heir: NewPayer
) -> None:
    """Refuse whom the number cannot be handed to. One that is disconnected takes a place when it is connected again."""
    if not heir.is_active:
        raise ConfabError("conflict", "This person is disabled.")
    rights = await read_rights(cursor, plans, user_id, provider)
    if not rights.is_entitled:
        raise ConfabError("not_entitled", f"{heir.name} has no plan that this number could use.")
    if account.status != "disconnected":
        name = account.external_account_id
        await require_account_slot(cursor, rights, user_id, name, whose=f"The plan of {heir.name}")

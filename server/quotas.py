"""Limits of a plan, decided in the transaction that counts: whoever would go over one is refused and rolled back."""

from aiopg import Cursor

from server.account_life import Seen
from server.errors import ConfabError
from server.plans import Rights, current_period, month_bounds, rfc3339
from server.store import accounts, entitlements, usage


async def require_messages(cursor: Cursor, rights: Rights, owner_id: int, wanted: int) -> None:
    """Refuse when the month's messages are used up, with the `wanted` ones that this transaction has counted already:
    it holds the counter, so nobody slips in between, and the rollback gives them back.
    """
    if rights.messages_per_month is not None:
        used = await usage.fetch_used(cursor, owner_id, rights.provider)
        refuse_messages(rights, used - wanted, wanted)


def refuse_messages(rights: Rights, used: int, wanted: int) -> None:
    """Raise when so many more would be too many."""
    allowed = rights.messages_per_month
    if allowed is not None and used + wanted > allowed:
        until = month_bounds(current_period())[1]
        raise ConfabError(
            "plan_limit",
            f"The plan's {allowed} messages of this month are used up. Sending goes on from {until:%B} 1, or at "
            "once with a larger plan.",
            limit={
                "what": "messages",
                "plan": rights.plan,
                "allowed": allowed,
                "used": used,
                "wanted": wanted,
                "until": rfc3339(until),
            },
        )


async def require_place(
    cursor: Cursor, rights: Rights, user_id: int, external_account_id: str, *, is_attempt: bool = False
) -> None:
    """Refuse one number more than the plan includes; the user is held to the commit, so that two that connect at once
    cannot both have the last place. A code that waits to be scanned has its place, but a new attempt replaces it.
    """
    if not rights.is_entitled:
        raise ConfabError("not_entitled")
    if rights.accounts is not None:
        await entitlements.lock_user(cursor, user_id)
        taken = await entitlements.count_places(
            cursor, user_id, rights.provider, external_account_id, with_attempts=not is_attempt
        )
        refuse_place(rights, taken)


def refuse_place(rights: Rights, taken: int) -> None:
    """Raise when there is no place beside the numbers that are connected."""
    if rights.accounts is not None and taken >= rights.accounts:
        numbers = "one number" if rights.accounts == 1 else f"{rights.accounts} numbers"
        raise ConfabError(
            "plan_limit",
            f"The plan includes {numbers}. Disconnect one, or ask for a larger plan.",
            limit={
                "what": "accounts",
                "plan": rights.plan,
                "allowed": rights.accounts,
                "used": taken,
                "wanted": 1,
                "until": None,
            },
        )


async def claim_place(
    cursor: Cursor,
    rights: Rights,
    user_id: int,
    provider: str,
    external_account_id: str,
    *,
    seen: Seen,
    reason: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> int | None:
    """A number with a place for it: its id, or None when it is somebody else's."""
    is_attempt = seen is Seen.CODE_SHOWN
    await require_place(cursor, rights, user_id, external_account_id, is_attempt=is_attempt)
    return await accounts.claim_account(
        cursor, user_id, provider, external_account_id, seen=seen, reason=reason, name=name, phone=phone
    )

"""Limits of a plan, decided in the transaction that counts: whoever would go over one is refused and rolled back."""

import time

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError
from server.plans.payer import Payer
from server.rules.account_states import Seen
from server.rules.plans import Grant, Rights, Seats, current_period, month_bounds, rfc3339, seats_of
from server.store.accounts import accounts
from server.store.people import team
from server.store.plans import entitlements, usage
from server.store.privacy.account_erasures import was_erased
from server.store.privacy.erasure_digests import NameHasher


async def require_messages(cursor: Cursor, payer: Payer, owner_id: int, wanted: int) -> None:
    """Refuse when the month's messages are used up, with the `wanted` ones that this transaction has counted already:
    it holds the counter, so nobody slips in between, and the rollback gives them back.
    """
    rights = await payer.rights_of(cursor, owner_id)
    if not rights.is_entitled:
        raise ConfabError("not_entitled")
    if rights.messages_per_month is not None:
        used = await usage.fetch_used(cursor, owner_id, rights.provider)
        check_messages(rights, used - wanted, wanted)


def check_messages(rights: Rights, used: int, wanted: int) -> None:
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


async def require_account_slot(
    cursor: Cursor,
    rights: Rights,
    user_id: int,
    external_account_id: str,
    *,
    is_attempt: bool = False,
    whose: str = "The plan",
) -> None:
    """Refuse one number more than the plan includes; the user is held to the commit, so that two that connect at once
    cannot both have the last place. A code that waits to be scanned has its place, but a new attempt replaces it.
    """
    if not rights.is_entitled:
        raise ConfabError("not_entitled")
    if rights.accounts is not None:
        await entitlements.lock_user(cursor, user_id)
        taken = await entitlements.count_accounts(
            cursor, user_id, rights.provider, external_account_id, with_attempts=not is_attempt
        )
        check_account_slot(rights, taken, whose)


def check_account_slot(rights: Rights, taken: int, whose: str = "The plan") -> None:
    """Raise when there is no place beside the numbers that are connected."""
    if rights.accounts is not None and taken >= rights.accounts:
        numbers = "one number" if rights.accounts == 1 else f"{rights.accounts} numbers"
        raise ConfabError(
            "plan_limit",
            f"{whose} includes {numbers}. Disconnect one, or ask for a larger plan.",
            limit={
                "what": "accounts",
                "plan": rights.plan,
                "allowed": rights.accounts,
                "used": taken,
                "wanted": 1,
                "until": None,
            },
        )


async def fetch_seats(cursor: Cursor, plans: Plans) -> Seats:
    """How many people the team may have now."""
    grants = await entitlements.list_team_grants(cursor)
    return seats_of(plans, ((provider, Grant(*row)) for provider, row in grants), time.time())


async def require_seat(cursor: Cursor, plans: Plans, user_id: int = 0) -> None:
    """Refuse one person more than the team has seats; the team is held to the commit, so that two who come at once
    cannot both have the last seat. Who has one already (`user_id`) needs no other.
    """
    seats = await fetch_seats(cursor, plans)
    if seats.allowed is not None:
        await team.lock_seats(cursor)
        check_seat(seats, await team.count_seats(cursor, user_id))


def check_seat(seats: Seats, taken: int) -> None:
    """Raise when everybody the plan includes is there."""
    if seats.allowed is not None and taken >= seats.allowed:
        people = "one person" if seats.allowed == 1 else f"{seats.allowed} people"
        raise ConfabError(
            "plan_limit",
            f"The team's plan includes {people}, and {taken} are there: an admin can disable somebody, or ask for a "
            "larger plan.",
            limit={
                "what": "seats",
                "plan": seats.plan,
                "allowed": seats.allowed,
                "used": taken,
                "wanted": 1,
                "until": None,
            },
        )


async def take_account_slot(
    cursor: Cursor,
    rights: Rights,
    user_id: int,
    provider: str,
    external_account_id: str,
    *,
    seal: NameHasher,
    seen: Seen,
    reason: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> int | None:
    """A number with a place for it: its id, or None when it is somebody else's. One that was erased stays away."""
    if await was_erased(cursor, seal, provider, external_account_id):
        raise ConfabError("conflict", "This number was erased here. Connect it anew, with a code.")
    is_attempt = seen is Seen.CODE_SHOWN
    await require_account_slot(cursor, rights, user_id, external_account_id, is_attempt=is_attempt)
    return await accounts.take_over_account(
        cursor, user_id, provider, external_account_id, seen=seen, reason=reason, name=name, phone=phone
    )

"""Enforces the limits of a plan in the transaction that counts: exceeding one raises, and the count is rolled back."""

import time

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError
from server.plans.payer import Payer
from server.rules.plans import Grant, Rights, Seats, current_period, month_bounds, rfc3339, seats_of
from server.said.said import said
from server.store.people import team
from server.store.plans import entitlements, usage


async def require_messages(cursor: Cursor, payer: Payer, owner_id: int, wanted: int) -> None:
    """Raise plan_limit if the month's messages do not suffice for the `wanted` ones, which this transaction has already
    counted. It holds the counter's row lock, so concurrent sends cannot exceed the limit; the rollback uncounts them.
    """
    rights = await payer.rights_of(cursor, owner_id)
    if not rights.is_entitled:
        raise ConfabError("not_entitled")
    if rights.messages_per_month is not None:
        used = await usage.fetch_used(cursor, owner_id, rights.provider)
        check_messages(rights, used - wanted, wanted)


def check_messages(rights: Rights, used: int, wanted: int) -> None:
    """Raise plan_limit if `wanted` more messages would exceed the limit."""
    allowed = rights.messages_per_month
    if allowed is not None and used + wanted > allowed:
        until = month_bounds(current_period())[1]
        raise ConfabError(
            "plan_limit",
            said("plan_messages_used", allowed=allowed, until=f"{until:%Y-%m-%d}"),
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
    is_pairing: bool = False,
    payer: str | None = None,
) -> None:
    """Raise plan_limit if the plan has no account slot left. The user's row is locked until the commit, so two accounts
    that connect concurrently cannot both take the last slot. A pairing that waits for its scan takes a slot, but a new
    pairing (`is_pairing`) replaces it.
    """
    if not rights.is_entitled:
        raise ConfabError("not_entitled")
    if rights.accounts is not None:
        await entitlements.lock_user(cursor, user_id)
        taken = await entitlements.count_accounts(
            cursor, user_id, rights.provider, external_account_id, with_pairings=not is_pairing
        )
        check_account_slot(rights, taken, payer)


def check_account_slot(rights: Rights, taken: int, payer: str | None = None) -> None:
    """Raise plan_limit if `taken` slots are all the plan has."""
    if rights.accounts is not None and taken >= rights.accounts:
        numbers = said("one_number") if rights.accounts == 1 else said("numbers", count=rights.accounts)
        raise ConfabError(
            "plan_limit",
            said("plan_numbers_used", allowed=numbers)
            if payer is None
            else said("plan_numbers_used_of", name=payer, allowed=numbers),
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
    """How many seats the team's plans include now."""
    grants = await entitlements.list_team_grants(cursor)
    return seats_of(plans, ((provider, Grant(*row)) for provider, row in grants), time.time())


async def require_seat(cursor: Cursor, plans: Plans, user_id: int = 0) -> None:
    """Raise plan_limit if no seat is left. The team is locked until the commit, so two users added concurrently cannot
    both take the last seat. A seat that `user_id` has already does not count.
    """
    seats = await fetch_seats(cursor, plans)
    if seats.allowed is not None:
        await team.lock_seats(cursor)
        check_seat(seats, await team.count_seats(cursor, user_id))


def check_seat(seats: Seats, taken: int) -> None:
    """Raise plan_limit if `taken` seats are all the plan includes."""
    if seats.allowed is not None and taken >= seats.allowed:
        users = said("one_user") if seats.allowed == 1 else said("users", count=seats.allowed)
        raise ConfabError(
            "plan_limit",
            said("plan_seats_used", allowed=users, taken=taken),
            limit={
                "what": "seats",
                "plan": seats.plan,
                "allowed": seats.allowed,
                "used": taken,
                "wanted": 1,
                "until": None,
            },
        )

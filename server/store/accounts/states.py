"""Account states: writes what was observed; only the table in rules/account_states.py decides the next state."""

from dataclasses import dataclass
from typing import NamedTuple

from aiopg import Cursor

from server.rules.account_states import Seen, State, follow, state_of
from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ
from server.store.people import notifications


@dataclass(frozen=True, slots=True)
class Observed:
    """The state before and after, and (seq, account as pushed) if anything differed."""

    before: State
    state: State
    changed: tuple[int, str] | None


MOST_IN_NEED = 100
# Counting locks the row; an observation that began before the count was raised is out of date.
COUNT_OBSERVATION = """
    update channels_account set observations = observations + 1 where id = %s and erasing_since is null
    returning status, next_step, status_reason, connected_at is not null"""

WRITE_STATE = f"""
    update channels_account a
    set status = %(status)s, next_step = %(next_step)s, status_reason = %(reason)s,
        status_since = case when a.status = %(status)s then a.status_since else now() end,
        name = coalesce(%(name)s, a.name), phone = coalesce(%(phone)s, a.phone),
        {OWN_SEQ}
    where id = %(account_id)s and (
        a.status <> %(status)s or a.next_step <> %(next_step)s or a.status_reason is distinct from %(reason)s
        or a.name is distinct from coalesce(%(name)s, a.name) or a.phone is distinct from coalesce(%(phone)s, a.phone))
    returning a.seq, {PUSHED_ACCOUNT_JSON}"""


async def observe(
    cursor: Cursor,
    account_id: int,
    seen: Seen,
    reason: str | None = None,
    *,
    is_hearsay: bool = False,
    name: str | None = None,
    phone: str | None = None,
) -> Observed | None:
    """Move an account to the state that follows from `seen`; None if it does not exist. Locks the account.

    `is_hearsay`: a webhook reported it. That an account works for the first time is believed only after we have read it
    at UniPile, because only then its phone number is known.
    """
    await cursor.execute(COUNT_OBSERVATION, (account_id,))
    row = await cursor.fetchone()
    if row is None:
        return None
    status, next_step, stored_reason, was_connected = row
    before = state_of(status, next_step, stored_reason)
    if is_hearsay and seen is Seen.WORKS and not was_connected:
        seen = Seen.LINKED
    target, state = follow(before, seen), before
    if target is not None:
        state, status, next_step = target.state, target.status, target.next_step
        stored_reason = None if seen is Seen.WORKS else reason
    values = {
        "account_id": account_id,
        "status": status,
        "next_step": str(next_step),
        "reason": stored_reason,
    }
    await cursor.execute(WRITE_STATE, values | {"name": name, "phone": phone})
    written = await cursor.fetchone()
    if state is State.NEEDS_ACTION and before is not State.NEEDS_ACTION and was_connected:
        await notifications.notify_of_lost_account(cursor, account_id)
    return Observed(before, state, written and (int(written[0]), str(written[1])))


@dataclass(frozen=True, slots=True)
class AccountState:
    """The state of an account before UniPile is asked about it."""

    external_account_id: str
    user_id: int
    state: State
    observations: int
    was_connected: bool
    phone: str | None


async def fetch_state(cursor: Cursor, account_id: int) -> AccountState | None:
    """None if the account does not exist."""
    await cursor.execute(
        """select external_account_id, user_id, status, next_step, status_reason, observations,
               connected_at is not null, phone
           from channels_account where id = %s""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and AccountState(row[0], row[1], state_of(row[2], row[3], row[4]), row[5], row[6], row[7])


async def count_statuses(cursor: Cursor) -> dict[str, float]:
    """How many accounts have each status, without those that are being erased."""
    await cursor.execute(
        "select status, count(*) from channels_account where erasing_since is null group by status"
    )
    return {status: float(count) for status, count in await cursor.fetchall()}


class AccountInNeed(NamedTuple):
    """An account that works again only after an action of its owner; without a
    name the phone number stands for it; `reason` is UniPile's word for why."""

    id: int
    name: str | None
    reason: str | None
    since: str


async def list_in_need(cursor: Cursor) -> list[AccountInNeed]:
    """The accounts that need action, those that have waited longest first."""
    await cursor.execute(
        """select id, coalesce(name, phone), status_reason, rfc3339(status_since) from channels_account
           where status = 'needs_action' and erasing_since is null order by status_since, id limit %s""",
        (MOST_IN_NEED,),
    )
    return [AccountInNeed(*row) for row in await cursor.fetchall()]


async def has_newer(cursor: Cursor, account_id: int, observations: int) -> bool:
    """Whether the account was observed since; locks it, so that it cannot be until the commit."""
    await cursor.execute(
        "select observations <> %s from channels_account where id = %s for no key update",
        (observations, account_id),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def note_pairing(cursor: Cursor, account_id: int) -> None:
    """Record that a user has just been shown a pairing code for the account."""
    await cursor.execute("update channels_account set attempted_at = now() where id = %s", (account_id,))


async def list_expired_pairings(cursor: Cursor, seconds: float) -> list[tuple[int, bool]]:
    """(account id, whether it was ever connected) of accounts whose last pairing code is older than `seconds`, oldest
    first.
    """
    await cursor.execute(
        """select id, connected_at is not null from channels_account
           where status = 'connecting' and next_step = 'scan' and attempted_at < now() - make_interval(secs => %s)
           order by attempted_at limit 100""",
        (seconds,),
    )
    return [tuple(row) for row in await cursor.fetchall()]


async def list_own_pairings(cursor: Cursor, user_id: int, provider: str) -> list[int]:
    """The accounts, by id, for which this user was shown a code that was never scanned."""
    await cursor.execute(
        """select id from channels_account
           where user_id = %s and provider = %s and status = 'connecting' and next_step = 'scan'
               and connected_at is null order by id""",
        (user_id, provider),
    )
    return [row[0] for row in await cursor.fetchall()]


async def list_duplicates(cursor: Cursor, user_id: int, phone: str, other_than: str) -> list[tuple[int, str]]:
    """(account id, external id) of this user's other accounts with the same phone number that were connected and are
    not disconnected, oldest first.
    """
    await cursor.execute(
        """select id, external_account_id from channels_account
           where user_id = %s and phone = %s and external_account_id <> %s
               and connected_at is not null and status <> 'disconnected' order by id""",
        (user_id, phone, other_than),
    )
    return [tuple(row) for row in await cursor.fetchall()]


async def take_due_checks(cursor: Cursor, seconds: float) -> list[int]:
    """Accounts that are neither connected nor disconnected; each is due again after `seconds`, so that one worker
    checks it. The webhook that reports their recovery may have been lost.
    """
    await cursor.execute(
        """update channels_account set looked_at = now()
           where status in ('connecting', 'degraded', 'needs_action')
               and looked_at < now() - make_interval(secs => %s) returning id""",
        (seconds,),
    )
    return [row[0] for row in await cursor.fetchall()]

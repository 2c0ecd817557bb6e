"""Writes what was seen of a number into its row: the table of account_life.py decides, nothing else sets a state."""

from dataclasses import dataclass

from aiopg import Cursor

from server.rules.account_states import Seen, State, follow, state_of
from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ


@dataclass(frozen=True, slots=True)
class Observed:
    """The state before and after, and (seq, account as pushed) when anything was different."""

    before: State
    state: State
    changed: tuple[int, str] | None


# Counting locks the row; a reading that began before the count was raised is out of date.
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
    """Let a number go where this leads it; None when there is no such account.

    `is_hearsay`: a webhook said so. That a number works for the first time, we read ourselves before we believe it:
    only then is known which number it is.
    """
    await cursor.execute(COUNT_OBSERVATION, (account_id,))
    row = await cursor.fetchone()
    if row is None:
        return None
    status, next_step, kept_reason, was_connected = row
    before = state_of(status, next_step, kept_reason)
    if is_hearsay and seen is Seen.WORKS and not was_connected:
        seen = Seen.LINKED
    standing, state = follow(before, seen), before
    if standing is not None:
        state, status, next_step = standing.state, standing.status, standing.next_step
        kept_reason = None if seen is Seen.WORKS else reason
    values = {"account_id": account_id, "status": status, "next_step": str(next_step), "reason": kept_reason}
    await cursor.execute(WRITE_STATE, values | {"name": name, "phone": phone})
    written = await cursor.fetchone()
    return Observed(before, state, written and (int(written[0]), str(written[1])))


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known of a number before UniPile is asked about it."""

    external_account_id: str
    user_id: int
    state: State
    observations: int
    was_connected: bool
    phone: str | None


async def fetch_state(cursor: Cursor, account_id: int) -> AccountState | None:
    await cursor.execute(
        """select external_account_id, user_id, status, next_step, status_reason, observations,
               connected_at is not null, phone
           from channels_account where id = %s""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and AccountState(row[0], row[1], state_of(row[2], row[3], row[4]), row[5], row[6], row[7])


async def has_newer(cursor: Cursor, account_id: int, observations: int) -> bool:
    """Whether anything was seen of the account since; until the end of the transaction nothing more can be."""
    await cursor.execute(
        "select observations <> %s from channels_account where id = %s for no key update",
        (observations, account_id),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def note_pairing(cursor: Cursor, account_id: int) -> None:
    """Somebody has just been given a code for this account."""
    await cursor.execute("update channels_account set attempted_at = now() where id = %s", (account_id,))


async def list_expired_pairings(cursor: Cursor, seconds: float) -> list[tuple[int, bool]]:
    """(account id, whether it was ever connected) of numbers whose last code is older than `seconds`."""
    await cursor.execute(
        """select id, connected_at is not null from channels_account
           where status = 'connecting' and next_step = 'scan' and attempted_at < now() - make_interval(secs => %s)
           order by attempted_at limit 100""",
        (seconds,),
    )
    return [tuple(row) for row in await cursor.fetchall()]


async def list_own_pairings(cursor: Cursor, user_id: int, provider: str) -> list[int]:
    """Numbers for which this user was given a code that nobody has scanned yet."""
    await cursor.execute(
        """select id from channels_account
           where user_id = %s and provider = %s and status = 'connecting' and next_step = 'scan'
               and connected_at is null order by id""",
        (user_id, provider),
    )
    return [row[0] for row in await cursor.fetchall()]


async def list_duplicates(cursor: Cursor, user_id: int, phone: str, other_than: str) -> list[tuple[int, str]]:
    """(account id, external id) of this user's other accounts of the same number that were connected, and still are
    somewhere: oldest first.
    """
    await cursor.execute(
        """select id, external_account_id from channels_account
           where user_id = %s and phone = %s and external_account_id <> %s
               and connected_at is not null and status <> 'disconnected' order by id""",
        (user_id, phone, other_than),
    )
    return [tuple(row) for row in await cursor.fetchall()]


async def take_due_checks(cursor: Cursor, seconds: float) -> list[int]:
    """Accounts that are neither connected nor gone, each given to one asker every so many seconds: the word that
    they are well again may have been lost.
    """
    await cursor.execute(
        """update channels_account set looked_at = now()
           where status in ('connecting', 'degraded', 'needs_action')
               and looked_at < now() - make_interval(secs => %s) returning id""",
        (seconds,),
    )
    return [row[0] for row in await cursor.fetchall()]

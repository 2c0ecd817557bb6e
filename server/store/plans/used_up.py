"""Whether the messages of an account's plan are used up for this month, on the account's row, where every member sees
it; the plan itself only its payer sees.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor

from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ

# What the row says now: a month that is over says nothing.
SHOWN = "case when a.messages_used_up_until > now() then a.messages_used_up_until end"


class ShownUsage(NamedTuple):
    """A payer's used messages, and whether any of their accounts, and all of them, show that none are left."""

    user_id: int
    provider: str
    used: int
    is_any_used_up: bool
    are_all_used_up: bool


class ShownAccount(NamedTuple):
    id: int
    seq: int
    json: str


async def list_shown(cursor: Cursor, user_ids: Sequence[int]) -> list[ShownUsage]:
    """What the accounts of these payers show."""
    await cursor.execute(
        f"""select a.user_id, a.provider, coalesce(u.sent_here, 0), bool_or({SHOWN} is not null),
               bool_and({SHOWN} is not null)
           from channels_account a left join channels_usage u on u.user_id = a.user_id and u.provider = a.provider
               and u.period_ym = usage_month(now())
           where a.user_id = any(%s) and a.erasing_since is null group by a.user_id, a.provider, u.sent_here""",
        (list(user_ids),),
    )
    return [ShownUsage(*row) for row in await cursor.fetchall()]


async def list_payers(cursor: Cursor) -> list[int]:
    """The users who pay for an account."""
    await cursor.execute("select distinct user_id from channels_account where erasing_since is null")
    return [row[0] for row in await cursor.fetchall()]


async def lock_accounts_of(cursor: Cursor, user_id: int, provider: str) -> list[int]:
    """Lock the accounts of a payer, in id order: none of them counts a message until the commit."""
    await cursor.execute(
        """select id from channels_account where user_id = %s and provider = %s and erasing_since is null
           order by id for no key update""",
        (user_id, provider),
    )
    return [row[0] for row in await cursor.fetchall()]


async def set_used_up(
    cursor: Cursor, account_ids: Sequence[int], until: datetime | None
) -> list[ShownAccount]:
    """Write until when the messages are used up; returns the accounts that differed. They must be locked."""
    await cursor.execute(
        f"""update channels_account a set messages_used_up_until = %(until)s, {OWN_SEQ}
            where a.id = any(%(ids)s) and {SHOWN} is distinct from %(until)s::timestamptz
            returning a.id, a.seq, {PUSHED_ACCOUNT_JSON}""",
        {"ids": list(account_ids), "until": until},
    )
    return [ShownAccount(*row) for row in await cursor.fetchall()]


async def note_used_up(cursor: Cursor, account_id: int, until: datetime | None) -> None:
    """The same without a seq of its own, before a change of the account's row that takes one. It must be locked."""
    await cursor.execute(
        "update channels_account set messages_used_up_until = %s where id = %s", (until, account_id)
    )

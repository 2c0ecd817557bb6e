"""Keeps each account's row in line with its payer's plan: until when the month's messages are used up."""

from collections.abc import Sequence
from datetime import datetime

from aiopg import Cursor
from redis.asyncio import Redis

from server.config.plans import Plans
from server.plans.payer import read_rights, read_rights_of
from server.realtime.broker import publish_or_log
from server.realtime.pushes import account_push
from server.rules.plans import Rights, current_period, is_used_up, month_bounds
from server.store.db.database import Database
from server.store.plans import usage, used_up
from server.store.plans.used_up import ShownAccount


async def match_used_up(database: Database, redis: Redis, plans: Plans, user_ids: Sequence[int]) -> None:
    """Correct and push the accounts of these payers that show something else than their plans say.

    They are compared without a lock, and corrected under the locks of the accounts, without which nothing is counted.
    """
    rows = await database.read(used_up.list_shown, user_ids)
    if not rows:
        return
    rights = await database.read(read_rights_of, plans, [(row.user_id, row.provider) for row in rows])
    for row in rows:
        is_reached = is_used_up(rights[row.user_id, row.provider], row.used)
        if row.is_any_used_up != is_reached or row.are_all_used_up != is_reached:
            for account in await database.write(_correct, plans, row.user_id, row.provider):
                push = account_push(account.id, account.seq, account.json)
                await publish_or_log(redis, account.id, [push], "used_up_not_published")


async def _correct(cursor: Cursor, plans: Plans, user_id: int, provider: str) -> list[ShownAccount]:
    account_ids = await used_up.lock_accounts_of(cursor, user_id, provider)
    return await used_up.set_used_up(
        cursor, account_ids, await read_used_up(cursor, plans, user_id, provider)
    )


async def read_used_up(cursor: Cursor, plans: Plans, user_id: int, provider: str) -> datetime | None:
    """Until when this payer's messages are used up; None if there are some left."""
    rights: Rights = await read_rights(cursor, plans, user_id, provider)
    used = await usage.fetch_used(cursor, user_id, provider)
    return month_bounds(current_period())[1] if is_used_up(rights, used) else None

"""Retention: accounts that store messages for a limited time, and their messages older than that."""

from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor


class RetentionLimit(NamedTuple):
    """An account that stores only messages sent since `retained_from`."""

    account_id: int
    retained_from: datetime


async def list_limited(cursor: Cursor) -> list[RetentionLimit]:
    """The accounts with a retention limit, by id."""
    await cursor.execute(
        """select id, now() - make_interval(days => retention_days) from channels_account
           where retention_days is not null and erasing_since is null order by id"""
    )
    return [RetentionLimit(*row) for row in await cursor.fetchall()]


async def list_old(cursor: Cursor, retention: RetentionLimit, limit: int) -> list[tuple[int, int]]:
    """(id, chat id) of up to `limit` older messages, without those that are still being sent."""
    await cursor.execute(
        """select old.id, c.id from channels_chat c
           cross join lateral (select m.id from channels_message m
                               where m.chat_id = c.id and m.sent_at < %(retained_from)s and m.status <> 'sending'
                               order by m.sent_at limit %(limit)s) old
           where c.account_id = %(account_id)s limit %(limit)s""",
        {**retention._asdict(), "limit": limit},
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]

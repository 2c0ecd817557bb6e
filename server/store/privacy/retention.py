"""Retention: what a number keeps, and the messages that are older than that."""

from datetime import datetime
from typing import NamedTuple

from aiopg import Cursor


class Limited(NamedTuple):
    """An account that keeps messages for so long only: from `retained_from` on."""

    account_id: int
    retained_from: datetime


async def list_limited(cursor: Cursor) -> list[Limited]:
    await cursor.execute(
        """select id, now() - make_interval(days => retention_days) from channels_account
           where retention_days is not null and erasing_since is null order by id"""
    )
    return [Limited(*row) for row in await cursor.fetchall()]


async def list_old(cursor: Cursor, limited: Limited, limit: int) -> list[tuple[int, int]]:
    """(id, chat id) of messages sent before, a few of each chat at a time. What is being sent is not touched."""
    await cursor.execute(
        """select old.id, c.id from channels_chat c
           cross join lateral (select m.id from channels_message m
                               where m.chat_id = c.id and m.sent_at < %(retained_from)s and m.status <> 'sending'
                               order by m.sent_at limit %(limit)s) old
           where c.account_id = %(account_id)s limit %(limit)s""",
        {**limited._asdict(), "limit": limit},
    )
    return [(row[0], row[1]) for row in await cursor.fetchall()]

"""Cursors: how far each consumer has processed the feed of an account."""

from aiopg import Cursor


async def start_cursor(cursor: Cursor, consumer: str, account_id: int) -> None:
    """Let a consumer process the account's events from now on; nothing if it does so already."""
    await cursor.execute(
        """insert into feed_cursor (consumer, account_id, seq)
           select %s, a.id, a.seq from channels_account a where a.id = %s on conflict do nothing""",
        (consumer, account_id),
    )


async def stop_cursor(cursor: Cursor, consumer: str, account_id: int) -> None:
    """The consumer has nothing to do in the account any longer."""
    await cursor.execute(
        "delete from feed_cursor where consumer = %s and account_id = %s", (consumer, account_id)
    )


async def list_behind(cursor: Cursor, consumer: str, limit: int) -> list[int]:
    """Accounts with events that the consumer has not processed."""
    await cursor.execute(
        """select f.account_id from feed_cursor f join channels_account a on a.id = f.account_id
           where f.consumer = %s and a.seq > f.seq and a.erasing_since is null order by f.account_id limit %s""",
        (consumer, limit),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def lock_cursor(cursor: Cursor, consumer: str, account_id: int) -> int | None:
    """Lock the cursor and return its seq; None if another worker holds it, or it was removed. All who lock the account
    too lock it before.
    """
    await cursor.execute(
        """select seq from feed_cursor where consumer = %s and account_id = %s for update skip locked""",
        (consumer, account_id),
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def wait_for_cursor(cursor: Cursor, consumer: str, account_id: int) -> None:
    """Lock the cursor, after the transaction that holds it."""
    await cursor.execute(
        "select from feed_cursor where consumer = %s and account_id = %s for update", (consumer, account_id)
    )


async def move_cursor(cursor: Cursor, consumer: str, account_id: int, seq: int) -> None:
    await cursor.execute(
        "update feed_cursor set seq = %s where consumer = %s and account_id = %s", (seq, consumer, account_id)
    )

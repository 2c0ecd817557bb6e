"""Takes sequence numbers: the only SQL that raises `channels_account.seq` and `user_feed.seq`.

A change of a message, chat, contact or account takes the account's next seq in its own transaction, under the account's
row lock, and writes it on the changed row (docs/adr/0001-rows-are-the-log.md). The fragments are text that a statement
includes, not a SQL function: Postgres plans them with the statement, and a function call would hide the lock on the
account's row from it.
"""

import time

from aiopg import Cursor

# A restored backup begins a new epoch of seqs (docs/adr/0025-backups-are-copies-of-one-snapshot.md). Its number, the
# time in steps of five minutes, is in the bits above these: until 2105 that is below the 2^53 of JSON numbers.
EPOCH_BITS = 30
EPOCH_SECONDS = 300
FIRST_EPOCH = 1_767_225_600  # 2026-01-01 UTC

# In a CTE that has written one row `m` (or none) with `seq = a.seq + 1`: the account gets that seq.
STORE_SEQ = """
    seqs as (
        update channels_account set seq = m.seq from m where channels_account.id = m.account_id
    )"""

# For a change of the account's own row `a`.
OWN_SEQ = "seq = a.seq + 1, changed_seq = a.seq + 1, updated_at = now()"


def epoch_floor() -> int:
    """The lowest seq of an epoch that begins now."""
    return int(time.time() - FIRST_EPOCH) // EPOCH_SECONDS << EPOCH_BITS


def is_other_epoch(since: int, head: int) -> bool:
    """Whether a cursor is from before a backup was restored, or from a time that the restored system does not know:
    changes after it are not what its client lacks.
    """
    return max(since, 0) >> EPOCH_BITS != head >> EPOCH_BITS


def take_seqs_for(rows: str, *, where: str = "true", returning: str = "") -> str:
    """A CTE `seqs (account_id, base)` that takes a seq for each row of the CTE `rows`, which has an `account_id`; the
    row numbered `n` within its account writes `seqs.base + n`. `returning` adds columns, from the account `a`.
    """
    more = f", {returning}" if returning else ""
    return f"""
    seqs as (
        update channels_account a set seq = a.seq + counts.n
        from (select account_id, count(*) as n from {rows} where {where} group by account_id) counts
        where a.id = counts.account_id
        returning a.id as account_id, a.seq - counts.n as base{more}
    )"""


def take_user_seqs_for(rows: str) -> str:
    """CTEs that end with `user_seqs (user_id, base)`: the same for rows of the CTE `rows` that have a `user_id`, with
    seqs of the users' feeds. Always in the order of the users, so that two writers never wait for each other.
    """
    return f"""
    feed_counts as (select user_id, count(*) as n from {rows} group by user_id), feeds as (
        insert into user_feed as f (user_id, seq) select user_id, n from feed_counts order by user_id
        on conflict (user_id) do update set seq = f.seq + excluded.seq
        returning f.user_id, f.seq
    ), user_seqs as (
        select feeds.user_id, feeds.seq - counts.n as base
        from feeds join feed_counts counts on counts.user_id = feeds.user_id
    )"""


async def take_user_seq(cursor: Cursor, user_id: int) -> int:
    """Take the next seq of a user's feed, and its lock until the commit."""
    await cursor.execute(
        """insert into user_feed as f (user_id, seq) values (%s, 1)
           on conflict (user_id) do update set seq = f.seq + 1 returning seq""",
        (user_id,),
    )
    return int((await cursor.fetchone())[0])


async def take_seqs(cursor: Cursor, account_id: int, count: int) -> int:
    """Take `count` consecutive seqs of an account and return the first. The transaction holds the account's lock."""
    await cursor.execute(
        "update channels_account set seq = seq + %s where id = %s returning seq", (count, account_id)
    )
    row = await cursor.fetchone()
    return int(row[0]) - count + 1

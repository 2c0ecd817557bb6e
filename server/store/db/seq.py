"""Takes sequence numbers: the only SQL that raises `channels_account.seq`.

A change of a message, chat, contact or account takes the account's next seq in its own transaction, under the account's
row lock, and writes it on the changed row (docs/adr/0001-rows-are-the-log.md). The fragments are text that a statement
includes, not a SQL function: Postgres plans them with the statement, and a function call would hide the lock on the
account's row from it.
"""

from aiopg import Cursor

# In a CTE that has written one row `m` (or none) with `seq = a.seq + 1`: the account gets that seq.
STORE_SEQ = """
    seqs as (
        update channels_account set seq = m.seq from m where channels_account.id = m.account_id
    )"""

# For a change of the account's own row `a`.
OWN_SEQ = "seq = a.seq + 1, changed_seq = a.seq + 1, updated_at = now()"


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


async def take_seqs(cursor: Cursor, account_id: int, count: int) -> int:
    """Take `count` consecutive seqs of an account and return the first. The transaction holds the account's lock."""
    await cursor.execute(
        "update channels_account set seq = seq + %s where id = %s returning seq", (count, account_id)
    )
    row = await cursor.fetchone()
    return int(row[0]) - count + 1

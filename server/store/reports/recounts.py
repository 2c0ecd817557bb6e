"""Which accounts have reports, and whose facts must be computed again, as for other office hours.

A transaction that writes facts or counts of an account holds its cursor. So each computation finds what the one before
has stored, and none of them holds up the messages of the account.
"""

from aiopg import Cursor

from server.store.automation.feed_cursors import lock_cursor, start_cursor, wait_for_cursor

CONSUMER = "reports"
# `offset 0` keeps the planner from walking through the conversations of all accounts, newest first.
NEWEST = """(select max(v.id) from (
    select id from channels_conversation where account_id = a.id offset 0) v)"""


async def list_new_accounts(cursor: Cursor, limit: int) -> list[int]:
    """Accounts without reports."""
    await cursor.execute(
        """select a.id from channels_account a
           where a.erasing_since is null and not exists (select from report_recount r where r.account_id = a.id)
           order by a.id limit %s""",
        (limit,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def lock_reports(cursor: Cursor, account_id: int) -> bool:
    """Hold the account's reports until the commit; False if another transaction does, or there are none."""
    return await lock_cursor(cursor, CONSUMER, account_id) is not None


async def wait_for_reports(cursor: Cursor, account_id: int) -> None:
    """The same, once the other transaction has ended."""
    await wait_for_cursor(cursor, CONSUMER, account_id)


async def begin_reports(cursor: Cursor, account_id: int) -> None:
    """Let the account have reports: of all that happens from now on, and of all conversations there are. The account
    must be locked.
    """
    await start_cursor(cursor, CONSUMER, account_id)
    await cursor.execute(
        f"""insert into report_recount (account_id, next_id, hours_at)
            select a.id, {NEWEST}, (select h.updated_at from account_hours h where h.account_id = a.id)
            from channels_account a where a.id = %s on conflict do nothing""",
        (account_id,),
    )


async def begin_recounts(cursor: Cursor, account_id: int | None = None) -> int:
    """Begin again in accounts, or this one, whose office hours are others than those of their facts; returns in how
    many.
    """
    await cursor.execute(
        f"""update report_recount r set next_id = {NEWEST}, hours_at = h.updated_at
            from channels_account a left join account_hours h on h.account_id = a.id
            where a.id = r.account_id and r.hours_at is distinct from h.updated_at
                and (%(account_id)s::bigint is null or a.id = %(account_id)s)""",
        {"account_id": account_id},
    )
    return int(cursor.rowcount)


async def list_due(cursor: Cursor, limit: int) -> list[int]:
    """Accounts with conversations that are still to be computed."""
    await cursor.execute(
        """select r.account_id from report_recount r join channels_account a on a.id = r.account_id
           where r.next_id is not null and a.erasing_since is null order by r.account_id limit %s""",
        (limit,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def lock_recount(cursor: Cursor, account_id: int) -> int | None:
    """The newest conversation still to be computed; None if there is none."""
    await cursor.execute(
        """select next_id from report_recount where account_id = %s and next_id is not null
           for update skip locked""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def move_recount(cursor: Cursor, account_id: int, next_id: int | None) -> None:
    """All conversations after this one are done; all of them, if it is None."""
    await cursor.execute(
        "update report_recount set next_id = %s where account_id = %s", (next_id, account_id)
    )

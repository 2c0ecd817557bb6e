"""Which accounts have chats to hand out, and the locks under which that is done."""

from aiopg import Cursor

from server.store.assigning.loads import ELIGIBLE, IS_QUEUED, QUEUES, serves

LIST_DUE = f"""
    select a.id from channels_account a
    where (a.assignment_mode <> 'manual' or exists (
            select from user_team t where t.assignment_mode <> 'manual'))
        and exists (select from channels_chat_count n
            where n.account_id = a.id and n.status = 'open' and n.assignee_id = 0 and n.chats > 0)
        and exists (select from {QUEUES} q where q.mode <> 'manual'
            and exists (select from channels_chat c where {IS_QUEUED})
            and exists (select from {ELIGIBLE} e where {serves("q")}))
    order by a.id limit %(limit)s"""


async def list_due(cursor: Cursor, limit: int) -> list[int]:
    """The accounts in which a chat without an owner could be given to a user now."""
    await cursor.execute(LIST_DUE, {"limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def lock_account(cursor: Cursor, account_id: int) -> bool:
    """Lock the account for handing out its chats; False if another worker is doing that, or it is absent. The advisory
    lock keeps workers, and their connections, from queueing for one account.
    """
    await cursor.execute(
        "select pg_try_advisory_xact_lock(hashtextextended('confab: assigning in account ' || %s, 0))",
        (account_id,),
    )
    if not (await cursor.fetchone())[0]:
        return False
    await cursor.execute("select from channels_account where id = %s for no key update", (account_id,))
    return await cursor.fetchone() is not None


async def lock_limited(cursor: Cursor, account_id: int) -> None:
    """Lock the loads of the account's users who have a limit of their own, in one order: other accounts could give them
    chats at the same time. Not their rows: who goes away holds that one, and waits for the account.
    """
    await cursor.execute(
        """select pg_advisory_xact_lock(hashtextextended('confab: load of user ' || x.id, 0))
           from (select u.id from channels_account_member m join users u on u.id = m.user_id
                 where m.account_id = %s and u.chat_limit is not null order by u.id) x""",
        (account_id,),
    )

"""In which accounts chats have clocks, and whose clocks must be computed again, as for other office hours."""

from collections.abc import Collection

from aiopg import Cursor

# Of its cursors: never changed.
CONSUMER = "targets"
NEWEST = "(select max(c.id) from channels_chat c where c.account_id = a.id)"
HAS_TARGETS = """exists (select from target_account x join target g on g.id = x.target_id
    where x.account_id = a.id and g.is_on)"""


# A cursor where a target is on, and none where none is any longer. What is off is computed once more: it ends clocks.
BEGIN = f"""
    with wanted as (
        select a.id, a.seq, {NEWEST} as next_id, {HAS_TARGETS} as follows
        from channels_account a where a.id = any(%(account_ids)s)
    ), stopped as (
        delete from feed_cursor f using wanted w
        where not w.follows and f.consumer = '{CONSUMER}' and f.account_id = w.id
    ), started as (
        insert into feed_cursor (consumer, account_id, seq)
        select '{CONSUMER}', w.id, w.seq from wanted w where w.follows order by w.id on conflict do nothing
    )
    insert into target_recount as r (account_id, next_id, hours_at, targets_at)
    select w.id, w.next_id, (select h.updated_at from account_hours h where h.account_id = w.id), clock_timestamp()
    from wanted w
    where w.follows or exists (select from target_recount k where k.account_id = w.id)
    order by w.id
    on conflict (account_id) do update set next_id = excluded.next_id, hours_at = excluded.hours_at,
        targets_at = excluded.targets_at"""


async def begin_with_targets(cursor: Cursor, account_ids: Collection[int]) -> None:
    """Let the consumer follow those of these accounts in which a target is on, and compute all clocks again."""
    await cursor.execute(BEGIN, {"account_ids": sorted(account_ids)})


async def begin_with_hours(cursor: Cursor, account_id: int | None = None) -> int:
    """Begin again in accounts, or this one, whose office hours are others than those of their clocks; returns in how
    many.
    """
    await cursor.execute(
        f"""update target_recount r set next_id = {NEWEST}, hours_at = h.updated_at
            from channels_account a left join account_hours h on h.account_id = a.id
            where a.id = r.account_id and r.hours_at is distinct from h.updated_at
                and (%(account_id)s::bigint is null or a.id = %(account_id)s)""",
        {"account_id": account_id},
    )
    return int(cursor.rowcount)


async def list_with_team(cursor: Cursor, team_id: int) -> list[int]:
    """The accounts with clocks that have chats of this team."""
    await cursor.execute(
        """select r.account_id from target_recount r
           where exists (select from channels_chat c where c.team_id = %s and c.account_id = r.account_id)""",
        (team_id,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def begin_again(cursor: Cursor, account_ids: Collection[int]) -> None:
    """Compute all clocks of these accounts again. Who locks the accounts too locks them before."""
    await cursor.execute(
        f"""update target_recount r set next_id = {NEWEST} from channels_account a
            where a.id = r.account_id and a.id = any(%s)""",
        (sorted(account_ids),),
    )


async def list_due(cursor: Cursor, limit: int) -> list[int]:
    """Accounts with clocks that are still to be computed."""
    await cursor.execute(
        """select r.account_id from target_recount r join channels_account a on a.id = r.account_id
           where r.next_id is not null and a.erasing_since is null order by r.account_id limit %s""",
        (limit,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def lock_recount(cursor: Cursor, account_id: int) -> int | None:
    """The newest chat still to be computed; None if there is none, or another worker computes it. The account must be
    locked.
    """
    await cursor.execute(
        """select next_id from target_recount where account_id = %s and next_id is not null
           for update skip locked""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and int(row[0])


async def move_recount(cursor: Cursor, account_id: int, next_id: int | None) -> None:
    """All chats after this one are done; all of them, if it is None. Then an account without targets has no more."""
    await cursor.execute(
        "update target_recount set next_id = %s where account_id = %s", (next_id, account_id)
    )
    if next_id is None:
        await cursor.execute(
            f"""delete from target_recount r using channels_account a
                where r.account_id = %s and a.id = r.account_id and not {HAS_TARGETS}""",
            (account_id,),
        )

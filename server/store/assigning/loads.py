"""Loads: how many open chats users have, in an account and in all of them, and who can get more."""

from aiopg import Cursor

from server.store.db.keyset_pages import Page, page_of

# Of a user `u` in the account `a`, from the counters of migration 0044: snoozed and archived chats are not counted.
LOAD = """
    (select coalesce(sum(n.chats) filter (where n.account_id = a.id), 0) as here,
        coalesce(sum(n.chats), 0) as everywhere
     from channels_chat_count n where n.assignee_id = u.id and n.status = 'open')"""
CAN_ANSWER = "m.role <> 'viewer' and u.role <> 'viewer' and u.is_active"
# The users of an account `a` who can get a chat now. Who was invited and has not come yet would never see it.
ELIGIBLE = f"""
    (select u.id as user_id, load.here, load.everywhere, u.chat_limit, coalesce(turn.seq, 0) as turn
     from channels_account_member m join users u on u.id = m.user_id
     left join channels_assignment_turn turn on turn.account_id = a.id and turn.user_id = u.id
     cross join lateral {LOAD} load
     where m.account_id = a.id and {CAN_ANSWER} and u.away_since is null
         and (u.password_hash is not null or not exists (select from user_link l where l.user_id = u.id))
         and load.here < coalesce(a.chat_limit, load.here + 1)
         and load.everywhere < coalesce(u.chat_limit, load.everywhere + 1))"""
# The queues of an account `a`: that of chats without a team, and one for each team, with the mode that holds there.
QUEUES = """
    (select 0 as team_id, a.assignment_mode as mode
     union all
     select t.id, coalesce(t.assignment_mode, a.assignment_mode) from user_team t)"""
# A chat `c` in a queue `q` of the account `a`, with the index channels_chat_queued.
IS_QUEUED = """
    (c.account_id = a.id and coalesce(c.team_id, 0) = q.team_id and c.status = 'open' and c.assignee_id is null
     and not c.archived)"""


def serves(queue: str) -> str:
    """Whether the eligible user `e` gets chats of the queue: of a team, its users only."""
    return f"""({queue}.team_id = 0 or exists (
        select from user_team_member own where own.team_id = {queue}.team_id and own.user_id = e.user_id))"""


LIST_LOADS = f"""
    select row_to_json((select x from (select u.id as user_id, load.here as open_chats,
            load.everywhere as all_open_chats, u.chat_limit) x))::text, '', u.id
    from channels_account a
    join channels_account_member own on own.account_id = a.id and own.user_id = %(user_id)s
    join channels_account_member m on m.account_id = a.id
        and (not own.is_restricted or m.user_id = own.user_id)
    join users u on u.id = m.user_id
    cross join lateral {LOAD} load
    where a.id = %(account_id)s and u.id > %(after)s and {CAN_ANSWER}
    order by u.id limit %(limit)s + 1"""


async def list_loads(cursor: Cursor, user_id: int, account_id: int, limit: int, after: int) -> Page:
    """The loads of those who can answer in an account, by user id; of the user alone if they are restricted there."""
    await cursor.execute(
        LIST_LOADS, {"user_id": user_id, "account_id": account_id, "limit": limit, "after": after}
    )
    return page_of(await cursor.fetchall(), limit)

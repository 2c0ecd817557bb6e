"""New chats: those an account has begun, what UniPile said of their phone numbers, and until when it begins none."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from aiopg import Cursor

from server.store.accounts import accounts
from server.store.accounts.accounts import PUSHED_ACCOUNT_JSON
from server.store.db.seq import OWN_SEQ

# Rows are deleted then; a phone number without a chat is asked about again.
RETENTION_DAYS = 30
# A stop within this time after another lasts twice as long, up to the same time.
MEMORY_DAYS = 7


class DayLimits(NamedTuple):
    """How many chats an account may begin in 24 hours while it is fresh, and later."""

    fresh_days: int
    fresh: int
    later: int


class Stop(NamedTuple):
    """Until when an account begins no chats, and why: its day is used up, or WhatsApp rejected one."""

    reason: Literal["day", "rejected"]
    until: str
    seconds: float


class NewChat(NamedTuple):
    """A chat that an account begins; `is_on_whatsapp` None: not known yet."""

    id: int
    is_on_whatsapp: bool | None


async def has_chat_with(cursor: Cursor, account_id: int, address: str) -> bool:
    """Whether the account has a chat with this contact, under this address or another one of theirs."""
    await cursor.execute(
        """select exists (
               select from channels_chat c
               where c.account_id = %(account_id)s and c.kind = 'direct'
                   and (c.address = %(address)s or c.address in (
                       select other.alias from channels_contact_alias a
                       join channels_contact_alias other on other.contact_id = a.contact_id
                       where a.account_id = %(account_id)s and a.alias = %(address)s)))""",
        {"account_id": account_id, "address": address},
    )
    return bool((await cursor.fetchone())[0])


async def take_new_chat(
    cursor: Cursor, account_id: int, address: str, limits: DayLimits | None
) -> NewChat | Stop | None:
    """Count a chat that an account begins, once a day for each address, or return what stops it; without `limits` only
    a rejection does. None if there is no such account. Locks the account.
    """
    if await accounts.lock_account(cursor, account_id) is None:
        return None
    if stop := await fetch_stop(cursor, account_id):
        return stop
    known = await _fetch_new_chat(cursor, account_id, address)
    if known is not None and known.is_on_whatsapp is False:
        return known
    if limits is not None and (stop := await _find_day_end(cursor, account_id, address, limits)):
        return stop
    return await _count_new_chat(cursor, account_id, address)


async def fetch_stop(cursor: Cursor, account_id: int) -> Stop | None:
    """The stop after a rejection; None if there is none now."""
    await cursor.execute(
        """select rfc3339(new_chats_stopped_until), extract(epoch from new_chats_stopped_until - now())::float8
           from channels_account where id = %s and new_chats_stopped_until > now()""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and Stop("rejected", *row)


async def _fetch_new_chat(cursor: Cursor, account_id: int, address: str) -> NewChat | None:
    await cursor.execute(
        "select id, is_on_whatsapp from channels_new_chat where account_id = %s and address = %s",
        (account_id, address),
    )
    row = await cursor.fetchone()
    return row and NewChat(*row)


# `allowed` of the account `a`; the chat that must be a day old before another one may begin.
ALLOWED = """case when a.created_at >= now() - make_interval(days => %(fresh_days)s) then %(fresh)s::integer
        else %(later)s::integer end"""
DAY_END = """(select n.created_at + interval '1 day' from channels_new_chat n
        where n.account_id = a.id and n.created_at > now() - interval '1 day'
        order by n.created_at desc offset {allowed} - 1 limit 1)"""
FIND_DAY_END = f"""
    select rfc3339(day.until), extract(epoch from day.until - now())::float8
    from channels_account a cross join lateral (select {DAY_END.format(allowed=f"({ALLOWED})")} as until) day
    where a.id = %(account_id)s and day.until is not null
        and not exists (select from channels_new_chat n where n.account_id = a.id and n.address = %(address)s
                        and n.created_at > now() - interval '1 day')"""


async def _find_day_end(cursor: Cursor, account_id: int, address: str, limits: DayLimits) -> Stop | None:
    values = {**limits._asdict(), "account_id": account_id, "address": address}
    await cursor.execute(FIND_DAY_END, values)
    row = await cursor.fetchone()
    return row and Stop("day", *row)


async def _count_new_chat(cursor: Cursor, account_id: int, address: str) -> NewChat:
    await cursor.execute(
        """insert into channels_new_chat as n (account_id, address) values (%s, %s)
           on conflict (account_id, address) do update set created_at =
               case when n.created_at > now() - interval '1 day' then n.created_at else now() end
           returning n.id, n.is_on_whatsapp""",
        (account_id, address),
    )
    return NewChat(*await cursor.fetchone())


async def note_check(cursor: Cursor, new_chat_id: int, is_on_whatsapp: bool) -> None:
    """Store what UniPile said of the phone number."""
    await cursor.execute(
        "update channels_new_chat set is_on_whatsapp = %s, checked_at = now() where id = %s",
        (is_on_whatsapp, new_chat_id),
    )


async def note_chat(cursor: Cursor, account_id: int, address: str, chat_id: int) -> None:
    """Record which chat it became; the contact may have answered already. The account must be locked."""
    await cursor.execute(
        """update channels_new_chat n set chat_id = %(chat_id)s, answered_at = (
               select min(m.sent_at) from channels_message m
               where m.chat_id = %(chat_id)s and m.direction = 'in' and not m.is_event)
           where n.account_id = %(account_id)s and n.address = %(address)s and n.chat_id is null""",
        {"account_id": account_id, "address": address, "chat_id": chat_id},
    )


async def is_unanswered(cursor: Cursor, chat_id: int) -> bool:
    """Whether the account began this chat and the contact has never written there."""
    await cursor.execute(
        "select exists (select from channels_new_chat where chat_id = %s and answered_at is null)", (chat_id,)
    )
    return bool((await cursor.fetchone())[0])


# While a stop lasts another rejection changes nothing.
STOP = f"""
    update channels_account a
    set new_chats_stops = following.stops, new_chats_stopped_by = %(code)s,
        new_chats_stopped_until = now() + least(
            make_interval(hours => %(hours)s) * power(2, following.stops - 1), make_interval(days => %(memory)s)),
        {OWN_SEQ}
    from (select id, case when new_chats_stopped_until > now() - make_interval(days => %(memory)s)
                          then least(new_chats_stops + 1, 10) else 1 end as stops
          from channels_account where id = %(account_id)s) following
    where a.id = following.id and coalesce(a.new_chats_stopped_until, '-infinity') <= now()
    returning a.seq, {PUSHED_ACCOUNT_JSON}"""


async def stop_new_chats(cursor: Cursor, account_id: int, code: str, hours: int) -> tuple[int, str] | None:
    """Stop the account's new chats because of UniPile's error `code`; returns (seq, account as pushed), or None if
    they were stopped already. Locks the account.
    """
    if await accounts.lock_account(cursor, account_id) is None:
        return None
    values = {"account_id": account_id, "code": code, "hours": hours, "memory": MEMORY_DAYS}
    await cursor.execute(STOP, values)
    row = await cursor.fetchone()
    return row and (int(row[0]), str(row[1]))


async def resume_new_chats(cursor: Cursor, account_id: int) -> tuple[int, str] | None:
    """End a stop; returns (seq, account as pushed), or None if there was none. Locks the account."""
    await cursor.execute(
        f"""update channels_account a set new_chats_stopped_until = date_trunc('milliseconds', now()), {OWN_SEQ}
            where a.id = %s and a.new_chats_stopped_until > now()
            returning a.seq, {PUSHED_ACCOUNT_JSON}""",
        (account_id,),
    )
    row = await cursor.fetchone()
    return row and (int(row[0]), str(row[1]))


OVERVIEW = f"""
    select row_to_json((select x from (select
        {ALLOWED} as allowed, today.begun,
        case when today.begun >= {ALLOWED} then rfc3339({DAY_END.format(allowed=f"({ALLOWED})")}) end as next_at,
        case when a.new_chats_stopped_until > now() then rfc3339(a.new_chats_stopped_until) end as stopped_until,
        case when a.new_chats_stopped_until > now() then a.new_chats_stopped_by end as stopped_by,
        month.first_messages, month.unanswered) x))::text
    from channels_account a
    cross join lateral (select count(*) as begun from channels_new_chat n
                        where n.account_id = a.id and n.created_at > now() - interval '1 day') today
    cross join lateral (select count(*) as first_messages,
                            count(*) filter (where n.answered_at is null) as unanswered
                        from channels_new_chat n where n.account_id = a.id and n.chat_id is not null
                            and n.created_at > now() - make_interval(days => %(days)s)) month
    where a.id = %(account_id)s"""


async def fetch_overview(cursor: Cursor, account_id: int, limits: DayLimits | None) -> str:
    """The account's new chats as JSON: of the last 24 hours, and unanswered first messages of the last 30 days."""
    used = limits._asdict() if limits is not None else {"fresh_days": 0, "fresh": None, "later": None}
    await cursor.execute(OVERVIEW, {**used, "account_id": account_id, "days": RETENTION_DAYS})
    return str((await cursor.fetchone())[0])


async def blank_new_chats(
    cursor: Cursor, account_id: int, addresses: Sequence[str], chat_ids: Sequence[int]
) -> None:
    """Erase with whom these chats were begun; they still count for their day."""
    await cursor.execute(
        """update channels_new_chat
           set address = null, is_on_whatsapp = null, checked_at = null, chat_id = null, answered_at = null
           where account_id = %s and (address = any(%s) or chat_id = any(%s))""",
        (account_id, list(addresses), list(chat_ids)),
    )


async def prune_new_chats(cursor: Cursor, limit: int) -> int:
    """Delete the oldest of those that no longer count; returns how many were deleted."""
    await cursor.execute(
        """delete from channels_new_chat where id = any(array(
               select id from channels_new_chat where created_at <= now() - make_interval(days => %s)
               order by created_at limit %s))""",
        (RETENTION_DAYS, limit),
    )
    return int(cursor.rowcount)

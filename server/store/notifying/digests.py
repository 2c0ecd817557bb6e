"""Digests: one mail about all unread notifications of a user who has not been connected for a while.

What a digest is about is written before it is sent, and taken back only if the mail server certainly did not get it: a
worker that is killed in between loses a mail, and sends none twice.
"""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.store.notifying.deliveries import Quoted, quoted
from server.store.people.notifications import IS_SHOWN, NOTIFICATION_JSON

# Exponential backoff while the mail server is away.
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 60.0, 3600.0
# A user who stays connected is noted at most this often.
NOTED_SECONDS = 30
# Notifications in one mail; the others are counted.
MOST_LINES = 20
# What is younger than this waits for the next digest: an older id may not be committed yet.
SETTLING_SECONDS = 10
# Of a digest `g`, with what its user wants and sees now.
PENDING = f"""n.user_id = g.user_id and n.by_mail and n.read_at is null and {IS_SHOWN} and exists (
    select from user_preferences q where q.user_id = n.user_id and (q.notifications -> n.kind ->> 'mail')::boolean)"""
UNREAD = f"{PENDING} and n.id > g.mailed_up_to"
# What it was about is never mailed again.
SETTLED = f"""mailed_up_to = g.sending_up_to, mailed_at = now(), sending_up_to = null, sending_since = null,
    due_at = null, tries = 0, waiting_since = case
        when exists (select from notification n where {PENDING} and n.id > g.sending_up_to) then now() end"""


class Digest(NamedTuple):
    """A mail to be sent: to whom, in which language, and about what."""

    user_id: int
    email: str
    name: str
    language: str
    up_to: int
    total: int
    lines: list[Quoted]


async def list_waiting(cursor: Cursor, limit: int) -> list[int]:
    """Users with something unread to be mailed, longest waiting first."""
    await cursor.execute(
        """select user_id from notification_digest where waiting_since is not null
           order by waiting_since limit %s""",
        (limit,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def postpone(cursor: Cursor, connected: Collection[int]) -> None:
    """These users are connected: the time until a mail begins anew, if there is still something to mail."""
    await cursor.execute(
        f"""with present as (
                select g.user_id, exists (select from notification n where {UNREAD}) as has_unread
                from notification_digest g
                where g.user_id = any(%s) and g.waiting_since < now() - make_interval(secs => %s)
                for update skip locked)
            update notification_digest g set tries = 0, due_at = null,
                waiting_since = case when has_unread then now() end
            from present where g.user_id = present.user_id""",
        (list(connected), NOTED_SECONDS),
    )


async def take_due(
    cursor: Cursor, minutes: int, pause_minutes: int, limit: int, connected: Collection[int]
) -> list[int]:
    """Users whose digests are due, without those who are connected. Each is due again with exponential backoff
    unless it is settled before.
    """
    await cursor.execute(
        """with due as (
               select user_id from notification_digest
               where waiting_since <= now() - make_interval(mins => %(minutes)s) and sending_since is null
                   and user_id <> all(%(connected)s) and coalesce(due_at <= now(), true)
                   and coalesce(mailed_at <= now() - make_interval(mins => %(pause)s), true)
               order by waiting_since limit %(limit)s for update skip locked)
           update notification_digest g set tries = least(tries + 1, 1000), due_at = now()
               + make_interval(secs => least(%(first)s * 2 ^ least(tries, 20), %(longest)s))
           from due where g.user_id = due.user_id returning g.user_id""",
        {
            "minutes": minutes,
            "pause": pause_minutes,
            "limit": limit,
            "connected": list(connected),
            "first": FIRST_BACKOFF_SECONDS,
            "longest": LONGEST_BACKOFF_SECONDS,
        },
    )
    return [int(row[0]) for row in await cursor.fetchall()]


# Without something unread the row waits for nothing; with it, no other worker sends the same.
BEGIN = f"""
    with found as (
        select g.user_id, exists (select from notification n where {UNREAD}) as has_unread,
            (select max(n.id) from notification n
             where {UNREAD} and n.at < now() - interval '{SETTLING_SECONDS} seconds') as up_to
        from notification_digest g join users u on u.id = g.user_id and u.is_active
        where g.user_id = %(user_id)s and g.sending_since is null and g.waiting_since is not null
        for update of g
    ), begun as (
        update notification_digest g set sending_up_to = f.up_to,
            sending_since = case when f.up_to is not null then now() end,
            waiting_since = case when f.has_unread then g.waiting_since end
        from found f where g.user_id = f.user_id
        returning g.user_id, g.sending_up_to, g.mailed_up_to
    )
    select b.user_id, u.email, u.name, coalesce(p.language, 'en'), coalesce(p.previews, false), b.sending_up_to
    from begun b join users u on u.id = b.user_id left join user_preferences p on p.user_id = b.user_id
    where b.sending_up_to is not null"""


async def begin_digest(cursor: Cursor, user_id: int) -> Digest | None:
    """Note that the digest is being sent; None if nothing is unread now, or it is being sent already."""
    await cursor.execute(BEGIN, {"user_id": user_id})
    row = await cursor.fetchone()
    if row is None:
        return None
    _, email, name, language, quotes, up_to = row
    await cursor.execute(
        f"""select {NOTIFICATION_JSON}, count(*) over ()
            from notification n join notification_digest g on g.user_id = n.user_id
            where g.user_id = %s and {UNREAD} and n.id <= g.sending_up_to order by n.id desc limit %s""",
        (user_id, MOST_LINES),
    )
    rows = await cursor.fetchall()
    lines = [quoted(json, user_id, language, quotes=quotes) for json, _ in rows]
    return Digest(user_id, email, name, language, up_to, int(rows[0][1]) if rows else 0, lines)


async def finish_digest(cursor: Cursor, user_id: int) -> None:
    """It was sent, or may have been."""
    await cursor.execute(
        f"update notification_digest g set {SETTLED} where user_id = %s and sending_since is not null",
        (user_id,),
    )


async def release_digest(cursor: Cursor, user_id: int) -> None:
    """The mail server certainly did not get it: it is tried again later."""
    await cursor.execute(
        "update notification_digest set sending_up_to = null, sending_since = null where user_id = %s",
        (user_id,),
    )


async def settle_lost(cursor: Cursor, seconds: int) -> list[int]:
    """The users whose digests were being sent by a worker that died: they count as sent."""
    await cursor.execute(
        f"""update notification_digest g set {SETTLED}
            where sending_since < now() - make_interval(secs => %s) returning user_id""",
        (seconds,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]

"""Notifications: written with what causes them, published by the worker, read by the person they are for.

A kind that a person does not want on the bell is not written for them. Chats have one unread notification of a kind for
each person, however many messages follow. Writers hold the locks of the accounts; those of the feeds come last, and
after them those of the digests.
"""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.rules.notifications import DEFAULTS
from server.store.chats.chats import TITLE
from server.store.chats.sight import sees
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_user_seq, take_user_seqs_for

NotificationKind = Literal[
    "assigned", "mentioned", "snooze_over", "number_down", "scheduled_failed", "rule", "target"
]
# More are shown as "99+".
MOST_COUNTED = 100
# What is read within this time, as lines of the chat in view are, is not pushed.
PUSH_SECONDS = 3

NOTIFICATION_JSON = f"""
    row_to_json((select x from (select
        n.id, n.kind, n.account_id, n.chat_id, n.message_id, n.note_id,
        case when n.actor_id is not null then (
            select json_build_object('id', u.id, 'name', u.name) from users u where u.id = n.actor_id) end as actor,
        case when n.target_kind is not null then
            json_build_object('kind', n.target_kind, 'due_at', rfc3339(n.target_due_at)) end as target,
        (select {TITLE} from channels_chat c
         left join channels_contact_alias peer
             on c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address
         left join channels_contact contact on contact.id = peer.contact_id where c.id = n.chat_id) as title,
        (select left(m.body, 120) from channels_message m
         where m.id = n.message_id and m.chat_id = n.chat_id) as preview,
        rfc3339(n.at) as at, rfc3339(n.read_at) as read_at, n.seq) x))::text"""
# Whether the user still sees what a notification `n` is about.
IS_SHOWN = f"""
    (n.chat_id is null or exists (select from channels_chat c
        join channels_account_member u on u.account_id = c.account_id and u.user_id = n.user_id
        where c.id = n.chat_id and {sees(user="n.user_id")}))"""
# Of a feed `f`.
ALL_READ_JSON = "json_build_object('up_to', f.read_up_to, 'seq', f.read_seq)::text"


class NewNotification(TypedDict):
    """A notification for a user; what does not apply is None."""

    user_id: int
    kind: NotificationKind
    account_id: int
    chat_id: int | None
    message_id: int | None
    note_id: int | None
    actor_id: int | None


class Pushed(NamedTuple):
    """A notification as its user's feed has it."""

    user_id: int
    seq: int
    json: str


def _chosen(channel: str) -> str:
    """Whether the user of a row `r` with the preferences `p` wants its kind on this channel."""
    by_default = ", ".join(f"'{event}'" for event, channels in DEFAULTS.items() if channels[channel])
    return f"""coalesce((p.notifications -> r.kind ->> '{channel}')::boolean, r.kind in ({by_default or "''"}))"""


def insert_notifications(
    recipients: str, counted: str = "wanted", *, is_of_target: bool = False, quiet: str = "false"
) -> str:
    """Inserts a notification for each row of the CTE `recipients` that its user wants and does not have yet. `limit`
    keeps the lookups from becoming joins over whole tables (ADR 5). `is_of_target`: the rows have the columns of a
    target's clock; each clock is another line. `quiet`: whether a row `r` is neither pushed nor mailed.
    """
    clock, is_same = "", ""
    if is_of_target:
        clock = ", target_kind, target_began_at, target_due_at"
        is_same = "and (k.target_kind, k.target_began_at) = (r.target_kind, r.target_began_at)"
    # In a `case`: compared by `is not distinct from`, all unread ones of the user would be read for each row.
    same = f"""select from notification k where k.user_id = r.user_id and k.kind = r.kind and k.read_at is null
                    and k.account_id = r.account_id and {{}} and k.note_id is not distinct from r.note_id {is_same}"""
    return f"""
    wanted as (
        select r.*, row_number() over (partition by r.user_id order by r.account_id, r.chat_id, r.kind) as n,
            {_chosen("mail")} and not {quiet} as by_mail, {_chosen("push")} and not {quiet}
                and exists (select from webpush_device d where d.user_id = r.user_id) as by_push
        from {recipients} r
        left join lateral (
            select p.notifications from user_preferences p where p.user_id = r.user_id limit 1) p on true
        where {_chosen("bell")}
            and not case when r.chat_id is null then exists ({same.format("k.chat_id is null")})
                else exists ({same.format("k.chat_id = r.chat_id")}) end
    ), {take_user_seqs_for("wanted")}, inserted as (
        insert into notification
            (user_id, kind, account_id, chat_id, message_id, note_id, actor_id, seq, by_mail, push_due_at{clock})
        select w.user_id, w.kind, w.account_id, w.chat_id, w.message_id, w.note_id, w.actor_id, s.base + w.n,
            w.by_mail, case when w.by_push then now() + make_interval(secs => %(push_seconds)s) end{clock}
        from wanted w join user_seqs s on s.user_id = w.user_id
    ), digests as (
        insert into notification_digest as g (user_id, waiting_since)
        select distinct s.user_id, now() from user_seqs s join wanted w on w.user_id = s.user_id
        where w.by_mail order by s.user_id
        on conflict (user_id) do update set waiting_since = now() where g.waiting_since is null
    )
    select count(*) from {counted}"""


# Who is notified of a chat `c`: its owner; without an owner all users who could take it, in its team if it has one.
RECIPIENTS = f"""
    cross join lateral (
        select m.user_id from channels_account_member m join users u on u.id = m.user_id
        where m.account_id = c.account_id and u.is_active and u.role <> 'viewer' and m.role <> 'viewer'
            and {sees(user="m.user_id", member="m")}
            and (m.user_id = c.assignee_id or c.assignee_id is null and u.away_since is null
                and (c.team_id is null or exists (
                    select from user_team_member t where t.team_id = c.team_id and t.user_id = m.user_id)))
        limit 1000) m"""
# A message that was sent before a backup was restored has been pushed and mailed then: it is a line behind the bell.
IS_BEFORE_RESTORE = """exists (select from installation i join channels_message sent on sent.id = r.message_id
                where sent.sent_at < i.restored_at)"""
# Not of a chat without an owner that a colleague has read meanwhile.
NOTIFY_OF_MESSAGES = Prepared(
    "notify_of_messages",
    f"""
    with due as materialized (
        delete from notification_due where ctid = any(array(
            select d.ctid from notification_due d limit %(limit)s for update skip locked))
        returning chat_id, message_id
    ), chat as materialized (
        select c.*, x.message_id
        from (select chat_id, min(message_id) as message_id from due group by chat_id) x
        cross join lateral (
            select t.id, t.account_id, t.assignee_id, t.team_id from channels_chat t
            where t.id = x.chat_id and not t.archived and coalesce(t.muted_until <= now(), true)
                and (t.assignee_id is not null or t.unread_count > 0) limit 1) c
    ), recipients as (
        select c.id as chat_id, c.account_id, c.message_id, m.user_id,
            case when c.assignee_id is null then 'unassigned' else 'mine' end as kind,
            null::bigint as note_id, null::bigint as actor_id
        from chat c {RECIPIENTS}
    ), {insert_notifications("recipients", counted="due", quiet=IS_BEFORE_RESTORE)}""",
)


async def notify_of_messages(cursor: Cursor, limit: int) -> int:
    """Notify of contacts' new messages, except in archived or muted chats; returns their count, at most `limit`."""
    await NOTIFY_OF_MESSAGES.execute(cursor, {"limit": limit, "push_seconds": PUSH_SECONDS})
    return int((await cursor.fetchone())[0])


NOTIFY_USERS = f"""
    with recipients as (
        select distinct on (x.user_id, x.kind, x.chat_id, x.note_id) x.*
        from jsonb_to_recordset(%(rows)s::jsonb) as x (user_id bigint, kind text, account_id bigint, chat_id bigint,
            message_id bigint, note_id bigint, actor_id bigint)
        join users u on u.id = x.user_id and u.is_active
        join channels_account_member m on m.account_id = x.account_id and m.user_id = x.user_id
        left join channels_chat c on c.id = x.chat_id
        where x.actor_id is distinct from x.user_id
            and (x.chat_id is null or {sees(user="m.user_id", member="m")})
    ), {insert_notifications("recipients")}"""


async def notify_users(cursor: Cursor, rows: Sequence[NewNotification]) -> None:
    """Tell users of something they did not do themselves; those who do not see the chat are left out."""
    if rows:
        values = {"rows": orjson.dumps(rows).decode(), "push_seconds": PUSH_SECONDS}
        await cursor.execute(NOTIFY_USERS, values)


async def notify_of_lost_account(cursor: Cursor, account_id: int) -> None:
    """Notify all users who can reconnect an account that it needs attention."""
    await cursor.execute(
        f"""with recipients as (
                select m.user_id, 'number_down' as kind, m.account_id, null::bigint as chat_id,
                    null::bigint as message_id, null::bigint as note_id, null::bigint as actor_id
                from channels_account_member m join users u on u.id = m.user_id
                where m.account_id = %(account_id)s and m.role = 'owner' and u.is_active and u.role <> 'viewer'
            ), {insert_notifications("recipients")}""",
        {"account_id": account_id, "push_seconds": PUSH_SECONDS},
    )


TAKE_UNPUSHED = Prepared(
    "take_unpushed",
    f"""
    with due as (
        select id from notification where not is_pushed order by id limit %(limit)s for update skip locked
    ), n as (
        update notification t set is_pushed = true from due where t.id = due.id returning t.*)
    select n.user_id, n.seq, {NOTIFICATION_JSON} from n where {IS_SHOWN} order by n.user_id, n.seq""",
)


async def take_unpushed(cursor: Cursor, limit: int) -> list[Pushed]:
    """Notifications that were written or changed since they were last published, by user and seq."""
    await TAKE_UNPUSHED.execute(cursor, {"limit": limit})
    return [Pushed(*row) for row in await cursor.fetchall()]


def mark_read_where(which: str) -> str:
    """The end of a statement that begins with `with`: marks the notifications `t` as read of which `which` holds."""
    return f"""
    due as (
        select t.id, t.user_id, row_number() over (partition by t.user_id order by t.id) as n
        from notification t where t.read_at is null and {which}
    ), {take_user_seqs_for("due")}
    update notification n set read_at = now(), seq = s.base + due.n, is_pushed = false
    from due join user_seqs s on s.user_id = due.user_id where n.id = due.id and n.read_at is null"""


async def mark_read(cursor: Cursor, user_id: int, ids: Collection[int], chat_id: int | None) -> None:
    """Mark notifications of the user as read: these, and those of a chat."""
    await cursor.execute(
        "with "
        + mark_read_where("""t.user_id = %(user_id)s
            and (t.id = any(%(ids)s) or t.chat_id = %(chat_id)s)"""),
        {"user_id": user_id, "ids": list(ids), "chat_id": chat_id},
    )


async def mark_all_read(cursor: Cursor, user_id: int) -> Pushed:
    """Mark all notifications of the user as read: one change, however many they are."""
    seq = await take_user_seq(cursor, user_id)
    await cursor.execute(
        "update notification set read_at = now() where user_id = %s and read_at is null", (user_id,)
    )
    await cursor.execute(
        f"""update user_feed f set read_seq = %(seq)s, read_up_to = greatest(f.read_up_to, coalesce(
                (select max(n.id) from notification n where n.user_id = f.user_id), 0))
            where f.user_id = %(user_id)s returning f.user_id, f.read_seq, {ALL_READ_JSON}""",
        {"user_id": user_id, "seq": seq},
    )
    return Pushed(*await cursor.fetchone())


async def list_notifications(cursor: Cursor, user_id: int, limit: int, before: int | None) -> Page:
    """The user's notifications, newest first."""
    await cursor.execute(
        f"""select {NOTIFICATION_JSON}, '', n.id from notification n
            where n.user_id = %(user_id)s and (%(before)s::bigint is null or n.id < %(before)s) and {IS_SHOWN}
            order by n.id desc limit %(limit)s + 1""",
        {"user_id": user_id, "before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


async def count_unread(cursor: Cursor, user_id: int) -> int:
    """How many are unread, of what the user still sees, at most MOST_COUNTED: the cost does not grow with what a person
    has missed.
    """
    await cursor.execute(
        f"""select count(*) from (
                select from notification n where n.user_id = %s and n.read_at is null and {IS_SHOWN} limit %s) n""",
        (user_id, MOST_COUNTED),
    )
    return int((await cursor.fetchone())[0])


async def remove_notifications(cursor: Cursor, account_id: int, user_id: int) -> None:
    """Remove the user's notifications of an account that they can no longer see."""
    await cursor.execute(
        "delete from notification where account_id = %s and user_id = %s", (account_id, user_id)
    )


async def prune_notifications(cursor: Cursor, days: int, limit: int) -> int:
    """Delete notifications older than this; returns how many, at most `limit`."""
    await cursor.execute(
        """delete from notification where id = any(array(
               select id from notification where at < now() - make_interval(days => %s) limit %s))""",
        (days, limit),
    )
    return int(cursor.rowcount)

"""Flags set on the phone: applied when UniPile reports a change of them, unless a user has just set them here."""

from collections.abc import Sequence

import orjson
from aiopg import Cursor

from server.store.chats.chat_rows import PhoneFlags
from server.store.chats.chats import CHANGED_CHAT, CHAT_JOINS, ChangedChat
from server.store.chats.unread_rules import BEFORE_NEWEST, SETTLING, count_unread, is_countable, is_listed
from server.store.db.seq import take_seqs_for

ROWS = """jsonb_to_recordset(%(rows)s::jsonb) as x (provider_chat_id text, archived boolean, pinned boolean,
        mutes boolean, muted_until timestamptz, is_read boolean, is_marked boolean, counts boolean,
        last_at timestamptz)"""
MARKS = """jsonb_build_object('archived', x.archived, 'pinned', x.pinned, 'muted', x.muted_until,
            'read', case when x.is_read and a.tells_unread then x.last_at end, 'unread', x.is_marked)"""
# A UniPile that counts nothing would report every chat as read. It is known to count once it has counted an incoming
# message, in a chat whose flags no user has set here.
LEARN = f"""
    update channels_account a set tells_unread = true
    where a.id = %(account_id)s and not a.tells_unread and exists (
        select from {ROWS}
        join channels_chat c on c.account_id = %(account_id)s and c.provider_chat_id = x.provider_chat_id
        where x.counts and c.marked_at = '-infinity' and (
            select m.direction from channels_message m where m.chat_id = c.id and {is_listed("m")}
            order by m.sent_at desc, m.id desc limit 1) = 'in')"""
REPORTED = f"""
    select c.id, x.*, a.tells_unread, {MARKS} as marks, coalesce(c.told_marks, '{{}}') as before
    from {ROWS}
    join channels_chat c on c.account_id = %(account_id)s and c.provider_chat_id = x.provider_chat_id
    join channels_account a on a.id = c.account_id
    where c.marked_at < now() - {SETTLING}
        and (c.told_marks is not null or c.marked_at = '-infinity')"""
# Up to where a chat without unread messages in UniPile's list is read: everything stored when the list was requested
# (`head`), but only up to the first message that is newer than the list's entry, or that Confab itself may have marked
# as read there, by a reply sent through it or a read mark it reported.
READ_THERE = f"""coalesce((
        select min(u.inserted_seq) - 1 from channels_message u
        where u.chat_id = c.id and {is_countable("u")} and u.inserted_seq > c.read_seq
            and (u.sent_at > t.last_at or u.created_at < c.marked_at + {SETTLING} or exists (
                select from channels_message o where o.chat_id = c.id and o.sent_at >= u.sent_at
                    and o.direction = 'out' and o.client_id is not null and o.status <> 'failed'))),
        %(head)s::bigint)"""
# A flag that UniPile repeats is no change: ours may be on its way there, or was rejected there. A chat counts as marked
# unread if UniPile says so, or if it was read to the end, has no newer message, and is unread again.
TAKE_OVER = f"""
    with reported as ({REPORTED}), wanted as (
        select t.id,
            case when t.marks -> 'archived' is distinct from t.before -> 'archived'
                then coalesce(t.archived, c.archived) else c.archived end as archived,
            case when t.marks -> 'pinned' is distinct from t.before -> 'pinned'
                then coalesce(t.pinned, c.pinned) else c.pinned end as pinned,
            case when t.mutes and t.marks -> 'muted' is distinct from t.before -> 'muted'
                then t.muted_until else c.muted_until end as muted_until,
            case when t.is_read and t.tells_unread and t.marks -> 'read' is distinct from t.before -> 'read'
                then greatest(c.read_seq, {READ_THERE}) else c.read_seq end as read_seq,
            c.unread_count = 0 and (
                t.is_marked and t.marks -> 'unread' is distinct from t.before -> 'unread'
                or t.counts and (t.before ->> 'read')::timestamptz = t.last_at) as is_marked
        from reported t join channels_chat c on c.id = t.id
    ), positioned as (
        select w.id, w.archived, w.pinned, w.muted_until,
            w.is_marked or c.marked_unread and w.read_seq = c.read_seq as marked_unread,
            case when w.is_marked then least(w.read_seq, {BEFORE_NEWEST}) else w.read_seq end as read_seq
        from wanted w join channels_chat c on c.id = w.id
    ), counted as (
        select w.*, case when (w.marked_unread, w.read_seq) is distinct from (c.marked_unread, c.read_seq)
            then {count_unread("w.read_seq", "w.marked_unread")} else c.unread_count end as unread_count
        from positioned w join channels_chat c on c.id = w.id
    ), change as (
        select k.*, c.account_id, row_number() over (order by k.id) as n
        from counted k join channels_chat c on c.id = k.id
        where (k.archived, k.pinned, k.muted_until, k.unread_count)
            is distinct from (c.archived, c.pinned, c.muted_until, c.unread_count)
    ), {take_seqs_for("change")}, changed as (
        update channels_chat c set archived = k.archived, pinned = k.pinned, muted_until = k.muted_until,
            read_seq = k.read_seq, marked_unread = k.marked_unread,
            unread_count = k.unread_count, seq = seqs.base + k.n, updated_at = now()
        from change k cross join seqs where c.id = k.id
        returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_JOINS} order by c.seq"""
NOTE_REPORTED = f"""
    update channels_chat c set told_marks = t.marks from ({REPORTED}) t
    where c.id = t.id and c.told_marks is distinct from t.marks"""
# A flag that a user set before UniPile was first asked outweighs UniPile's first report.
NOTE_FIRST = f"""
    update channels_chat c set told_marks = {MARKS}
    from {ROWS} cross join channels_account a
    where a.id = %(account_id)s and c.account_id = a.id and c.provider_chat_id = x.provider_chat_id
        and c.told_marks is null and c.marked_at > '-infinity'"""


async def fetch_head(cursor: Cursor, account_id: int) -> int:
    """The account's head seq; 0 if it does not exist."""
    await cursor.execute("select seq from channels_account where id = %s", (account_id,))
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def apply_phone_flags(
    cursor: Cursor, account_id: int, flags: Sequence[PhoneFlags], head: int
) -> list[ChangedChat]:
    """Apply the flags that UniPile has changed since its last report and return the chats that differ, by seq. The
    account is locked; `head` was its seq before UniPile was asked.
    """
    values = {"account_id": account_id, "rows": orjson.dumps(list(flags)).decode(), "head": head}
    await cursor.execute(LEARN, values)
    await cursor.execute(TAKE_OVER, values)
    changed = [ChangedChat(*row) for row in await cursor.fetchall()]
    await cursor.execute(NOTE_REPORTED, values)
    await cursor.execute(NOTE_FIRST, values)
    return changed

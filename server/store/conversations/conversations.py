"""Conversations: opened by messages (chats/advance.py), corrected by late ones, closed and reopened by users."""

from collections.abc import Collection

from aiopg import Cursor

from server.store.chats.chats import CHANGED_CHAT, CHAT_LOOKUPS, ChangedChat
from server.store.chats.unread_rules import is_countable
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for

CONVERSATION_JSON = """
    row_to_json((select x from (select
        v.id, v.chat_id, rfc3339(v.opened_at) as opened_at, v.opened_by, v.opener_id, v.follows_id,
        rfc3339(v.first_reply_at) as first_reply_at, v.first_reply_by, rfc3339(v.reopened_at) as reopened_at,
        rfc3339(v.closed_at) as closed_at, v.closed_by, v.category) x))::text"""


def is_answer(message: str) -> str:
    """Whether an outgoing message answers the contact: not what a rule wrote, nor what was not sent."""
    return (
        f"({message}.direction = 'out' and {message}.status <> 'failed' and not {message}.is_history "
        f"and not {message}.is_event and {message}.author_kind is distinct from 'rule')"
    )


# What a contact waits for: their first message that no answer follows both in time and in arrival. A late message is
# answered only by what was written after it had arrived, and an answer that the phone sent earlier, and that arrived
# late, answers no newer message. Only messages after the newest answer that was sent can be such.
REFRESH = Prepared(
    "refresh_conversations",
    f"""
    with chat as (
        select c.id, c.account_id, c.waiting_since, v.id as conversation_id, v.opened_at, v.opened_seq, v.opened_by,
            v.first_reply_at, v.first_reply_by, last.inserted_seq as answer_seq, last.sent_at as answer_at
        from unnest(%(ids)s::bigint[]) as x (id)
        cross join lateral (select t.* from channels_chat t where t.id = x.id limit 1) c
        cross join lateral (select t.* from channels_conversation t where t.id = c.conversation_id limit 1) v
        left join lateral (
            select r.inserted_seq, r.sent_at from channels_message r
            where r.chat_id = c.id and {is_answer("r")} and r.status <> 'sending'
            order by r.sent_at desc, r.id desc limit 1) last on true
        where c.status <> 'closed'
    ), found as (
        select chat.*,
            (select min(m.sent_at) from channels_message m
             where m.chat_id = chat.id and {is_countable("m")} and m.inserted_seq >= chat.opened_seq
                 and (m.inserted_seq > coalesce(chat.answer_seq, 0) or m.sent_at > chat.answer_at)
                 and not exists (
                     select from channels_message r
                     where r.chat_id = m.chat_id and {is_answer("r")} and r.sent_at >= m.sent_at
                         and r.inserted_seq > m.inserted_seq)) as waits_since,
            first.sent_at as replied_at, case first.author_kind when 'user' then first.author_id end as replied_by
        from chat
        left join lateral (
            select r.sent_at, r.author_kind, r.author_id from channels_message r
            where r.chat_id = chat.id and chat.opened_by = 'contact' and {is_answer("r")}
                and r.author_kind in ('user', 'phone') and r.sent_at >= chat.opened_at
                and r.inserted_seq > chat.opened_seq
            order by r.sent_at, r.id limit 1) first on true
    ), replied as (
        update channels_conversation v set first_reply_at = f.replied_at, first_reply_by = f.replied_by
        from found f where v.id = f.conversation_id
            and (f.first_reply_at, f.first_reply_by) is distinct from (f.replied_at, f.replied_by)
    ), stale as (
        select id, account_id, waits_since, row_number() over (partition by account_id order by id) as n
        from found where waits_since is distinct from waiting_since
    ), {take_seqs_for("stale")}, changed as (
        update channels_chat c set waiting_since = stale.waits_since, seq = seqs.base + stale.n, updated_at = now()
        from stale join seqs on seqs.account_id = stale.account_id where c.id = stale.id
        returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_LOOKUPS} order by c.account_id, c.seq""",
)


async def refresh_conversations(cursor: Cursor, chat_ids: Collection[int]) -> list[ChangedChat]:
    """Compute from the messages who answered first and since when a contact waits, and return the chats that changed,
    by account and seq: after messages from the phone, failures and deletions. The accounts must be locked.
    """
    if not chat_ids:
        return []
    await REFRESH.execute(cursor, {"ids": sorted(chat_ids)})
    return [ChangedChat(*row) for row in await cursor.fetchall()]


async def list_conversations(cursor: Cursor, chat_id: int, limit: int, before: int | None) -> Page:
    """The chat's conversations, newest first. The caller authorises."""
    await cursor.execute(
        f"""select {CONVERSATION_JSON}, '', v.id from channels_conversation v
            where v.chat_id = %(chat_id)s and (%(before)s::bigint is null or v.id < %(before)s)
            order by v.id desc limit %(limit)s + 1""",
        {"chat_id": chat_id, "before": before, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)

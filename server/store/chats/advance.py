"""Moves chats forward by new messages: the newest one, the unread count, and the conversation they open or answer."""

from collections.abc import Sequence

import orjson
from aiopg import Cursor

from server.store.chats.chat_rows import ChatAdvance
from server.store.chats.chats import CHANGED_CHAT, CHAT_LOOKUPS, LAST_MESSAGE, ChangedChat
from server.store.chats.unread_rules import count_unread
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for

# The newest wins in any order of arrival: the last message by (sent_at, provider id), the title by the time of the
# event that had it. New messages are beyond any read mark, so the unread count rises by them; `recounts` computes it
# instead.
#
# A contact's message opens a conversation, or ends its snooze; the oldest unanswered one is what the contact waits for.
# A message from Confab answers all that is stored, as it is the newest; what the phone sent may be late
# (conversations.refresh_conversations). A contact's message unarchives the chat if the team has chosen so, and answers
# a chat that was begun here (store/sending/new_chats.py).
ADVANCE_CHATS = Prepared(
    "advance_chats",
    f"""
    with change as (
        select x.*, row_number() over (partition by x.account_id order by x.chat_id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (
            account_id bigint, chat_id bigint, message_id bigint, sent_at timestamptz, message_key text, preview text,
            title text, titled_at timestamptz, phoned_at timestamptz, arrived integer, recounts boolean,
            waiting_at timestamptz, waiting_seq bigint, author_kind text, author_id bigint)
    ), {take_seqs_for("change", returning="a.assignment_mode")}, before as materialized (
        select c.id, c.titled_at, coalesce(c.title, '') as title, c.kind, c.status, c.wakes_on_message, c.assignee_id,
            c.conversation_id, c.archived,
            coalesce(last.sent_at, '-infinity') as sent_at, coalesce(last.provider_msg_id, '') as message_key
        from change
        cross join lateral (select t.* from channels_chat t where t.id = change.chat_id limit 1) c {LAST_MESSAGE}
    ), opened as (
        insert into channels_conversation (account_id, chat_id, opened_at, opened_seq, opened_by, opener_id, follows_id)
        select ch.account_id, ch.chat_id, coalesce(ch.waiting_at, ch.sent_at), coalesce(ch.waiting_seq, seqs.base),
            case when ch.waiting_at is null then ch.author_kind else 'contact' end,
            case when ch.waiting_at is null then ch.author_id end, before.conversation_id
        from change ch join seqs on seqs.account_id = ch.account_id join before on before.id = ch.chat_id
        where before.status = 'closed' and before.kind <> 'channel'
            and (ch.waiting_at is not null or ch.author_kind is not null)
        returning id, chat_id
    ), openings as (
        -- Looked up by key: each of many rows would be compared with each of many others.
        select jsonb_object_agg(chat_id, id) as ids from opened
    ), due as (
        insert into notification_due (chat_id, message_id)
        select change.chat_id, change.message_id from change where change.arrived > 0
    ), answered as (
        update channels_new_chat n set answered_at = ch.waiting_at from change ch
        where n.chat_id = ch.chat_id and n.answered_at is null and ch.waiting_at is not null
    ), goes_on as (
        update channels_conversation v set
            opened_at = least(v.opened_at, ch.waiting_at), opened_seq = least(v.opened_seq, ch.waiting_seq),
            first_reply_at = coalesce(v.first_reply_at, case when ch.author_kind = 'user' then ch.sent_at end),
            first_reply_by = case when v.first_reply_at is null and ch.author_kind = 'user' then ch.author_id
                else v.first_reply_by end
        from change ch join before on before.id = ch.chat_id
        -- The array is for the planner: it finds them by their ids, and reads the table not as a whole.
        where v.id = any(array(select b.conversation_id from before b where b.status <> 'closed'))
            and v.id = before.conversation_id and before.status <> 'closed' and v.opened_by = 'contact'
            and (ch.waiting_at < v.opened_at or ch.author_kind = 'user' and v.first_reply_at is null)
    ), advanced as (
        update channels_chat c set
            last_message_id = case when newer.is_newest then ch.message_id else c.last_message_id end,
            last_message_at = case when newer.is_newest then ch.sent_at else c.last_message_at end,
            last_message_preview = case when newer.is_newest then ch.preview else c.last_message_preview end,
            title = case when newer.is_retitled then ch.title else c.title end,
            titled_at = case when newer.is_retitled then ch.titled_at else c.titled_at end,
            phoned_at = greatest(c.phoned_at, ch.phoned_at),
            unread_count = case
                when c.marked_unread or ch.recounts and ch.arrived + c.unread_count > 0 then {count_unread()}
                when c.kind = 'channel' then 0 else c.unread_count + ch.arrived end,
            conversation_id = coalesce(
                ((select o.ids from openings o) ->> ch.chat_id::text)::bigint, c.conversation_id),
            status = newer.status,
            waiting_since = case when newer.status = 'closed' or ch.author_kind is not null then null
                else least(c.waiting_since, ch.waiting_at) end,
            snoozed_until = case when newer.status = 'snoozed' then c.snoozed_until end,
            assignee_id = newer.assignee_id,
            archived = c.archived and not newer.is_unarchived,
            marked_at = case when newer.is_unarchived then now() else c.marked_at end,
            state_seq = case when (newer.status, newer.assignee_id) is distinct from (before.status, before.assignee_id)
                then seqs.base + ch.n else c.state_seq end,
            seq = seqs.base + ch.n,
            updated_at = now()
        from change ch
        join seqs on seqs.account_id = ch.account_id
        join before on before.id = ch.chat_id
        cross join lateral (select
            coalesce((ch.sent_at, ch.message_key collate "C") >= (before.sent_at, before.message_key), false)
                as is_newest,
            coalesce((ch.titled_at, ch.title collate "C") > (before.titled_at, before.title), false)
                as is_retitled,
            case when before.kind = 'channel' then before.status
                when ch.waiting_at is not null and (before.status <> 'snoozed' or before.wakes_on_message)
                    then 'open'
                when ch.author_kind is not null and before.status = 'closed' then 'open'
                else before.status end as status,
            case when before.assignee_id is null and ch.author_kind = 'user' and before.kind <> 'channel'
                    and coalesce((select s.answer_assigns from team_settings s), true) then ch.author_id
                else before.assignee_id end as assignee_id,
            before.archived and before.kind <> 'channel' and ch.waiting_at is not null
                and not coalesce((select s.keep_archived from team_settings s), true) as is_unarchived) newer
        where c.id = ch.chat_id
        returning c.*, newer.is_unarchived, newer.status = 'open' and newer.assignee_id is null
            and (newer.status, newer.assignee_id) is distinct from (before.status, before.assignee_id)
            and (seqs.assignment_mode <> 'manual' or c.team_id is not null) as is_queued
    )
    select {CHANGED_CHAT}, exists (
            select from channels_planned_message p
            where p.chat_id = c.id and p.state = 'planned' and p.cancel_if_contact_writes), c.is_unarchived, c.is_queued
    from advanced c {CHAT_LOOKUPS} order by c.account_id, c.seq""",
)


async def advance_chats(cursor: Cursor, changes: Sequence[ChatAdvance]) -> list[ChangedChat]:
    """Move chats forward by their new messages, one row and one seq per chat; returns them by account and seq. The
    accounts must be locked.
    """
    await ADVANCE_CHATS.execute(cursor, {"rows": orjson.dumps(changes).decode()})
    return [ChangedChat(*row) for row in await cursor.fetchall()]

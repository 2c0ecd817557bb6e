"""The kind of a chat (direct, group, channel), corrected when stronger evidence than the first arrives."""

from collections.abc import Sequence

import orjson
from aiopg import Cursor

from server.store.chats.chat_rows import ReportedChat
from server.store.chats.chats import CHANGED_CHAT, CHAT_JOINS, ChangedChat
from server.store.db.seq import take_seqs_for

# The address of a group or channel decides the kind. Otherwise a report that says group or channel outweighs none,
# which had made the chat direct. A chat that was taken for a direct one loses its title; a job fetches its own.
CORRECT_CHATS = f"""
    with wrong as (
        select c.id, c.account_id, surest.kind, coalesce(c.address, x.address) as address,
            row_number() over (partition by c.account_id order by c.id) as n
        from jsonb_to_recordset(%(rows)s::jsonb)
            as x (account_id bigint, provider_chat_id text, address text, kind text)
        join channels_chat c using (account_id, provider_chat_id)
        cross join lateral (select coalesce(jid_kind(coalesce(c.address, x.address)),
                                            case when c.kind = 'direct' then x.kind else c.kind end)) surest (kind)
        where c.kind <> surest.kind or c.address is null and x.address is not null
    ), {take_seqs_for("wrong")}, c as (
        update channels_chat t set kind = wrong.kind, address = wrong.address,
            title = case when t.kind = 'direct' and wrong.kind <> 'direct' then null else t.title end,
            titled_at = case when t.kind = 'direct' and wrong.kind <> 'direct' then '-infinity' else t.titled_at end,
            seq = seqs.base + wrong.n, updated_at = now()
        from wrong join seqs on seqs.account_id = wrong.account_id where t.id = wrong.id
        returning t.*
    )
    select {CHANGED_CHAT} from c {CHAT_JOINS} order by c.account_id, c.seq"""


async def correct_chats(cursor: Cursor, rows: Sequence[ReportedChat]) -> list[ChangedChat]:
    """Correct kind and address of chats, one report each, and return those that changed, by account and seq. The
    accounts are locked.
    """
    if not rows:
        return []
    await cursor.execute(CORRECT_CHATS, {"rows": orjson.dumps(list(rows)).decode()})
    return [ChangedChat(*row) for row in await cursor.fetchall()]

"""Quotes: a reply changes when the message it quotes arrives after it, or is deleted."""

from collections.abc import Sequence

import orjson
from aiopg import Cursor

from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.store.messages.message_rows import MessageKey
from server.store.messages.messages import CHANGED, ChangedMessage

# The quoted message is looked up when a reply is shown, so only the reply's seq has to change.
BUMP_REPLY_SEQS = Prepared(
    "bump_reply_seqs",
    f"""
    with reply as (
        select w.id, w.account_id, row_number() over (partition by w.account_id order by w.id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        join channels_message w on w.account_id = x.account_id
            and w.quoted is not null and w.quoted ->> 'provider_msg_id' = x.provider_msg_id
    ), {take_seqs_for("reply")}, m as (
        update channels_message t set seq = seqs.base + reply.n, updated_at = now()
        from reply join seqs on seqs.account_id = reply.account_id
        where t.id = reply.id
        returning t.*
    )
    select {CHANGED} from m order by m.account_id, m.seq""",
)


async def bump_reply_seqs(cursor: Cursor, quoted: Sequence[MessageKey]) -> list[ChangedMessage]:
    """Give the replies to these messages, which have just become known or were deleted, new seqs and return them. The
    accounts are locked.
    """
    await BUMP_REPLY_SEQS.execute(cursor, {"rows": orjson.dumps(quoted).decode()})
    return [ChangedMessage(*row) for row in await cursor.fetchall()]

"""Quotes: answers that were here before what they answer change when it comes."""

from collections.abc import Sequence

import orjson
from aiopg import Cursor

from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.store.messages.messages import CHANGED, ChangedMessage
from server.store.messages.rows import MessageKey

# What an answer quotes is looked up when it is shown, so that only its number has to change.
BUMP_REPLY_SEQS = Prepared(
    "renumber_answers",
    f"""
    with answer as (
        select w.id, w.account_id, row_number() over (partition by w.account_id order by w.id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        join channels_message w on w.account_id = x.account_id
            and w.quoted is not null and w.quoted ->> 'provider_msg_id' = x.provider_msg_id
    ), {take_seqs_for("answer")}, m as (
        update channels_message t set seq = seqs.base + answer.n, updated_at = now()
        from answer join seqs on seqs.account_id = answer.account_id
        where t.id = answer.id
        returning t.*
    )
    select {CHANGED} from m order by m.account_id, m.seq""",
)


async def bump_reply_seqs(cursor: Cursor, quoted: Sequence[MessageKey]) -> list[ChangedMessage]:
    """The answers to these {account_id, provider_msg_id}, which are known here only now; the accounts are locked."""
    await BUMP_REPLY_SEQS.execute(cursor, {"rows": orjson.dumps(quoted).decode()})
    return [ChangedMessage(*row) for row in await cursor.fetchall()]

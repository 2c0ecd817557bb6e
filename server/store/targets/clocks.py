"""The clocks of chats: what they follow from, read for many chats at once, and stored where they differ."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import orjson
from aiopg import Cursor

from server.rules.answering.target_clocks import Progress, Promises, TargetClock
from server.store.chats.chats import CHANGED_CHAT, CHAT_LOOKUPS, ChangedChat
from server.store.conversations.chat_states import STATE_COLUMNS, ChatState
from server.store.db.seq import take_seqs_for
from server.store.rules.facts import IS_NEW, ChatFacts
from server.store.rules.rules import Condition


class ActiveTarget(NamedTuple):
    """A target that is on."""

    conditions: list[Condition]
    promises: Promises


class Timed(NamedTuple):
    """A chat, how far its open conversation is, None if it has none, and its stored clock; its newest conversation, and
    what is promised in it as far as it is stored.
    """

    facts: ChatFacts
    progress: Progress | None
    clock: TargetClock | None
    conversation_id: int | None
    promises: Promises | None


class Touched(NamedTuple):
    """Chats that changed after a seq, up to which seq these are all, and whether there is more after it."""

    chat_ids: list[int]
    up_to: int
    has_more: bool


async def list_active(cursor: Cursor, account_id: int) -> list[ActiveTarget]:
    """The targets of the account that are on, in their order."""
    await cursor.execute(
        """select g.conditions, g.first_reply_minutes, g.next_reply_minutes, g.close_minutes, g.office_hours
           from target g join target_account x on x.target_id = g.id
           where x.account_id = %s and g.is_on order by g.position, g.id""",
        (account_id,),
    )
    return [ActiveTarget(row[0], Promises(*row[1:])) for row in await cursor.fetchall()]


# A change of a chat or of one of its messages. Closed chats without a clock have none to be computed; what was opened
# and closed since the last time has had its promises.
LIST_TOUCHED = """
    select c.id from (
        select t.id from channels_chat t
        where t.account_id = %(account_id)s and t.seq > %(after)s and t.seq <= %(up_to)s
        union
        select m.chat_id from channels_message m
        where m.account_id = %(account_id)s and m.seq > %(after)s and m.seq <= %(up_to)s
    ) touched join channels_chat c on c.id = touched.id
    where c.status <> 'closed' or c.target_kind is not null or c.conversation_id is not null
        and not exists (select from report_promise p where p.conversation_id = c.conversation_id)
    order by c.id"""


async def list_touched(cursor: Cursor, account_id: int, after: int, seqs: int) -> Touched:
    """Chats that changed in the next so many seqs. The account must be locked: so no change with a lower seq can be
    committed later.
    """
    await cursor.execute("select seq from channels_account where id = %s", (account_id,))
    head = int((await cursor.fetchone())[0])
    up_to = min(head, after + seqs)
    await cursor.execute(LIST_TOUCHED, {"account_id": account_id, "after": after, "up_to": up_to})
    return Touched([row[0] for row in await cursor.fetchall()], up_to, up_to < head)


async def list_open(cursor: Cursor, account_id: int, up_to_id: int, limit: int) -> list[int]:
    """Chats of the account up to this id that are not closed or have a clock, the newest first."""
    values = {"account_id": account_id, "up_to": up_to_id, "limit": limit}
    await cursor.execute(
        """select id from (
               select c.id from channels_chat c
               where c.account_id = %(account_id)s and c.status <> 'closed' and c.id <= %(up_to)s
               union
               select c.id from channels_chat c
               where c.account_id = %(account_id)s and c.target_due_at is not null and c.id <= %(up_to)s
           ) c order by id desc limit %(limit)s""",
        values,
    )
    return [row[0] for row in await cursor.fetchall()]


LIST_TIMED = f"""
    select {STATE_COLUMNS}, c.label_ids, {IS_NEW}, v.opened_by = 'contact', v.opened_at, v.first_reply_at,
        c.waiting_since, c.target_kind, c.target_began_at, c.target_at_risk_at, c.target_due_at, v.id,
        p.office_hours is not null, p.first_reply_minutes, p.next_reply_minutes, p.close_minutes, p.office_hours
    from channels_chat c left join channels_conversation v on v.id = c.conversation_id
    left join lateral (
        select t.* from report_promise t where t.conversation_id = v.id order by t.since desc limit 1) p on true
    where c.account_id = %s and c.id = any(%s) order by c.id"""


async def list_timed(cursor: Cursor, account_id: int, chat_ids: Collection[int]) -> list[Timed]:
    """These chats of a locked account."""
    await cursor.execute(LIST_TIMED, (account_id, list(chat_ids)))
    return [_timed(row) for row in await cursor.fetchall()]


def _timed(row: tuple[Any, ...]) -> Timed:
    *state, label_ids, is_new, is_by_contact, opened_at, first_reply_at, waiting_since = row[:-10]
    chat = ChatState(*state)
    is_open = chat.status != "closed" and chat.kind != "channel" and opened_at is not None
    progress = Progress(is_by_contact, opened_at, first_reply_at, waiting_since) if is_open else None
    clock = None if row[-10] is None else TargetClock(*row[-10:-6])
    conversation_id, has_promises, *promised = row[-6:]
    promises = Promises(*promised) if has_promises else None
    return Timed(ChatFacts(chat, frozenset(label_ids), is_new), progress, clock, conversation_id, promises)


# Where targets or office hours have changed (`is_recount`), a clock that has been at risk for some time is nothing new,
# unless its alert is still to come.
STORE = f"""
    with clock as (
        select x.*, %(account_id)s::bigint as account_id, row_number() over (order by x.chat_id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (
            chat_id bigint, kind text, began_at timestamptz, at_risk_at timestamptz, due_at timestamptz)
    ), {take_seqs_for("clock")}, changed as (
        update channels_chat c set target_kind = clock.kind, target_began_at = clock.began_at,
            target_at_risk_at = clock.at_risk_at, target_due_at = clock.due_at,
            target_alert_at = case
                when %(is_recount)s and clock.at_risk_at <= now() and c.target_alert_at is null then null
                else clock.at_risk_at end,
            seq = seqs.base + clock.n, updated_at = now()
        from clock join seqs on seqs.account_id = clock.account_id where c.id = clock.chat_id
        returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_LOOKUPS} order by c.account_id, c.seq"""


async def store_clocks(
    cursor: Cursor, account_id: int, clocks: Mapping[int, TargetClock | None], *, is_recount: bool
) -> list[ChangedChat]:
    """Store these clocks of chats of a locked account, by chat id, and return the chats by seq. `is_recount`: they have
    changed since targets or office hours have.
    """
    if not clocks:
        return []
    rows = [
        {"chat_id": chat_id, **(clock._asdict() if clock else {})}
        for chat_id, clock in sorted(clocks.items())
    ]
    values = {"account_id": account_id, "rows": orjson.dumps(rows).decode(), "is_recount": is_recount}
    await cursor.execute(STORE, values)
    return [ChangedChat(*row) for row in await cursor.fetchall()]

"""States of chats: status, snooze and owner, read under the account's lock and set with an activity."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.chats import CHANGED_CHAT, CHAT_JOINS, CHAT_LOOKUPS, ChangedChat
from server.store.chats.sight import audience, hides, sees
from server.store.chats.unread_rules import is_countable
from server.store.conversations.activities import ACTIVITY_JSON, ActivityKind, StoredActivity
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.store.people import notifications
from server.store.people.notifications import NewNotification, NotificationKind


class ChatState(NamedTuple):
    """A chat's state; the transaction holds its account's lock."""

    chat_id: int
    account_id: int
    kind: str
    status: str
    snoozed_until: datetime | None
    wakes_on_message: bool
    assignee_id: int | None
    team_id: int | None
    state_seq: int
    conversation_id: int | None


class NewState(TypedDict):
    """The whole state to set on a chat, and the activity that says so."""

    account_id: int
    chat_id: int
    status: str
    snoozed_until: str | None
    wakes_on_message: bool
    assignee_id: int | None
    team_id: int | None
    kind: ActivityKind
    details: Mapping[str, object]


class ChangedStates(NamedTuple):
    """Chats and activities, each by account and seq."""

    chats: list[ChangedChat]
    activities: list[StoredActivity]


STATE_COLUMNS = """c.id, c.account_id, c.kind, c.status, c.snoozed_until, c.wakes_on_message, c.assignee_id, c.team_id,
    c.state_seq, c.conversation_id"""


async def lock_states(
    cursor: Cursor, user_id: int, provider: str, account_id: int, chat_ids: Collection[int]
) -> list[ChatState]:
    """Lock the account; returns those of these chats that the user sees."""
    await cursor.execute(
        """select a.id from channels_account a
           join channels_account_member u on u.account_id = a.id and u.user_id = %s
           where a.id = %s and a.provider = %s for no key update of a""",
        (user_id, account_id, provider),
    )
    if await cursor.fetchone() is None:
        return []
    # A second statement: it sees what the lock was waiting for.
    await cursor.execute(
        f"""select {STATE_COLUMNS} from channels_chat c
            join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
            where c.account_id = %(account_id)s and c.id = any(%(chat_ids)s) and {sees()} order by c.id""",
        {"user_id": user_id, "account_id": account_id, "chat_ids": list(chat_ids)},
    )
    return [ChatState(*row) for row in await cursor.fetchall()]


async def find_begun(cursor: Cursor, user_id: int, chat_id: int, begun_at: datetime) -> ChatState | None:
    """The chat, if it is new since a time, has no owner and is hidden from the user. The account must be locked."""
    await cursor.execute(
        f"""select {STATE_COLUMNS} from channels_chat c
            join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
            where c.id = %(chat_id)s and c.assignee_id is null and c.created_at >= %(begun_at)s and {hides()}""",
        {"user_id": user_id, "chat_id": chat_id, "begun_at": begun_at},
    )
    row = await cursor.fetchone()
    return row and ChatState(*row)


SET_STATES = f"""
    with wanted as (
        select x.*, row_number() over (partition by x.account_id order by x.chat_id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (
            account_id bigint, chat_id bigint, status text, snoozed_until timestamptz, wakes_on_message boolean,
            assignee_id bigint, team_id bigint, kind text, details jsonb)
    ), rows as (
        select account_id from wanted cross join generate_series(1, 2)
    ), {take_seqs_for("rows")}, changed as (
        update channels_chat c set status = w.status, snoozed_until = w.snoozed_until,
            wakes_on_message = w.wakes_on_message,
            waiting_since = case when w.status <> 'closed' then c.waiting_since end,
            assignee_id = w.assignee_id, team_id = w.team_id,
            state_seq = seqs.base + 2 * w.n - 1, seq = seqs.base + 2 * w.n - 1, updated_at = now()
        from wanted w join seqs on seqs.account_id = w.account_id
        where c.id = w.chat_id
        returning c.*
    ), y as (
        insert into channels_activity (account_id, chat_id, seq, kind, actor_kind, actor_id, details)
        select w.account_id, w.chat_id, seqs.base + 2 * w.n, w.kind, %(actor_kind)s, %(actor_id)s, w.details
        from wanted w join seqs on seqs.account_id = w.account_id
        returning *
    )
    select true, {CHANGED_CHAT} from changed c {CHAT_LOOKUPS}
    union all
    select false, y.chat_id, y.account_id, y.seq, {ACTIVITY_JSON}, {audience()}
    from y join changed c on c.id = y.chat_id
    order by 3, 4"""


async def set_states(
    cursor: Cursor, rows: Sequence[NewState], actor_kind: str, actor_id: int | None
) -> ChangedStates:
    """Set states of chats of locked accounts, each with its activity."""
    if not rows:
        return ChangedStates([], [])
    values = {"rows": orjson.dumps(rows).decode(), "actor_kind": actor_kind, "actor_id": actor_id}
    await cursor.execute(SET_STATES, values)
    found = await cursor.fetchall()
    await notifications.notify_users(
        cursor, _notifications_of(rows, actor_id if actor_kind == "user" else None)
    )
    return ChangedStates(
        [ChangedChat(*row[1:]) for row in found if row[0]],
        [StoredActivity(row[2], row[1], *row[3:]) for row in found if not row[0]],
    )


def _notifications_of(rows: Sequence[NewState], user_id: int | None) -> list[NewNotification]:
    """Tells users that a chat was assigned to them, or that the snooze of theirs is over."""
    kinds: dict[ActivityKind, NotificationKind] = {"assigned": "assigned", "woke": "snooze_over"}
    return [
        {
            "user_id": row["assignee_id"],
            "kind": kinds[row["kind"]],
            "account_id": row["account_id"],
            "chat_id": row["chat_id"],
            "message_id": None,
            "note_id": None,
            "actor_id": user_id,
        }
        for row in rows
        if row["assignee_id"] is not None and row["kind"] in kinds
    ]


async def fetch_state_chat(cursor: Cursor, chat_id: int) -> ChangedChat:
    """An existing chat as it is pushed. The caller authorises."""
    await cursor.execute(
        f"select {CHANGED_CHAT} from channels_chat c {CHAT_JOINS} where c.id = %s",
        (chat_id,),
    )
    return ChangedChat(*await cursor.fetchone())


async def list_unseen(cursor: Cursor, seen_seqs: Mapping[int, int]) -> set[int]:
    """Those of these chats in which a message of the contact arrived after the seq."""
    await cursor.execute(
        f"""select seen.id from unnest(%s::bigint[], %s::bigint[]) as seen (id, seq)
            where exists (select from channels_message m
                where m.chat_id = seen.id and {is_countable("m")} and m.inserted_seq > seen.seq)""",
        (list(seen_seqs), list(seen_seqs.values())),
    )
    return {row[0] for row in await cursor.fetchall()}


async def is_category_required(cursor: Cursor, account_id: int) -> bool:
    """Whether conversations of the account are closed with a category only."""
    await cursor.execute("select category_required from channels_account where id = %s", (account_id,))
    return bool((await cursor.fetchone())[0])


async def close_conversations(
    cursor: Cursor, conversation_ids: Collection[int], user_id: int | None, category: str | None
) -> None:
    """Close open conversations."""
    await cursor.execute(
        """update channels_conversation set closed_at = now(), closed_by = %s, category = %s
           where id = any(%s) and closed_at is null""",
        (user_id, category, list(conversation_ids)),
    )


async def reopen_conversations(
    cursor: Cursor, chats: Collection[ChatState], actor_kind: str, actor_id: int
) -> None:
    """Reopen the newest conversations of chats of one account; begin the first where there is none."""
    await cursor.execute(
        """update channels_conversation set reopened_at = now(), closed_at = null, closed_by = null, category = null
           where id = any(%s::bigint[])""",
        ([chat.conversation_id for chat in chats if chat.conversation_id is not None],),
    )
    fresh = [chat for chat in chats if chat.conversation_id is None]
    if not fresh:
        return
    await cursor.execute(
        """with opened as (
               insert into channels_conversation (account_id, chat_id, opened_at, opened_seq, opened_by, opener_id)
               select a.id, x.id, now(), a.seq, %(kind)s, %(actor_id)s
               from channels_account a cross join unnest(%(ids)s::bigint[]) as x (id)
               where a.id = %(account_id)s returning id, chat_id)
           update channels_chat c set conversation_id = opened.id from opened where c.id = opened.chat_id""",
        {
            "account_id": fresh[0].account_id,
            "ids": [chat.chat_id for chat in fresh],
            "kind": actor_kind,
            "actor_id": actor_id,
        },
    )


LOCK_SNOOZED = Prepared(
    "lock_snoozed",
    f"""
    with due as (
        select c.id, c.account_id from channels_chat c
        where c.status = 'snoozed' and c.snoozed_until <= now() order by c.snoozed_until limit %(limit)s
    ), locked as (
        select a.id from channels_account a where a.id in (select account_id from due)
        order by a.id for no key update skip locked)
    select {STATE_COLUMNS} from due join locked on locked.id = due.account_id
    join channels_chat c on c.id = due.id where c.status = 'snoozed' and c.snoozed_until <= now()
    order by c.account_id, c.id""",
)


async def lock_snoozed(cursor: Cursor, limit: int) -> list[ChatState]:
    """Chats whose snooze is over, with their accounts locked; fewer if another transaction has some of the accounts."""
    await LOCK_SNOOZED.execute(cursor, {"limit": limit})
    return [ChatState(*row) for row in await cursor.fetchall()]


async def lock_owned(cursor: Cursor, user_id: int, account_id: int | None) -> list[ChatState]:
    """The user's chats that are not closed, of one account or all, with their accounts locked."""
    values = {"user_id": user_id, "account_id": account_id}
    await cursor.execute(
        """select a.id from channels_account a where a.id in (
               select c.account_id from channels_chat c where c.assignee_id = %(user_id)s and c.status <> 'closed'
                   and (%(account_id)s::bigint is null or c.account_id = %(account_id)s))
           order by a.id for no key update""",
        values,
    )
    await cursor.execute(
        f"""select {STATE_COLUMNS} from channels_chat c
            where c.assignee_id = %(user_id)s and c.status <> 'closed'
                and (%(account_id)s::bigint is null or c.account_id = %(account_id)s)
            order by c.account_id, c.id""",
        values,
    )
    return [ChatState(*row) for row in await cursor.fetchall()]

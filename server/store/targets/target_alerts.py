"""Alerts of targets at risk: each clock once, in the transaction that writes its notifications."""

from collections.abc import Collection

from aiopg import Cursor

from server.store.people.notifications import PUSH_SECONDS, RECIPIENTS, insert_notifications


async def list_due_accounts(cursor: Cursor, limit: int) -> list[int]:
    """Accounts with chats whose target is at risk, of which no user was alerted yet."""
    await cursor.execute(
        """select distinct c.account_id from channels_chat c join channels_account a on a.id = c.account_id
           where c.target_alert_at <= now() and a.erasing_since is null order by c.account_id limit %s""",
        (limit,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


async def list_due_chats(cursor: Cursor, account_id: int, limit: int) -> list[int]:
    """Such chats of the account, which must be locked."""
    await cursor.execute(
        """select c.id from channels_chat c where c.account_id = %s and c.target_alert_at <= now()
           order by c.target_alert_at, c.id limit %s""",
        (account_id, limit),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


# A clock that comes back, as that of the closing after each answer, is no new one, and settled without an alert.
# To the users who are notified of a message in the chat; of archived and muted ones none is.
ALERT = f"""
    with due as materialized (
        select c.* from channels_chat c where c.id = any(%(chat_ids)s) and c.target_alert_at <= now()
    ), settled as (
        update channels_chat c set target_alert_at = null from due where c.id = due.id
    ), alerted as (
        insert into target_alert (conversation_id, kind, waiting_since)
        select d.conversation_id, d.target_kind,
            case d.target_kind when 'next_reply' then d.target_began_at else '-infinity' end
        from due d on conflict do nothing returning conversation_id
    ), recipients as (
        select c.id as chat_id, c.account_id, null::bigint as message_id, m.user_id, 'target' as kind,
            null::bigint as note_id, null::bigint as actor_id, c.target_kind, c.target_began_at, c.target_due_at
        from due c join alerted on alerted.conversation_id = c.conversation_id {RECIPIENTS}
        where not c.archived and coalesce(c.muted_until <= now(), true)
    ), {insert_notifications("recipients", is_of_target=True)}"""


async def alert_users(cursor: Cursor, chat_ids: Collection[int]) -> None:
    """Notify users of those of these chats that are due, and mark their clocks. The account must be locked."""
    if chat_ids:
        await cursor.execute(ALERT, {"chat_ids": list(chat_ids), "push_seconds": PUSH_SECONDS})

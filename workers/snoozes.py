"""Opens chats again whose snooze is over."""

from aiopg import Cursor

from server.conversations.states import new_state, pushes_by_account
from server.realtime.broker import publish_all
from server.store.conversations import chat_states
from server.store.conversations.chat_states import ChangedStates
from workers.context import Parts

BATCH = 200


async def wake_snoozed(parts: Parts) -> None:
    """Open every chat whose time has come, and publish it: a client that is away finds it in the changes."""
    while True:
        woken = await parts.database.write(_wake)
        await publish_all(parts.redis, pushes_by_account(woken), "woken_chats_not_published")
        if len(woken.chats) < BATCH:
            return


async def _wake(cursor: Cursor) -> ChangedStates:
    due = await chat_states.lock_snoozed(cursor, BATCH)
    rows = [
        new_state(chat, "woke", {}, status="open", snoozed_until=None, wakes_on_message=True) for chat in due
    ]
    return await chat_states.set_states(cursor, rows, "system", None)

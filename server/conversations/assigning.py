"""Hands out chats without an owner: each batch, its activities, notifications and turns are one transaction."""

from aiopg import Cursor

from server.conversations.owners import Assignment, new_owner
from server.store.assigning import choosing, due
from server.store.conversations import chat_states
from server.store.conversations.chat_states import ChangedStates

NONE_ASSIGNED = ChangedStates([], [])


async def assign_queued(cursor: Cursor, account_id: int, limit: int) -> ChangedStates:
    """Give chats of the account to users who have room, at most `limit`; none if another worker is doing that."""
    if not await due.lock_account(cursor, account_id):
        return NONE_ASSIGNED
    await due.lock_limited(cursor, account_id)
    chosen = await choosing.choose_users(cursor, account_id, limit)
    if not chosen:
        return NONE_ASSIGNED
    rows = [new_owner(choice.chat, Assignment(choice.user_id, choice.chat.team_id)) for choice in chosen]
    changed = await chat_states.set_states(cursor, rows, "system", None)
    await choosing.note_turns(cursor, account_id, {choice.user_id: choice.turn for choice in chosen})
    return changed

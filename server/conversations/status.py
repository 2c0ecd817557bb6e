"""Opens, snoozes and closes chats."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiopg import Cursor

from server.conversations.states import (
    StoredState,
    TargetChat,
    lock_chat,
    new_state,
    require_seen,
    store_state,
    unchanged,
)
from server.errors import ConfabError
from server.realtime.pushes import chat_push
from server.store.conversations import chat_states, conversations
from server.store.conversations.chat_states import ChatState, NewState
from server.store.sending.sends import Author


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A wanted status. `until` and `wake_on_message` go with `snoozed`, `category` with `closed`. `seen_seq` and
    `state_seq` are what the caller had seen: the newest message, and the state.
    """

    status: str
    until: str | None = None
    wake_on_message: bool = True
    category: str | None = None
    seen_seq: int | None = None
    state_seq: int | None = None


async def change_status(cursor: Cursor, target: TargetChat, change: StatusChange) -> StoredState:
    """Change a chat's status; raises `changed` or `newer_messages` if the caller has not seen what is there, and
    `category_required` if the account asks for one.
    """
    return await change_in(cursor, await lock_chat(cursor, target), target.actor, change)


async def change_in(cursor: Cursor, chat: ChatState, actor: Author, change: StatusChange) -> StoredState:
    """The same for a chat whose account is locked."""
    if is_already(chat, change.status):
        return await unchanged(cursor, chat)
    await require_seen(cursor, chat, change.state_seq)
    if change.status == "closed":
        await _require_read(cursor, chat, change.seen_seq)
        if await lacks_category(cursor, chat.account_id, change.category):
            raise ConfabError("category_required")
    stored = await store_state(cursor, await new_statuses(cursor, [chat], actor, change), actor)
    return await _recompute_waiting(cursor, stored) if chat.status == "closed" else stored


def is_already(chat: ChatState, status: str) -> bool:
    """Whether the chat has the status. A snoozed one can be snoozed again, until another time."""
    return chat.status == status != "snoozed"


async def _require_read(cursor: Cursor, chat: ChatState, seen_seq: int | None) -> None:
    if seen_seq is not None and await chat_states.list_unseen(cursor, {chat.chat_id: seen_seq}):
        raise ConfabError("newer_messages")


async def lacks_category(cursor: Cursor, account_id: int, category: str | None) -> bool:
    """Whether conversations of the account are not closed without a category, and there is none."""
    return category is None and await chat_states.is_category_required(cursor, account_id)


async def new_statuses(
    cursor: Cursor, chats: Sequence[ChatState], actor: Author, change: StatusChange
) -> list[NewState]:
    """Change the conversations of chats of one account, and return the states that the chats' rows get."""
    if change.status == "closed":
        closer = actor.id if actor.kind == "user" else None
        ids = [chat.conversation_id for chat in chats if chat.conversation_id is not None]
        await chat_states.close_conversations(cursor, ids, closer, change.category)
    elif closed := [chat for chat in chats if chat.status == "closed"]:
        await chat_states.reopen_conversations(cursor, closed, actor.kind, actor.id)
    return [_new_status(chat, change) for chat in chats]


def _new_status(chat: ChatState, change: StatusChange) -> NewState:
    if change.status == "closed":
        about = {} if change.category is None else {"category": change.category}
        return new_state(chat, "closed", about, status="closed", snoozed_until=None, wakes_on_message=True)
    if change.status == "snoozed":
        details = {"until": change.until, "wake_on_message": change.wake_on_message}
        return new_state(
            chat,
            "snoozed",
            details,
            status="snoozed",
            snoozed_until=change.until,
            wakes_on_message=change.wake_on_message,
        )
    return new_state(chat, "opened", {}, status="open", snoozed_until=None, wakes_on_message=True)


async def _recompute_waiting(cursor: Cursor, stored: StoredState) -> StoredState:
    """After a chat was reopened: its messages say whether the contact still waits."""
    again = await conversations.refresh_conversations(cursor, [stored.chat.id])
    return StoredState(again[0], [*stored.pushes, chat_push(again[0])]) if again else stored

"""New states of chats, and the pushes of the changed ones."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.realtime.events import Push
from server.realtime.pushes import activity_push, chat_push
from server.said.said import said
from server.store.chats.chats import ChangedChat
from server.store.conversations import chat_states
from server.store.conversations.activities import ActivityKind
from server.store.conversations.chat_states import ChangedStates, ChatState, NewState
from server.store.sending.sends import Author


class TargetChat(NamedTuple):
    """A chat whose state is to change, and who changes it."""

    user_id: int
    actor: Author
    provider: str
    account_id: int
    chat_id: int


class StoredState(NamedTuple):
    """A chat after a change, and its pushes; none if it was in that state already."""

    chat: ChangedChat
    pushes: list[Push]


def new_state(chat: ChatState, kind: ActivityKind, details: Mapping[str, object], **changes: Any) -> NewState:
    """The chat's state with these changes."""
    until = chat.snoozed_until
    state: NewState = {
        "account_id": chat.account_id,
        "chat_id": chat.chat_id,
        "status": chat.status,
        "snoozed_until": None if until is None else until.isoformat(),
        "wakes_on_message": chat.wakes_on_message,
        "assignee_id": chat.assignee_id,
        "team_id": chat.team_id,
        "kind": kind,
        "details": details,
    }
    state.update(changes)  # type: ignore[typeddict-item]
    return state


def state_pushes(changed: ChangedStates) -> list[Push]:
    """The pushes of chats and activities, by seq."""
    pushes = [chat_push(chat) for chat in changed.chats]
    pushes += [activity_push(activity) for activity in changed.activities]
    return sorted(pushes, key=lambda push: push.seq)


def pushes_by_account(changed: ChangedStates) -> dict[int, list[Push]]:
    """The same for chats of several accounts."""
    found: dict[int, list[Push]] = {}
    for chat in changed.chats:
        found.setdefault(chat.account_id, []).append(chat_push(chat))
    for activity in changed.activities:
        found.setdefault(activity.account_id, []).append(activity_push(activity))
    return {account_id: sorted(pushes, key=lambda push: push.seq) for account_id, pushes in found.items()}


async def lock_chat(cursor: Cursor, target: TargetChat) -> ChatState:
    """Lock the account and read the chat's state; raises NotFound, or conflict for a channel."""
    found = await chat_states.lock_states(
        cursor, target.user_id, target.provider, target.account_id, [target.chat_id]
    )
    if not found:
        raise NotFound
    if found[0].kind == "channel":
        raise ConfabError("conflict", said("channel_read_only"))
    return found[0]


async def require_seen(cursor: Cursor, chat: ChatState, state_seq: int | None) -> None:
    """Raise `changed` with the chat if its state is not the one that the caller saw."""
    if state_seq is not None and state_seq != chat.state_seq:
        current = await chat_states.fetch_state_chat(cursor, chat.chat_id)
        raise ConfabError("changed", details={"chat": orjson.loads(current.json)})


async def store_state(cursor: Cursor, rows: Sequence[NewState], actor: Author) -> StoredState:
    """Set the state of one chat and return it."""
    changed = await chat_states.set_states(cursor, rows, actor.kind, actor.id)
    return StoredState(changed.chats[0], state_pushes(changed))


async def unchanged(cursor: Cursor, chat: ChatState) -> StoredState:
    """The chat as it is, without a push."""
    return StoredState(await chat_states.fetch_state_chat(cursor, chat.chat_id), [])

"""Assigns chats to users and teams, and gives back those of a user who goes away."""

from dataclasses import dataclass
from datetime import datetime

from aiopg import Cursor

from server.conversations.states import (
    StoredState,
    new_state,
    pushes_by_account,
    require_seen,
    state_pushes,
    store_state,
    unchanged,
)
from server.errors import ConfabError
from server.realtime.events import Push
from server.said.said import said
from server.store.accounts import members
from server.store.conversations import chat_states, teams
from server.store.conversations.chat_states import ChatState, NewState
from server.store.people import team
from server.store.people.audit import Actor
from server.store.sending.sends import Author


@dataclass(frozen=True, slots=True)
class Assignment:
    """The wanted owner: a user, a team, both, or none; `state_seq` is the state that the caller had seen."""

    assignee_id: int | None
    team_id: int | None
    state_seq: int | None = None


async def assign_chat(cursor: Cursor, chat: ChatState, wanted: Assignment, actor: Author) -> StoredState:
    """Assign a chat whose account is locked; raises `changed` if the actor has not seen its state, invalid for an
    owner who cannot answer.
    """
    if (wanted.assignee_id, wanted.team_id) == (chat.assignee_id, chat.team_id):
        return await unchanged(cursor, chat)
    await require_seen(cursor, chat, wanted.state_seq)
    await require_owner(cursor, chat.account_id, wanted)
    return await store_state(cursor, [new_owner(chat, wanted)], actor)


def new_owner(chat: ChatState, wanted: Assignment) -> NewState:
    """The chat's state with another owner."""
    owner = {"assignee_id": wanted.assignee_id, "team_id": wanted.team_id}
    return new_state(chat, "assigned", {**owner, "before_id": chat.assignee_id}, **owner)


async def require_owner(cursor: Cursor, account_id: int, wanted: Assignment) -> None:
    """Raise invalid unless the user may answer in this account and the team exists."""
    if wanted.assignee_id is not None and not await teams.can_answer(cursor, account_id, wanted.assignee_id):
        raise ConfabError("invalid", fields={"user_id": [said("cannot_answer")]})
    if wanted.team_id is not None and not await teams.exists(cursor, wanted.team_id):
        raise ConfabError("invalid", fields={"team_id": [said("team_absent")]})


async def release_chats(
    cursor: Cursor, user_id: int, actor: Author | None, account_id: int | None = None
) -> dict[int, list[Push]]:
    """Give back the user's chats that are not closed, of one account or all; returns the pushes by account. Without an
    actor the operator did it.
    """
    owned = await chat_states.lock_owned(cursor, user_id, account_id)
    rows = [
        new_state(
            chat,
            "assigned",
            {"assignee_id": None, "team_id": chat.team_id, "before_id": user_id},
            assignee_id=None,
        )
        for chat in owned
    ]
    kind, actor_id = actor or ("system", None)
    return pushes_by_account(await chat_states.set_states(cursor, rows, kind, actor_id))


async def take_begun(
    cursor: Cursor, user_id: int, chat_id: int, begun_at: datetime, actor: Author
) -> list[Push]:
    """Give a restricted agent the chat that they have begun, if it has no owner: else they would not see it."""
    chat = await chat_states.find_begun(cursor, user_id, chat_id, begun_at)
    if chat is None:
        return []
    rows = [new_owner(chat, Assignment(user_id, None))]
    return state_pushes(await chat_states.set_states(cursor, rows, actor.kind, actor.id))


def author_of(actor: Actor) -> Author | None:
    """The actor of an audit line as the author of what it does; None for the operator."""
    if actor.key_id is not None:
        return Author("api_key", actor.key_id)
    return None if actor.user_id is None else Author("user", actor.user_id)


async def set_away(cursor: Cursor, actor: Author, is_away: bool) -> tuple[str | None, dict[int, list[Push]]]:
    """Set whether the acting user is away, and since when; who goes away gives back their chats."""
    if is_away:
        await members.lock_accounts(cursor, actor.id)
    since = await team.set_away(cursor, actor.id, is_away=is_away)
    return since, await release_chats(cursor, actor.id, actor) if is_away else {}

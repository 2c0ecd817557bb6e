"""Assigns a chat, or changes its status, with a note in the same transaction."""

from typing import NamedTuple

from aiopg import Cursor

from server.conversations.notes import NoteText, WrittenNote, write_in
from server.conversations.owners import Assignment, assign_chat
from server.conversations.states import StoredState, TargetChat, lock_chat
from server.conversations.status import StatusChange, change_in
from server.realtime.events import Push
from server.store.chats.chats import ChangedChat
from server.store.conversations.chat_states import ChatState


class AttachedNote(NamedTuple):
    """A note given with a change of a chat."""

    client_id: str
    text: NoteText


class ChatAndNote(NamedTuple):
    """A chat after a change, the note given with it, and the pushes of both."""

    chat: ChangedChat
    note: WrittenNote | None
    pushes: list[Push]


async def hand_over(
    cursor: Cursor, target: TargetChat, wanted: Assignment, given: AttachedNote | None
) -> ChatAndNote:
    """Assign a chat and store the note, or neither."""
    chat = await lock_chat(cursor, target)
    # First the note: who gets access by it can then own the chat.
    if given is not None:
        given = given._replace(text=given.text._replace(owner_id=wanted.assignee_id))
    note = await _write_note(cursor, chat, target, given)
    return _with_note(await assign_chat(cursor, chat, wanted, target.actor), note)


async def close_with_note(
    cursor: Cursor, target: TargetChat, change: StatusChange, given: AttachedNote | None
) -> ChatAndNote:
    """Change the status of a chat and store the note, or neither."""
    chat = await lock_chat(cursor, target)
    # First the note: it belongs to the conversation that is closed.
    note = await _write_note(cursor, chat, target, given)
    return _with_note(await change_in(cursor, chat, target.actor, change), note)


async def _write_note(
    cursor: Cursor, chat: ChatState, target: TargetChat, given: AttachedNote | None
) -> WrittenNote | None:
    return given and await write_in(cursor, chat, target, given.client_id, given.text)


def _with_note(stored: StoredState, note: WrittenNote | None) -> ChatAndNote:
    return ChatAndNote(stored.chat, note, [*(note.pushes if note else ()), *stored.pushes])

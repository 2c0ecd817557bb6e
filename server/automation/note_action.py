"""Writes the notes of rules and macros. It cannot send."""

from aiopg import Cursor

from server.conversations.notes import NoteText, write_in
from server.conversations.states import TargetChat
from server.realtime.events import Push
from server.store.conversations.chat_states import ChatState


async def write_note(
    cursor: Cursor, chat: ChatState, target: TargetChat, client_id: str, text: str
) -> list[Push]:
    """Store a note in a chat whose account is locked; once for each client_id."""
    return (await write_in(cursor, chat, target, client_id, NoteText(text, ()))).pushes

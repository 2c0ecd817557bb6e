"""Writes, edits and deletes notes; whom a note mentions can read it, or gets access with it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.conversations.states import TargetChat, lock_chat
from server.errors import ConfabError, NotFound
from server.realtime.events import Push
from server.realtime.pushes import NoteEvent, note_push
from server.said.said import said
from server.store.accounts import members
from server.store.conversations import notes
from server.store.conversations.chat_states import ChatState
from server.store.conversations.notes import Mentioned, NewNote, NoteState, StoredNote
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.people.notifications import NewNotification, notify_users
from server.store.sending.sends import Author

EDITABLE_MINUTES = 15
BLIND = "A restricted agent sees only their own chats. Assign the chat to them first."


class Grant(NamedTuple):
    """The role to give to mentioned users without access; `is_allowed`: the actor may manage the members."""

    role: str
    is_allowed: bool
    actor: Actor


class NoteText(NamedTuple):
    """A note's text and mentions; without a grant those users must have access. `owner_id` gets the chat with it."""

    text: str
    mentions: Collection[int]
    grant: Grant | None = None
    owner_id: int | None = None


class WrittenNote(NamedTuple):
    """A note after a change, its pushes (none if nothing changed), and the users who got access."""

    note: StoredNote
    pushes: list[Push]
    joined: Sequence[int] = ()


async def write_note(cursor: Cursor, target: TargetChat, client_id: str, given: NoteText) -> WrittenNote:
    """Store a note; one whose client_id is known returns the first."""
    return await write_in(cursor, await lock_chat(cursor, target), target, client_id, given)


async def write_in(
    cursor: Cursor, chat: ChatState, target: TargetChat, client_id: str, given: NoteText
) -> WrittenNote:
    """The same in a chat whose account is locked."""
    if known := await notes.find_by_client_id(cursor, chat.account_id, client_id):
        if known[0].chat_id != chat.chat_id or known[1] != target.actor:
            raise ConfabError("conflict", said("note_client_id"))
        return WrittenNote(known[0], [])
    joined = await _admit(cursor, chat.account_id, chat.chat_id, given)
    mentions = sorted(set(given.mentions))
    stored = await notes.insert_note(
        cursor,
        NewNote(
            chat.account_id,
            chat.chat_id,
            chat.conversation_id,
            client_id,
            target.actor,
            given.text,
            mentions,
        ),
    )
    await _notify(cursor, stored, target.actor, mentions)
    return _written(stored, "note:new", joined)


async def edit_note(cursor: Cursor, target: TargetChat, note_id: int, given: NoteText) -> WrittenNote:
    """Replace a note's text and mentions: only its author, and only for a while."""
    note = await _lock_note(cursor, target, note_id)
    if note.author != target.actor:
        raise ConfabError("forbidden", said("note_not_yours"))
    if note.is_deleted:
        raise ConfabError("conflict", said("note_deleted"))
    if note.age > EDITABLE_MINUTES * 60:
        raise ConfabError("conflict", said("note_late", minutes=EDITABLE_MINUTES))
    mentions = sorted(set(given.mentions))
    if (given.text, mentions) == (note.body, note.mentions):
        return WrittenNote(await notes.fetch_note(cursor, note.id), [])
    joined = await _admit(cursor, note.account_id, target.chat_id, given)
    stored = await notes.change_note(cursor, note, given.text, mentions)
    await _notify(cursor, stored, target.actor, set(mentions) - set(note.mentions))
    return _written(stored, "note:updated", joined)


async def delete_note(cursor: Cursor, target: TargetChat, note_id: int, *, is_admin: bool) -> WrittenNote:
    """Empty a note: its author, or an admin of the team. Safe to run twice."""
    note = await _lock_note(cursor, target, note_id)
    if note.author != target.actor and not is_admin:
        raise ConfabError("forbidden", said("note_delete_not_yours"))
    if note.is_deleted:
        return WrittenNote(await notes.fetch_note(cursor, note.id), [])
    return _written(await notes.delete_note(cursor, note), "note:updated")


async def _lock_note(cursor: Cursor, target: TargetChat, note_id: int) -> NoteState:
    chat = await lock_chat(cursor, target)
    note = await notes.fetch_state(cursor, chat.chat_id, note_id)
    if note is None:
        raise NotFound
    return note


async def _notify(cursor: Cursor, note: StoredNote, actor: Author, user_ids: Collection[int]) -> None:
    """Tell users that the note mentions them."""
    actor_id = actor.id if actor.kind == "user" else None
    await notify_users(
        cursor,
        [
            NewNotification(
                user_id=user_id,
                kind="mentioned",
                account_id=note.account_id,
                chat_id=note.chat_id,
                message_id=None,
                note_id=note.id,
                actor_id=actor_id,
            )
            for user_id in sorted(user_ids)
        ],
    )


def _written(stored: StoredNote, event: NoteEvent, joined: Sequence[int] = ()) -> WrittenNote:
    return WrittenNote(stored, [note_push(stored, event)], joined)


async def _admit(cursor: Cursor, account_id: int, chat_id: int, given: NoteText) -> list[int]:
    """Require that all mentioned users can read the note, or give them access; returns the ids of those who got it."""
    found = await notes.list_mentioned(cursor, chat_id, list(given.mentions))
    if len(found) < len(set(given.mentions)):
        raise ConfabError("invalid", fields={"mentions": [said("user_absent")]})
    if any(user.is_blind and user.id != given.owner_id for user in found):
        raise ConfabError("invalid", fields={"mentions": [BLIND]})
    outside = [user for user in found if not user.has_access]
    if not outside:
        return []
    if given.grant is None:
        raise _without_access(outside)
    if not given.grant.is_allowed:
        raise ConfabError("forbidden", said("note_access"))
    for user in outside:
        details = {"user_id": user.id, "role": given.grant.role}
        await members.set_member(cursor, account_id, user.id, given.grant.role)
        await audit.record(cursor, "member.set", given.grant.actor, ("account", account_id), details)
    return [user.id for user in outside]


def _without_access(outside: Sequence[Mentioned]) -> ConfabError:
    return ConfabError(
        "invalid",
        fields={"mentions": [said("note_mentions_blind")]},
        details={"without_access": [{"id": user.id, "name": user.name} for user in outside]},
    )

"""Notes beside a chat's messages, and the changes of a chat that may carry one: its owner and its status."""

from typing import TypedDict, cast
from uuid import uuid4

from aiohttp import web

from server.conversations import notes
from server.conversations.hand_over import AttachedNote, ChatAndNote, close_with_note, hand_over
from server.conversations.notes import Grant, NoteText, WrittenNote
from server.conversations.owners import Assignment
from server.conversations.status import StatusChange
from server.realtime.broker import announce_rights, publish_or_log
from server.rules.policy import account_denial, is_admin_role
from server.schemas.conversations import SetAssignee, SetStatus
from server.schemas.fields import ListQuery
from server.schemas.notes import EditNote, WriteNote
from server.store.conversations import notes as rows
from server.web.app_keys import ACTOR, CALLER, CALLER_ROLES, DATABASE, REDIS
from server.web.callers import require_chat, target_of
from server.web.requests import (
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    time_cursor,
)

LIST_QUERY, WRITE_NOTE, EDIT_NOTE = ListQuery(), WriteNote(), EditNote()
SET_ASSIGNEE, SET_STATUS = SetAssignee(), SetStatus()


class NoteFields(TypedDict):
    """A loaded `EditNote`."""

    text: str
    mentions: list[int]
    grant: str | None


class WrittenFields(NoteFields):
    """A loaded `WriteNote`."""

    client_id: str | None


async def list_notes(request: web.Request) -> web.Response:
    """The chat's notes, newest first. Contacts never see them."""
    query, chat = load_query(request, LIST_QUERY), await require_chat(request)
    page = await request.app[DATABASE].read(
        rows.list_notes, chat.id, limit=query["limit"], after=time_cursor(query["cursor"])
    )
    return page_answer(page)


async def write_note(request: web.Request) -> web.Response:
    """Store a note. The same client_id again stores nothing and returns the first."""
    given = cast(WrittenFields, await load_body(request, WRITE_NOTE))
    client_id = given["client_id"] or str(uuid4())
    written = await request.app[DATABASE].write(
        notes.write_note, target_of(request), client_id, _note_text(request, given)
    )
    return await _note_answer(request, written, 201)


async def edit_note(request: web.Request) -> web.Response:
    """Replace the text and the mentions of a note of the caller, for 15 minutes."""
    text = _note_text(request, cast(NoteFields, await load_body(request, EDIT_NOTE)))
    note_id = path_id(request, "note_id")
    written = await request.app[DATABASE].write(notes.edit_note, target_of(request), note_id, text)
    return await _note_answer(request, written)


async def delete_note(request: web.Request) -> web.Response:
    """Empty a note: its author, or an admin. That it was deleted stays visible."""
    is_admin = request[CALLER].key is None and is_admin_role(request[CALLER_ROLES].role)
    written = await request.app[DATABASE].write(
        notes.delete_note, target_of(request), path_id(request, "note_id"), is_admin=is_admin
    )
    return await _note_answer(request, written)


async def set_assignee(request: web.Request) -> web.Response:
    """Assign a chat to a user, a team, both or none; with a note in the same transaction."""
    given = await load_body(request, SET_ASSIGNEE)
    wanted = Assignment(given["user_id"], given["team_id"], given["state_seq"])
    note = _attached(request, given["note"])
    return await _chat_answer(
        request, await request.app[DATABASE].write(hand_over, target_of(request), wanted, note)
    )


async def set_status(request: web.Request) -> web.Response:
    """Open, snooze or close a chat. Nothing changes if its state, or a message, is newer than what the caller saw. With
    a note in the same transaction.
    """
    given = await load_body(request, SET_STATUS)
    note = _attached(request, given.pop("note"))
    return await _chat_answer(
        request,
        await request.app[DATABASE].write(close_with_note, target_of(request), StatusChange(**given), note),
    )


def _attached(request: web.Request, given: WrittenFields | None) -> AttachedNote | None:
    """The note that was given with a change."""
    return given and AttachedNote(given["client_id"] or str(uuid4()), _note_text(request, given))


async def _chat_answer(request: web.Request, stored: ChatAndNote) -> web.Response:
    await _announce(request, stored.note)
    if stored.pushes:
        await publish_or_log(
            request.app[REDIS],
            stored.chat.account_id,
            stored.pushes,
            "state_not_published",
            chat_id=stored.chat.id,
        )
    shown = "null" if stored.note is None else stored.note.note.json
    return object_answer([("chat", stored.chat.json), ("note", shown)])


def _note_text(request: web.Request, given: NoteFields) -> NoteText:
    role = given["grant"]
    grant = None if role is None else Grant(role, _may_grant(request), request[ACTOR])
    return NoteText(given["text"], given["mentions"], grant)


def _may_grant(request: web.Request) -> bool:
    """Whether the caller may manage the members of the account."""
    roles, key = request[CALLER_ROLES], request[CALLER].key
    return account_denial("manage_members", roles, key, path_id(request, "account_id")) is None


async def _note_answer(request: web.Request, written: WrittenNote, status: int = 200) -> web.Response:
    await _announce(request, written)
    note = written.note
    await publish_or_log(
        request.app[REDIS], note.account_id, written.pushes, "note_not_published", note_id=note.id
    )
    return object_answer([("note", note.json)], status)


async def _announce(request: web.Request, written: WrittenNote | None) -> None:
    """Let the sockets of users who got access join the account."""
    for user_id in () if written is None else written.joined:
        await announce_rights(request.app[REDIS], user_id)

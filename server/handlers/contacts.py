"""Contacts: those of a chat, and their pictures."""

from collections.abc import Mapping
from typing import TypedDict, cast

import orjson
import structlog
from aiohttp import web

from server.accounts.provider_errors import translated_errors
from server.errors import NotFound
from server.media.storage import Missing
from server.said.said import said
from server.store.chats import contacts
from server.store.chats.contacts import Picture
from server.unipile.lists.attendees import Attendee, read_attendees
from server.web.answers.entity_tags import has_version
from server.web.app_keys import DATABASE, STORAGE, UNIPILE
from server.web.requests import caller, json_answer, path_id, provider_of

log = structlog.get_logger()

HEADERS = {
    # The URL identifies these bytes for ever. Browsers cache them per token; those that elements load
    # with a cookie, per media key. So another user who signs in there asks again.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Vary": "Authorization",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
}


class ShownContact(TypedDict):
    """A contact in a chat, as the API shows it."""

    id: int | None
    provider_id: str | None
    name: str | None
    phone: str | None
    avatar: str | None


async def show_avatar(request: web.Request) -> web.StreamResponse:
    """The picture of a contact of the account. Only image types that cannot contain scripts are stored as pictures."""
    account_id, sha256 = path_id(request, "account_id"), request.match_info["sha256"]
    picture = await request.app[DATABASE].read(
        contacts.fetch_picture, caller(request), provider_of(request), account_id, sha256
    )
    if picture is None:
        raise NotFound
    headers = {**HEADERS, "ETag": f'"{sha256}"'}
    if has_version(request, sha256):
        return web.Response(status=304, headers=headers)
    body = await _read_picture(request, account_id, picture)
    return web.Response(body=body, content_type=picture.mimetype, headers=headers)


async def _read_picture(request: web.Request, account_id: int, picture: Picture) -> bytes:
    try:
        chunks = await request.app[STORAGE].read(picture.sha256, 0, picture.size)
    except Missing as error:
        log.error("picture_missing", account_id=account_id)
        await request.app[DATABASE].write(contacts.refetch_picture, account_id, picture.sha256)
        raise NotFound(said("picture_missing")) from error
    return b"".join([chunk async for chunk in chunks])


async def list_people(request: web.Request) -> web.Response:
    """The contacts in a chat, without the account itself: who they are as UniPile lists them now, with the names and
    pictures stored here. The contact of a direct chat is stored here, so UniPile is not called.
    """
    account_id, chat_id = path_id(request, "account_id"), path_id(request, "chat_id")
    chat = await request.app[DATABASE].read(
        contacts.fetch_chat_contacts, caller(request), provider_of(request), account_id, chat_id
    )
    if chat is None:
        raise NotFound
    if chat.contact is not None:
        items = [_stored_contact(chat.contact)]
    else:
        items = await _list_others(request, account_id, chat.provider_chat_id)
    return json_answer({"items": items, "files": chat.files})


async def _list_others(request: web.Request, account_id: int, provider_chat_id: str) -> list[ShownContact]:
    """The chat's attendees at UniPile, with what is stored of them."""
    others = await _fetch_others(request, provider_chat_id)
    names = [name for attendee in others for name in attendee["ids"]]
    known = await request.app[DATABASE].read(contacts.list_contacts, account_id, names)
    return [_merge_stored(attendee, known) for attendee in others]


async def _fetch_others(request: web.Request, provider_chat_id: str) -> list[Attendee]:
    """The chat's attendees at UniPile, without the account."""
    with translated_errors():
        answer = await request.app[UNIPILE].read("chats", provider_chat_id, "attendees", params={})
    return [attendee for attendee in read_attendees(answer).values() if not attendee["is_self"]]


def _merge_stored(attendee: Attendee, known: Mapping[str, str]) -> ShownContact:
    """An attendee with what is stored of the contact, else with what UniPile lists."""
    shown: ShownContact = {
        "id": None,
        "provider_id": attendee["provider_id"] or None,
        "name": attendee["name"] or None,
        "phone": attendee["phone"] or None,
        "avatar": None,
    }
    found = next((known[name] for name in attendee["ids"] if name in known), None)
    if found is not None:
        stored = _stored_contact(found)
        names = {"name": stored["name"] or shown["name"], "phone": stored["phone"] or shown["phone"]}
        shown = cast(ShownContact, {**stored, **names})
    return shown


def _stored_contact(text: str) -> ShownContact:
    """What is shown of a stored contact's JSON; an empty text is none."""
    contact = orjson.loads(text)
    return cast(ShownContact, {field: contact[field] or None for field in ShownContact.__annotations__})

"""People: what is known of a chat's, and their pictures."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from aiohttp import web

from server.accounts.provider_errors import caller_detail
from server.errors import NotFound
from server.media.storage import Missing
from server.store.chats import contacts
from server.unipile.history import read_attendees
from server.web.app_keys import DATABASE, STORAGE, UNIPILE
from server.web.requests import caller, json_answer, path_id, provider_of

log = structlog.get_logger()

HEADERS = {
    # The address names these bytes for good. What a browser keeps of them is for the one who asked: anyone else who
    # signs in there has another token, and the server is asked again.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Vary": "Authorization",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
}


async def show_avatar(request: web.Request) -> web.StreamResponse:
    """The picture of one of the account's contacts; only types without a script are ever stored as one."""
    account_id, sha256 = path_id(request, "account_id"), request.match_info["sha256"]
    picture = await request.app[DATABASE].read(
        contacts.fetch_picture, caller(request), provider_of(request), account_id, sha256
    )
    if picture is None:
        raise NotFound
    headers = {**HEADERS, "ETag": f'"{sha256}"'}
    if f'"{sha256}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    try:
        chunks = await request.app[STORAGE].read(sha256, 0, picture.size)
    except Missing as error:
        log.error("picture_lost", account_id=account_id)
        await request.app[DATABASE].write(contacts.forget_picture, account_id, sha256)
        raise NotFound("The stored picture was lost.") from error
    body = b"".join([chunk async for chunk in chunks])
    return web.Response(body=body, content_type=picture.mimetype, headers=headers)


async def list_people(request: web.Request) -> web.Response:
    """Everybody in a chat, as UniPile has it now and by the names and pictures that are known here; without the
    account itself. A direct chat's one person is known here, and UniPile need not be asked.
    """
    account_id, chat_id = path_id(request, "account_id"), path_id(request, "chat_id")
    place = await request.app[DATABASE].read(
        contacts.fetch_chat_contacts, caller(request), provider_of(request), account_id, chat_id
    )
    if place is None:
        raise NotFound
    if place.person is not None:
        return json_answer({"items": [_shown(orjson.loads(place.person))], "files": place.files})
    with caller_detail():
        answer = await request.app[UNIPILE].read("chats", place.provider_chat_id, "attendees", params={})
    others = [who for who in read_attendees(answer).values() if not who["is_self"]]
    names = [name for who in others for name in who["ids"]]
    known = await request.app[DATABASE].read(contacts.list_contacts, account_id, names)
    return json_answer({"items": [_merged(who, known) for who in others], "files": place.files})


def _merged(who: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """Somebody of UniPile's list by what their contact knows, else by what the list says."""
    contact: dict[str, Any] = next((orjson.loads(known[name]) for name in who["ids"] if name in known), {})
    told = {key: contact.get(key) or who[key] for key in ("name", "phone")}
    return _shown({"provider_id": who["provider_id"], "avatar": None, **contact, **told})


def _shown(person: Mapping[str, Any]) -> dict[str, Any]:
    return {key: person[key] or None for key in ("provider_id", "name", "phone", "avatar")}

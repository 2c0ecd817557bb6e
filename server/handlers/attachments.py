"""Attachments: the stored bytes, whole or in part, and another try where there are none."""

import re
from typing import NamedTuple

import structlog
from aiohttp import web

from server.errors import ConfabError, NotFound
from server.media.storage import Missing
from server.media.types import UNKNOWN_TYPE, disposition, is_inline
from server.queue import COPY_MEDIA, enqueue
from server.realtime.broker import publish
from server.realtime.pushes import message_push
from server.store.messages import attachments
from server.store.messages.attachments import StoredFile, Wanted
from server.web.app_keys import DATABASE, REDIS, STORAGE
from server.web.requests import caller, object_answer, path_id, provider_of, stream_answer

log = structlog.get_logger()

MAX_ATTACHMENT_ID = 255
# One range, as browsers ask for it; anything else is answered with the whole (RFC 9110, section 14.2).
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
HEADERS = {
    "Accept-Ranges": "bytes",
    # The address names these bytes for good. What a browser keeps of them is for the one who asked: anyone else who
    # signs in there has another token, and the server is asked again.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Vary": "Authorization",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT_HEADERS = {name: HEADERS[name] for name in ("Cache-Control", "Vary")}


class Part(NamedTuple):
    """The bytes that are asked for: from `begin` up to, not including, `end`."""

    begin: int
    end: int


async def show_attachment(request: web.Request) -> web.StreamResponse:
    """The stored bytes; one range of them when one is asked for. 404 also while they are not stored: the message's
    `attachments` say why.
    """
    wanted = _wanted(request)
    file = await request.app[DATABASE].read(attachments.fetch_file, wanted)
    if file is None:
        raise NotFound("There is no stored file here.")
    etag = f'"{file.sha256}"'
    if etag in _tags(request.headers.get("If-None-Match", "")):
        return web.Response(status=304, headers={"ETag": etag, **KEPT_HEADERS})
    part = _part(request, file.size, etag)
    if part is None:
        raise ConfabError("range_not_satisfiable", headers={"Content-Range": f"bytes */{file.size}"})
    return await _answer(request, wanted, file, part)


async def _answer(request: web.Request, wanted: Wanted, file: StoredFile, part: Part) -> web.StreamResponse:
    try:
        chunks = await request.app[STORAGE].read(file.sha256, part.begin, part.end)
    except Missing as error:
        await _note_loss(request, wanted)
        raise NotFound("The stored file was lost.") from error
    inline = is_inline(file.mimetype)
    is_whole = part == Part(0, file.size)
    answer = web.StreamResponse(status=200 if is_whole else 206, headers=HEADERS)
    # What is not shown in place has no type that a browser could act on, whatever it was called on its way.
    answer.content_type = file.mimetype if inline else UNKNOWN_TYPE
    answer.content_length = part.end - part.begin
    answer.headers["ETag"] = f'"{file.sha256}"'
    answer.headers["Content-Disposition"] = disposition(file.file_name, inline=inline)
    if not is_whole:
        answer.headers["Content-Range"] = f"bytes {part.begin}-{part.end - 1}/{file.size}"
    return await stream_answer(request, answer, chunks)


async def _note_loss(request: web.Request, wanted: Wanted) -> None:
    """The row says stored and the storage has nothing (a disk that was not kept): say so, and let it be tried again."""
    log.error("media_lost", message_id=wanted.message_id)
    await _change(request, wanted, "failed", "lost")


async def retry_attachment(request: web.Request) -> web.Response:
    """Try again to copy what failed or had expired; 409 when the bytes are here."""
    wanted = _wanted(request)
    known = await request.app[DATABASE].read(attachments.fetch_state, wanted)
    if known is None:
        raise NotFound
    if known.state in ("stored", "none"):
        raise ConfabError("conflict", "There is nothing to fetch: it is here already.")
    changed = await _change(request, wanted, "waiting", None)
    await enqueue(request.app[REDIS], COPY_MEDIA, wanted.message_id)
    return object_answer([("message", changed or known.message_json)])


async def _change(request: web.Request, wanted: Wanted, state: str, error: str | None) -> str | None:
    """Set the state, tell the rooms, return the message as it is now; None when nothing was different."""
    changed = await request.app[DATABASE].write(
        attachments.lock_and_change, wanted.message_id, wanted.attachment_id, {"state": state, "error": error}
    )
    if changed is None:
        return None
    push = message_push(changed)
    await publish(request.app[REDIS], changed.account_id, [push])
    return changed.json


def _wanted(request: web.Request) -> Wanted:
    attachment_id = request.match_info["attachment_id"]
    if len(attachment_id) > MAX_ATTACHMENT_ID or "\x00" in attachment_id:
        raise NotFound
    return Wanted(
        user_id=caller(request),
        provider=provider_of(request),
        account_id=path_id(request, "account_id"),
        chat_id=path_id(request, "chat_id") if "chat_id" in request.match_info else None,
        message_id=path_id(request, "message_id"),
        attachment_id=attachment_id,
    )


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


def _part(request: web.Request, size: int, etag: str) -> Part | None:
    """The part that is asked for, the whole by default; None when the file has no such part."""
    whole = Part(0, size)
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    condition = request.headers.get("If-Range")
    if asked is None or not any(asked.groups()) or (condition is not None and condition.strip() != etag):
        return whole
    first, last = asked.groups()
    if not first:
        begin, end = max(0, size - int(last)), size
    else:
        begin, end = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < begin:
            return whole  # no range at all, and therefore ignored
    return Part(begin, end) if begin < end else None

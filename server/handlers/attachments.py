"""Attachments: download the stored bytes, whole or a range, and retry copying where there are none."""

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
from server.said.said import said
from server.store.messages import attachments
from server.store.messages.attachments import StoredFile, Wanted
from server.web.answers.entity_tags import has_version
from server.web.app_keys import DATABASE, REDIS, STORAGE
from server.web.requests import caller, object_answer, path_id, provider_of, stream_answer

log = structlog.get_logger()

MAX_ATTACHMENT_ID = 255
# One range, as browsers request it; anything else gets the whole file (RFC 9110, section 14.2).
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
HEADERS = {
    "Accept-Ranges": "bytes",
    # The URL identifies these bytes for ever. Browsers cache them per token; those that elements load
    # with a cookie, per media key. So another user who signs in there asks again.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Vary": "Authorization",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOT_MODIFIED_HEADERS = {name: HEADERS[name] for name in ("Cache-Control", "Vary")}


class ByteRange(NamedTuple):
    """The requested bytes: from `begin` up to, not including, `end`."""

    begin: int
    end: int


async def show_attachment(request: web.Request) -> web.StreamResponse:
    """The stored bytes, or the requested range of them. 404 also while they are not stored: the state in the message's
    `attachments` says why.
    """
    wanted = _attachment_in_path(request)
    file = await request.app[DATABASE].read(attachments.fetch_file, wanted)
    if file is None:
        raise NotFound(said("attachment_not_stored"))
    etag = f'"{file.sha256}"'
    if has_version(request, file.sha256):
        return web.Response(status=304, headers={"ETag": etag, **NOT_MODIFIED_HEADERS})
    part = _requested_range(request, file.size, etag)
    if part is None:
        raise ConfabError("range_not_satisfiable", headers={"Content-Range": f"bytes */{file.size}"})
    return await _file_answer(request, wanted, file, part)


async def _file_answer(
    request: web.Request, wanted: Wanted, file: StoredFile, part: ByteRange
) -> web.StreamResponse:
    try:
        chunks = await request.app[STORAGE].read(file.sha256, part.begin, part.end)
    except Missing as error:
        await _mark_missing(request, wanted)
        raise NotFound(said("file_missing")) from error
    return await stream_answer(request, _file_head(file, part), chunks)


def _file_head(file: StoredFile, part: ByteRange) -> web.StreamResponse:
    """The response to a download, without its body."""
    inline = is_inline(file.mimetype)
    is_whole = part == ByteRange(0, file.size)
    answer = web.StreamResponse(status=200 if is_whole else 206, headers=HEADERS)
    # Files that browsers must not display are sent without a type that a browser could act on.
    answer.content_type = file.mimetype if inline else UNKNOWN_TYPE
    answer.content_length = part.end - part.begin
    answer.headers["ETag"] = f'"{file.sha256}"'
    answer.headers["Content-Disposition"] = disposition(file.file_name, inline=inline)
    if not is_whole:
        answer.headers["Content-Range"] = f"bytes {part.begin}-{part.end - 1}/{file.size}"
    return answer


async def _mark_missing(request: web.Request, wanted: Wanted) -> None:
    """The row says stored, but the storage has no such file (a lost disk): mark it failed, so it can be retried."""
    log.error("media_missing", message_id=wanted.message_id)
    await _set_state(request, wanted, "failed", "lost")


async def retry_attachment(request: web.Request) -> web.Response:
    """Retry copying a file that failed or had expired; 409 if it is stored."""
    wanted = _attachment_in_path(request)
    known = await request.app[DATABASE].read(attachments.fetch_state, wanted)
    if known is None:
        raise NotFound
    if known.state in ("stored", "none"):
        raise ConfabError("conflict", said("attachment_stored"))
    changed = await _set_state(request, wanted, "waiting", None)
    await enqueue(request.app[REDIS], COPY_MEDIA, wanted.message_id)
    return object_answer([("message", changed or known.message_json)])


async def _set_state(request: web.Request, wanted: Wanted, state: str, error: str | None) -> str | None:
    """Set the state, publish the message and return it; None if nothing changed."""
    changed = await request.app[DATABASE].write(
        attachments.lock_and_change, wanted.message_id, wanted.attachment_id, {"state": state, "error": error}
    )
    if changed is None:
        return None
    push = message_push(changed)
    await publish(request.app[REDIS], changed.account_id, [push])
    return changed.json


def _attachment_in_path(request: web.Request) -> Wanted:
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


def _requested_range(request: web.Request, size: int, etag: str) -> ByteRange | None:
    """The requested range, by default the whole file; None if the file has no such range."""
    requested = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    is_current = request.headers.get("If-Range", etag).strip() == etag
    part = _parse_range(requested[1], requested[2], size) if requested and is_current else None
    if part is None:
        return ByteRange(0, size)
    return part if part.begin < part.end else None


def _parse_range(first: str, last: str, size: int) -> ByteRange | None:
    """From `first` to `last`, or as many of the last bytes; None if this is no valid range, which is ignored."""
    if not first:
        return ByteRange(max(0, size - int(last)), size) if last else None
    if not last:
        return ByteRange(int(first), size)
    return ByteRange(int(first), min(size, int(last) + 1)) if int(last) >= int(first) else None

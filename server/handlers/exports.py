"""Exports of an account: request, list, download and delete them."""

from collections.abc import AsyncIterator

from aiohttp import web

from server.errors import ConfabError, NotFound
from server.media.storage import Missing
from server.media.types import disposition
from server.privacy.exports import queue_export
from server.said.said import said
from server.schemas.fields import ListQuery
from server.schemas.privacy import RequestExport
from server.store.people import audit
from server.store.privacy import exports
from server.store.privacy.exports import ExportFile
from server.web.app_keys import ACTOR, DATABASE, STORAGE
from server.web.requests import (
    decode_cursor,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    stream_answer,
)

REQUEST_EXPORT, LIST_QUERY = RequestExport(), ListQuery()


async def request_export(request: web.Request) -> web.Response:
    """Request an export of the account, or of one contact; a job writes it. 409 while another is running."""
    given, account_id = await load_body(request, REQUEST_EXPORT), path_id(request, "account_id")
    try:
        export_id = await request.app[DATABASE].write(
            queue_export, request[ACTOR], account_id, given["contact_id"], with_media=given["with_media"]
        )
    except LookupError as error:
        raise NotFound from error
    if export_id is None:
        raise ConfabError("conflict", said("export_running"))
    return object_answer([("export", await _export_json(request, export_id))], 202)


async def list_exports(request: web.Request) -> web.Response:
    """Newest first."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        exports.list_exports, path_id(request, "account_id"), query["limit"], after[1] if after else None
    )
    return page_answer(page)


async def show_export(request: web.Request) -> web.Response:
    return object_answer([("export", await _export_json(request, path_id(request, "export_id")))])


async def _export_json(request: web.Request, export_id: int) -> str:
    export = await request.app[DATABASE].read(exports.fetch_export, path_id(request, "account_id"), export_id)
    if export is None:
        raise NotFound
    return export


async def delete_export(request: web.Request) -> web.Response:
    """Delete an export in any state; idempotent."""
    await request.app[DATABASE].write(
        exports.delete_export, path_id(request, "account_id"), path_id(request, "export_id")
    )
    return web.Response(status=204)


async def fetch_export_file(request: web.Request) -> web.StreamResponse:
    """The ZIP file, until it expires; every download is recorded in the audit log."""
    account_id, export_id = path_id(request, "account_id"), path_id(request, "export_id")
    file = await request.app[DATABASE].read(exports.fetch_file, account_id, export_id)
    if file is None:
        raise NotFound(said("export_absent"))
    chunks = await _read_file(request, file)
    if request.method != "HEAD":
        await request.app[DATABASE].write(
            audit.record, "export.fetched", request[ACTOR], ("account", account_id), {"export_id": export_id}
        )
    answer = web.StreamResponse(headers={"Cache-Control": "no-store"})
    answer.content_type, answer.content_length = "application/zip", file.size
    answer.headers["Content-Disposition"] = disposition(f"confab-export-{export_id}.zip", inline=False)
    return await stream_answer(request, answer, chunks)


async def _read_file(request: web.Request, file: ExportFile) -> AsyncIterator[bytes]:
    try:
        return await request.app[STORAGE].read(file.sha256, 0, file.size)
    except Missing as error:
        raise NotFound(said("export_missing")) from error

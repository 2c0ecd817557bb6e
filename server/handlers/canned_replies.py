"""Canned replies: list, change, count, import and export."""

from typing import cast

import orjson
from aiohttp import web
from marshmallow import ValidationError

from server.errors import ConfabError, NotFound
from server.media.storage import Missing
from server.media.types import UNKNOWN_TYPE, disposition
from server.messages.uploads import FormReader, invalid
from server.replies import canned_replies as shared
from server.replies.reply_import import Imported, ImportRow, Rejection, import_replies
from server.replies.reply_table import UnreadableTableError, read_table, write_table
from server.rules.policy import is_admin_role
from server.said.said import said
from server.schemas import canned_replies as schemas
from server.store.conversations import canned_replies, reply_files
from server.store.conversations.canned_replies import Reader, ReplyChanges
from server.web.app_keys import ACTOR, CALLER_ROLES, CONFIG, DATABASE, STORAGE
from server.web.requests import (
    caller,
    json_answer,
    load_body,
    load_query,
    object_answer,
    path_id,
    stream_answer,
)

CREATE, CHANGE, IMPORT = schemas.CreateReply(), schemas.ChangeReply(), schemas.ImportReplies()
ROW, EXPORT_QUERY = schemas.ImportedReply(), schemas.ExportQuery()
MAX_FILE_ID = 255


async def list_replies(request: web.Request) -> web.Response:
    """All that the caller may see, at most 1,000: the most used first."""
    found = await request.app[DATABASE].read(canned_replies.list_replies, _reader(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_reply(request: web.Request) -> web.Response:
    """Create one of the caller's own, or a shared one. Unknown variables are rejected."""
    given = cast(ReplyChanges, await load_body(request, CREATE))
    reply_id = await request.app[DATABASE].write(shared.create_reply, _reader(request), given, request[ACTOR])
    return await _reply_answer(request, reply_id, 201)


async def change_reply(request: web.Request) -> web.Response:
    """Change what is given; a shared one too. Its creator and admins can make a shared one their own."""
    given = cast(ReplyChanges, await load_body(request, CHANGE))
    reply_id = path_id(request, "reply_id")
    await request.app[DATABASE].write(shared.change_reply, _reader(request), reply_id, given, request[ACTOR])
    return await _reply_answer(request, reply_id)


async def delete_reply(request: web.Request) -> web.Response:
    """Delete one of the caller's own; a shared one only for its creator and admins."""
    await request.app[DATABASE].write(
        shared.delete_reply, _reader(request), path_id(request, "reply_id"), request[ACTOR]
    )
    return web.Response(status=204)


async def use_reply(request: web.Request) -> web.Response:
    """Count that it was inserted."""
    reply_id = path_id(request, "reply_id")
    if not await request.app[DATABASE].write(canned_replies.count_use, _reader(request), reply_id):
        raise NotFound
    return web.Response(status=204)


async def add_reply_files(request: web.Request) -> web.Response:
    """Add files, as multipart/form-data with `attachments`."""
    reply_id = path_id(request, "reply_id")
    # Before the files are read: a caller who cannot see it must not fill the storage.
    if await request.app[DATABASE].read(canned_replies.fetch_reply, _reader(request), reply_id) is None:
        raise NotFound
    reader = FormReader(request.app[STORAGE], request.app[DATABASE], request.app[CONFIG].media)
    if request.content_type != "multipart/form-data":
        raise ConfabError("malformed", "Send the files as multipart/form-data.")
    form = await reader.read(request)
    if form.fields or not form.uploads:
        raise invalid("attachments", "Send files as attachments, and nothing else.")
    await request.app[DATABASE].write(shared.add_files, _reader(request), reply_id, form.uploads)
    return await _reply_answer(request, reply_id)


async def show_reply_file(request: web.Request) -> web.StreamResponse:
    """The bytes of a file, as a download."""
    reply_id, file_id = path_id(request, "reply_id"), request.match_info["file_id"]
    file = await request.app[DATABASE].read(reply_files.fetch_file, _reader(request), reply_id, file_id)
    if file is None:
        raise NotFound
    try:
        chunks = await request.app[STORAGE].read(file.sha256, 0, file.size)
    except Missing as error:
        raise NotFound(said("file_missing")) from error
    answer = web.StreamResponse(headers={"Cache-Control": "private, max-age=3600", "Vary": "Authorization"})
    answer.content_type, answer.content_length = UNKNOWN_TYPE, file.size
    answer.headers["Content-Disposition"] = disposition(file.file_name, inline=False)
    return await stream_answer(request, answer, chunks)


async def remove_reply_file(request: web.Request) -> web.Response:
    reply_id, file_id = path_id(request, "reply_id"), request.match_info["file_id"]
    await request.app[DATABASE].write(shared.remove_file, _reader(request), reply_id, file_id)
    return await _reply_answer(request, reply_id)


async def export_replies(request: web.Request) -> web.Response:
    """All that the caller may see, without files: as JSON, or as a table whose cells no spreadsheet evaluates."""
    is_table = load_query(request, EXPORT_QUERY)["format"] == "csv"
    found = await request.app[DATABASE].read(canned_replies.list_replies, _reader(request))
    rows = [_exported(orjson.loads(text)) for text in found]
    if is_table:
        answer = web.Response(body=write_table(rows), content_type="text/csv", charset="utf-8")
    else:
        answer = json_answer({"replies": rows})
    name = "canned-replies.csv" if is_table else "canned-replies.json"
    answer.headers["Content-Disposition"] = disposition(name, inline=False)
    return answer


async def import_canned_replies(request: web.Request) -> web.Response:
    """Import what was exported, or a table: valid rows are stored, the others are in `rejected` with their reasons."""
    given = await load_body(request, IMPORT)
    valid, rejected = _checked_rows(_rows_of(cast(schemas.GivenImport, given)))
    imported = await request.app[DATABASE].write(import_replies, _reader(request), valid, request[ACTOR])
    return _imported_answer(imported, rejected)


def _rows_of(given: schemas.GivenImport) -> list[dict[str, object]]:
    if "replies" in given:
        return given["replies"]
    try:
        rows = read_table(given["csv"])
    except UnreadableTableError as error:
        raise invalid("csv", error.said) from error
    if len(rows) > schemas.MAX_IMPORTED:
        raise invalid("csv", said("table_too_long", most=schemas.MAX_IMPORTED))
    return rows


def _checked_rows(rows: list[dict[str, object]]) -> tuple[list[ImportRow], list[Rejection]]:
    valid: list[ImportRow] = []
    rejected: list[Rejection] = []
    for n, row in enumerate(rows, start=1):
        try:
            valid.append(ImportRow(n, ROW.load(row)))
        except ValidationError as error:
            problems = error.messages if isinstance(error.messages, dict) else {"row": error.messages}
            rejected.append({"row": n, "name": str(row.get("name", ""))[:100], "fields": problems})
    return valid, rejected


def _imported_answer(imported: Imported, rejected: list[Rejection]) -> web.Response:
    every = sorted([*rejected, *imported.rejected], key=lambda rejection: rejection["row"])
    return json_answer({"imported": imported.stored, "rejected": every})


def _exported(reply: canned_replies.ListedReply) -> dict[str, object]:
    return {
        "name": reply["name"],
        "shortcut": reply["shortcut"],
        "text": reply["text"],
        "shared": reply["shared"],
        "uses": reply["uses"],
        "last_used_at": reply["last_used_at"],
        "team": reply["team"] and reply["team"]["name"],
    }


def _reader(request: web.Request) -> Reader:
    return Reader(caller(request), is_admin_role(request[CALLER_ROLES].role))


async def _reply_answer(request: web.Request, reply_id: int, status: int = 200) -> web.Response:
    shown = await request.app[DATABASE].read(canned_replies.fetch_reply, _reader(request), reply_id)
    if shown is None:
        raise NotFound
    return object_answer([("reply", shown)], status)

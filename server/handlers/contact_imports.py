"""Contacts as tables: imports in three steps with the rejected rows as a result, and the export."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

import orjson
from aiohttp import web

from server.contacts import contact_table, imports
from server.contacts.contact_table import MAX_BYTES, TableHead, UnreadableTableError, read_head
from server.errors import ConfabError, NotFound
from server.media.csv import csv_head, csv_rows, escaped
from server.media.types import disposition
from server.messages.uploads import FormReader, Upload, invalid
from server.said.said import said
from server.schemas.contact_imports import CheckImport
from server.schemas.fields import ListQuery
from server.store.contacts import contact_fields, contact_imports, contact_lists
from server.store.contacts.contact_imports import ImportChoices
from server.store.people import audit
from server.store.privacy import export_rows
from server.store.privacy.export_rows import Scope
from server.web.app_keys import ACTOR, CONFIG, DATABASE, STORAGE
from server.web.requests import (
    decode_cursor,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    stream_answer,
)

CHECK_IMPORT, LIST_QUERY = CheckImport(), ListQuery()
PAGE = 500


async def upload_contacts(request: web.Request) -> web.Response:
    """Step 1: a table, whose columns are shown with what they seem to be."""
    if request.content_type != "multipart/form-data":
        raise ConfabError("malformed", "Send the table as multipart/form-data.")
    media = request.app[CONFIG].media
    # Not the limits of files that are sent to WhatsApp.
    limits = replace(media, max_upload_bytes=MAX_BYTES, max_upload_files=1)
    form = await FormReader(request.app[STORAGE], request.app[DATABASE], limits).read(request)
    if form.fields or len(form.uploads) != 1:
        raise invalid("attachments", said("table_one"))
    (upload,) = form.uploads
    head = await _read_head(request, upload)
    shown = await request.app[DATABASE].write(
        imports.add_import,
        request[ACTOR],
        path_id(request, "account_id"),
        upload,
        head,
        media.keep_exports_days,
    )
    return object_answer([("import", shown)], 201)


async def _read_head(request: web.Request, upload: Upload) -> TableHead:
    chunks = await request.app[STORAGE].read(upload.sha256, 0, upload.attachment["file_size"])
    data = b"".join([chunk async for chunk in chunks])
    try:
        return await asyncio.to_thread(read_head, data)
    except UnreadableTableError as error:
        raise invalid("attachments", error.said) from error


async def list_contact_imports(request: web.Request) -> web.Response:
    """Newest first."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        contact_imports.list_imports,
        path_id(request, "account_id"),
        query["limit"],
        after[1] if after else None,
    )
    return page_answer(page)


async def show_contact_import(request: web.Request) -> web.Response:
    return object_answer([("import", await _import_json(request))])


async def _import_json(request: web.Request) -> str:
    found = await request.app[DATABASE].read(
        contact_imports.fetch_import, path_id(request, "account_id"), path_id(request, "import_id")
    )
    if found is None:
        raise NotFound
    return found


async def check_contact_import(request: web.Request) -> web.Response:
    """Step 2: what the columns are, and which contacts to change. A worker checks all rows and stores none."""
    choices = cast(ImportChoices, await load_body(request, CHECK_IMPORT))
    shown = await request.app[DATABASE].write(
        imports.check_import, path_id(request, "account_id"), path_id(request, "import_id"), choices
    )
    return object_answer([("import", shown)], 202)


async def start_contact_import(request: web.Request) -> web.Response:
    """Step 3: a worker stores the rows of the checked import."""
    shown = await request.app[DATABASE].write(
        imports.start_import, request[ACTOR], path_id(request, "account_id"), path_id(request, "import_id")
    )
    return object_answer([("import", shown)], 202)


async def delete_contact_import(request: web.Request) -> web.Response:
    """Stop an import, or forget one that has ended; what it has stored stays. Idempotent."""
    await request.app[DATABASE].write(
        contact_imports.delete_import, path_id(request, "account_id"), path_id(request, "import_id")
    )
    return web.Response(status=204)


async def list_rejected_rows(request: web.Request) -> web.Response:
    """The rows that were not imported, with the reason of each, in the order of the table."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    await _import_json(request)
    page = await request.app[DATABASE].read(
        contact_imports.page_rejections,
        path_id(request, "account_id"),
        path_id(request, "import_id"),
        after[1] if after else 0,
        query["limit"],
    )
    return page_answer(page)


async def fetch_rejected_rows(request: web.Request) -> web.StreamResponse:
    """The rows that were not imported, with the reason of each, as a table."""
    columns = orjson.loads(await _import_json(request))["columns"]
    return await _table_answer(
        request, "contacts-rejected.csv", ["row", "reason", *columns], _rejected_rows(request)
    )


async def _rejected_rows(request: web.Request) -> AsyncIterator[bytes]:
    after = 0
    while found := await request.app[DATABASE].read(
        contact_imports.list_rejections,
        path_id(request, "account_id"),
        path_id(request, "import_id"),
        after,
        PAGE,
    ):
        yield csv_rows([one.row, one.reason, *map(escaped, one.cells)] for one in found)
        after = found[-1].row


async def export_contacts(request: web.Request) -> web.StreamResponse:
    """All contacts of the account as a table, which an import reads back."""
    account_id = path_id(request, "account_id")
    fields = await request.app[DATABASE].read(contact_fields.read_fields)
    labels = await request.app[DATABASE].read(contact_lists.list_label_names)
    if request.method != "HEAD":
        await request.app[DATABASE].write(
            audit.record, "contacts.exported", request[ACTOR], ("account", account_id)
        )

    async def rows() -> AsyncIterator[bytes]:
        async for page in export_rows.pages(request.app[DATABASE].read, Scope(account_id, None), "contacts"):
            yield contact_table.write_rows([orjson.loads(text) for text in page], fields, labels)

    return await _table_answer(request, "contacts.csv", contact_table.export_columns(fields), rows())


async def _table_answer(
    request: web.Request, name: str, columns: list[str], rows: AsyncIterator[bytes]
) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Cache-Control": "no-store"})
    answer.content_type, answer.charset = "text/csv", "utf-8"
    answer.headers["Content-Disposition"] = disposition(name, inline=False)

    async def table() -> AsyncIterator[bytes]:
        yield csv_head([str(escaped(column)) for column in columns])
        async for chunk in rows:
            yield chunk

    return await stream_answer(request, answer, table())

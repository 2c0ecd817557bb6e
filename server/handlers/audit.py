"""The audit log, for those who answer for the team: in pages, and as a file."""

from collections.abc import AsyncIterator, Sequence
from typing import cast

from aiohttp import web

from server.media.csv import csv_head, csv_rows
from server.schemas.audit import AuditFilter, AuditQuery
from server.store.people import audit_pages
from server.store.people.audit_pages import AuditFilters, Line
from server.web.app_keys import DATABASE
from server.web.requests import load_query, page_answer, stream_answer, time_cursor

AUDIT_QUERY, AUDIT_FILTER = AuditQuery(), AuditFilter()
LINES_AT_A_TIME = 1000


async def list_audit(request: web.Request) -> web.Response:
    """Who did what to what, newest first."""
    query = load_query(request, AUDIT_QUERY)
    before = time_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        audit_pages.list_lines, cast(AuditFilters, query), query["limit"], before
    )
    return page_answer(page)


async def export_audit(request: web.Request) -> web.StreamResponse:
    """The same as a CSV file, whole; cells that a spreadsheet would compute are quoted with an apostrophe."""
    wanted = cast(AuditFilters, load_query(request, AUDIT_FILTER))
    # Before anything is answered: a Postgres that is away is told as it is everywhere.
    lines = await request.app[DATABASE].read(audit_pages.read_lines, wanted, LINES_AT_A_TIME, None)
    answer = web.StreamResponse()
    answer.content_type, answer.charset = "text/csv", "utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return await stream_answer(request, answer, _table(request, wanted, lines))


async def _table(request: web.Request, wanted: AuditFilters, lines: Sequence[Line]) -> AsyncIterator[bytes]:
    yield csv_head(Line._fields)
    while lines:
        yield csv_rows(lines)
        before = (lines[-1].at, lines[-1].id)
        lines = await request.app[DATABASE].read(audit_pages.read_lines, wanted, LINES_AT_A_TIME, before)

"""The audit log, for admins: in pages, and as a CSV file."""

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
LINES_PER_READ = 1000


async def list_audit(request: web.Request) -> web.Response:
    """The records of the audit log, newest first."""
    query = load_query(request, AUDIT_QUERY)
    before = time_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        audit_pages.list_lines, cast(AuditFilters, query), query["limit"], before
    )
    return page_answer(page)


async def export_audit(request: web.Request) -> web.StreamResponse:
    """The same as one CSV file; cells that a spreadsheet would evaluate begin with an apostrophe."""
    filters = cast(AuditFilters, load_query(request, AUDIT_FILTER))
    # Read before the response begins, so that a Postgres that is away is reported as a normal error.
    lines = await request.app[DATABASE].read(audit_pages.read_lines, filters, LINES_PER_READ, None)
    answer = web.StreamResponse()
    answer.content_type, answer.charset = "text/csv", "utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return await stream_answer(request, answer, _csv_chunks(request, filters, lines))


async def _csv_chunks(
    request: web.Request, filters: AuditFilters, lines: Sequence[Line]
) -> AsyncIterator[bytes]:
    yield csv_head(Line._fields)
    while lines:
        yield csv_rows(lines)
        before = (lines[-1].at, lines[-1].id)
        lines = await request.app[DATABASE].read(audit_pages.read_lines, filters, LINES_PER_READ, before)

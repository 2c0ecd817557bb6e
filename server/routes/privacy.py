"""The rows of the table of routes for erasing and exporting."""

from server.handlers import account_erasures, exports, privacy
from server.routes.route import ACCOUNT, ALL, CONTACT, row
from server.schemas import privacy as schemas
from server.schemas.fields import ListQuery

EXPORTS = ACCOUNT + "/exports"
EXPORT = EXPORTS + r"/{export_id:\d{1,20}}"

PRIVACY_ROUTES = (
    row("DELETE", CONTACT, privacy.erase_contact, answer=schemas.OneErasure, status=202),
    row("GET", CONTACT + "/erasure", privacy.show_erasure, answer=schemas.OneErasure),
    row(
        "POST",
        ACCOUNT + "/erasure",
        account_erasures.erase_account,
        answer=schemas.OneAccountErasure,
        status=202,
    ),
    row(
        "GET",
        ALL + "/erasures",
        account_erasures.list_account_erasures,
        query=ListQuery,
        answer=schemas.AccountErasureList,
    ),
    row(
        "POST",
        EXPORTS,
        exports.request_export,
        body=schemas.RequestExport,
        answer=schemas.OneExport,
        status=202,
        refuses=("conflict",),
    ),
    row("GET", EXPORTS, exports.list_exports, query=ListQuery, answer=schemas.ExportList),
    row("GET", EXPORT, exports.show_export, answer=schemas.OneExport),
    row("DELETE", EXPORT, exports.delete_export, status=204),
    row("GET", EXPORT + "/file", exports.fetch_export_file, content_type="application/zip"),
)

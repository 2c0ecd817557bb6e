"""The rows of the route table for erasures and exports."""

from server.handlers import account_erasures, exports, privacy
from server.routes.route import ACCOUNT, ALL, CONTACT, Route
from server.schemas import privacy as schemas
from server.schemas.fields import ListQuery

EXPORTS = ACCOUNT + "/exports"
EXPORT = EXPORTS + r"/{export_id:\d{1,20}}"

PRIVACY_ROUTES = (
    Route("DELETE", CONTACT, privacy.erase_contact, answer=schemas.OneErasure, status=202),
    Route("GET", CONTACT + "/erasure", privacy.show_erasure, answer=schemas.OneErasure),
    Route(
        "POST",
        ACCOUNT + "/erasure",
        account_erasures.erase_account,
        answer=schemas.OneAccountErasure,
        status=202,
    ),
    Route(
        "GET",
        ALL + "/erasures",
        account_erasures.list_account_erasures,
        query=ListQuery,
        answer=schemas.AccountErasureList,
    ),
    Route(
        "POST",
        EXPORTS,
        exports.request_export,
        body=schemas.RequestExport,
        answer=schemas.OneExport,
        status=202,
        errors=("conflict",),
    ),
    Route("GET", EXPORTS, exports.list_exports, query=ListQuery, answer=schemas.ExportList),
    Route("GET", EXPORT, exports.show_export, answer=schemas.OneExport),
    Route("DELETE", EXPORT, exports.delete_export, status=204),
    Route("GET", EXPORT + "/file", exports.fetch_export_file, content_type="application/zip"),
)

"""The rows of the route table for canned replies."""

from server.handlers import canned_replies
from server.routes.route import Route
from server.schemas import canned_replies as schemas

REPLY = r"/api/replies/{reply_id:\d{1,20}}"
REPLY_FILE = REPLY + r"/files/{file_id:[\w-]{1,64}}"

CANNED_REPLY_ROUTES = (
    Route("GET", "/api/replies", canned_replies.list_replies, answer=schemas.ReplyList),
    Route(
        "POST",
        "/api/replies",
        canned_replies.create_reply,
        body=schemas.CreateReply,
        answer=schemas.OneReply,
        status=201,
        errors=("conflict",),
    ),
    Route(
        "GET",
        "/api/replies/export",
        canned_replies.export_replies,
        query=schemas.ExportQuery,
        content_type="application/json, text/csv",
    ),
    Route(
        "POST",
        "/api/replies/import",
        canned_replies.import_canned_replies,
        body=schemas.ImportReplies,
        answer=schemas.ImportedReplies,
    ),
    Route(
        "PATCH",
        REPLY,
        canned_replies.change_reply,
        body=schemas.ChangeReply,
        answer=schemas.OneReply,
        errors=("conflict",),
    ),
    Route("DELETE", REPLY, canned_replies.delete_reply, status=204),
    Route("POST", REPLY + "/use", canned_replies.use_reply, status=204),
    Route(
        "POST",
        REPLY + "/files",
        canned_replies.add_reply_files,
        form=schemas.ReplyForm,
        answer=schemas.OneReply,
    ),
    Route(
        "GET",
        REPLY_FILE,
        canned_replies.show_reply_file,
        content_type="application/octet-stream",
    ),
    Route("DELETE", REPLY_FILE, canned_replies.remove_reply_file, answer=schemas.OneReply),
)

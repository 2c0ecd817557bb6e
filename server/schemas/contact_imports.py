"""Schemas of imports of contacts from tables."""

from marshmallow import Schema, fields, validate

from server.schemas.errors import Reason
from server.schemas.fields import MAX_ID, CleanText, Request, Whole

MODES = ("add", "update", "both")
STATES = ("uploaded", "checking", "checked", "running", "done", "failed", "cancelled")
MAX_COLUMNS = 120
TARGET = r"^(?:|id|whatsapp_id|phone|username|own_name|labels|field:[1-9][0-9]{0,17})$"


class ImportForm(Schema):
    """The table, as `attachments`: CSV of up to 20 MB and 200,000 rows, the first row with the names of the columns."""

    attachments = fields.List(fields.Raw(metadata={"type": "string", "format": "binary"}), required=True)


class CheckImport(Request):
    # By column: id, whatsapp_id, phone, username, own_name, labels or field:<id>; an empty text leaves it out.
    targets = fields.List(
        CleanText(validate=validate.Regexp(TARGET, error="Not what a column can be.")),
        required=True,
        validate=validate.Length(1, MAX_COLUMNS),
    )
    # Which contacts to change: only new ones, only known ones, or both.
    mode = fields.String(load_default="both", validate=validate.OneOf(MODES))
    # A shared label for all of them.
    label_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MAX_ID))


class ContactImport(Schema):
    """An import. `position` of `rows` are done; the counts are of the check, then of the run."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    file_name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    columns = fields.List(fields.String(), required=True)
    sample = fields.List(fields.List(fields.String()), required=True)
    targets = fields.List(fields.String(), required=True)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    label_id = fields.Integer(required=True, allow_none=True)
    rows = fields.Integer(required=True)
    position = fields.Integer(required=True)
    added = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    expires_at = fields.String(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneContactImport(Schema):
    contact_import = fields.Nested(ContactImport, required=True, data_key="import", attribute="import")


class ContactImportList(Schema):
    items = fields.List(fields.Nested(ContactImport), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RejectedRow(Schema):
    """A row of the table that was not imported; rows count from 1, the names of the columns being the first."""

    row = fields.Integer(required=True)
    message = fields.String(required=True)
    # `message` by its code; null in imports from before migration 0077.
    reason = fields.Nested(Reason, required=True, allow_none=True)
    # As in the table, in the order of the import's `columns`.
    cells = fields.List(fields.String(), required=True)


class RejectedRowList(Schema):
    items = fields.List(fields.Nested(RejectedRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)

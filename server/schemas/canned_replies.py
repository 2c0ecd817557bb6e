"""Schemas of canned replies, their import and their export."""

from typing import TypedDict

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.said.said import said
from server.schemas.chats import Named
from server.schemas.fields import MAX_ID, CleanText, Flag, Moment, Request, Whole, a_name
from server.schemas.messages import Attachment
from server.text.variables import VARIABLES, unknown_variables

MAX_REPLY = 10_000
MAX_IMPORTED = 500


def _known_variables(text: str) -> None:
    if unknown := unknown_variables(text):
        known = ", ".join(VARIABLES)
        raise ValidationError(f"Unknown variables: {', '.join(unknown[:10])}. Known are {known}.")


def _shortcut(**options: object) -> CleanText:
    pattern = validate.Regexp(
        r"^[^\s/]{1,50}$", error="Must be one word without a slash, of at most 50 characters."
    )
    return CleanText(allow_none=True, validate=pattern, **options)  # type: ignore[arg-type]


def _reply_text(**options: object) -> CleanText:
    return CleanText(validate=[validate.Length(0, MAX_REPLY), _known_variables], **options)  # type: ignore[arg-type]


def _team_id(**options: object) -> Whole:
    return Whole(allow_none=True, validate=validate.Range(1, MAX_ID), **options)  # type: ignore[arg-type]


class CreateReply(Request):
    name = a_name(100, required=True)
    # What is typed behind the slash.
    shortcut = _shortcut(load_default=None)
    text = _reply_text(load_default="")
    shared = Flag(load_default=False)
    # Of a shared one: only the users of this team see it.
    team_id = _team_id(load_default=None)


class ChangeReply(Request):
    name = a_name(100)
    shortcut = _shortcut()
    text = _reply_text()
    shared = Flag()
    team_id = _team_id()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.")


class ImportedReply(Request):
    """One row of an import."""

    name = a_name(100, required=True)
    shortcut = _shortcut(load_default=None)
    text = _reply_text(load_default="")
    shared = Flag(load_default=False)
    # The name of the team.
    team = CleanText(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    uses = Whole(load_default=0, validate=validate.Range(0, 2**31))
    last_used_at = Moment(load_default=None, allow_none=True)

    @validates_schema
    def fitting_team(self, data: dict[str, object], **_: object) -> None:
        if data.get("team") is not None and not data.get("shared"):
            raise ValidationError(said("reply_team"), "team")


class GivenImport(TypedDict, total=False):
    """An import as it was loaded: one of both."""

    replies: list[dict[str, object]]
    csv: str


class ImportReplies(Request):
    """An exported file: its `replies`, or as `csv` the text of the table."""

    replies = fields.List(fields.Dict(), validate=validate.Length(0, MAX_IMPORTED))
    csv = CleanText(validate=validate.Length(1, 900_000))

    @validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        if len(data) != 1:
            raise ValidationError("Give either replies or csv.")


class ExportQuery(Request):
    format = fields.String(load_default="json", validate=validate.OneOf(["json", "csv"]))


class ReplyForm(Schema):
    """Files to add, as `attachments`."""

    attachments = fields.List(fields.Raw(metadata={"type": "string", "format": "binary"}), required=True)


class CannedReply(Schema):
    """`text` has the variables as they were written; the app resolves them when it inserts the reply."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    shortcut = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    shared = fields.Boolean(required=True)
    team = fields.Nested(Named, required=True, allow_none=True)
    files = fields.List(fields.Nested(Attachment), required=True)
    uses = fields.Integer(required=True)
    last_used_at = fields.String(required=True, allow_none=True)
    created_by = fields.Nested(Named, required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneReply(Schema):
    reply = fields.Nested(CannedReply, required=True)


class ReplyList(Schema):
    items = fields.List(fields.Nested(CannedReply), required=True)


class RejectedReply(Schema):
    """A row that was not imported: its position from 1, its name, and why, by field."""

    row = fields.Integer(required=True)
    name = fields.String(required=True)
    fields_ = fields.Dict(
        required=True, data_key="fields", keys=fields.String(), values=fields.List(fields.String())
    )


class ImportedReplies(Schema):
    imported = fields.Integer(required=True)
    rejected = fields.List(fields.Nested(RejectedReply), required=True)

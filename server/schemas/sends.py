"""Schemas of what users write: sends, edits and reactions."""

from marshmallow import fields, validate

from server.schemas.fields import (
    MAX_ID,
    Caption,
    CleanText,
    Emoji,
    Flag,
    FlagText,
    Request,
    SeqText,
    Whole,
    not_blank,
)
from server.schemas.messages import MAX_TEXT
from server.text.graphemes import MAX_EMOJI


class Send(Request):
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )
    # The id of the quoted message in this chat.
    quote_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, MAX_ID)
    )
    client_id = CleanText(load_default=None, validate=validate.Length(1, 100))
    # The `arrived_seq` of the newest message that the sender saw: sending marks the chat as read up to there. Default:
    # the newest message.
    seen_seq: fields.Integer = Whole(load_default=None, allow_none=True, validate=validate.Range(0, MAX_ID))

    # With `seen_seq`: if a colleague, a program or the phone has written meanwhile, or the chat was assigned to another
    # user, nothing is sent (newer_messages).
    hold = Flag(load_default=False)


class EditMessage(Request):
    text = CleanText(
        required=True,
        validate=[validate.Length(1, MAX_TEXT), not_blank()],
    )


class React(Request):
    value = Emoji(required=True, metadata={"minLength": 1, "maxLength": MAX_EMOJI})


class SendForm(Send):
    """The same as a form, where all values are text."""

    quote_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    seen_seq = SeqText(load_default=None)
    hold = FlagText(load_default=False)


class SendFiles(SendForm):
    """The fields of a form with files; the text is optional."""

    text = Caption(load_default=None, validate=validate.Length(0, MAX_TEXT))


class SendForms(SendFiles):
    """The multipart/form-data variant for the OpenAPI document; server/messages/uploads.py reads the files."""

    attachments = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        metadata={"description": "Files, each sent as its own message; also accepted as `attachments[]`."},
    )
    voice_message = fields.Raw(
        metadata={
            "description": "`true`: send the Ogg Opus files in `attachments` as voice notes. Or the voice note itself, "
            "as a file."
        }
    )
    media_info = fields.String(
        metadata={
            "description": "Sizes of images and videos and durations of recordings, as JSON: a list with one "
            'object per file, in order: `[{"width": 1600, "height": 1200}, {"duration": 12}]`. Each may have '
            "`width`, `height` (pixels) and `duration` (seconds), or be `{}`. An image's own size takes precedence."
        }
    )

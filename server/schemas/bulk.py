"""Schemas of changes of many chats at once."""

from collections.abc import Mapping

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import Chat
from server.schemas.fields import MAX_ID, Flag, Moment, Request, Whole, a_name

MOST_CHATS = 200
# Action -> the fields that it takes. Those of the second table must be given.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "assign": ("user_id", "team_id", "state_seqs"),
    "close": ("category", "state_seqs", "seen_seqs"),
    "open": ("state_seqs",),
    "snooze": ("until", "wake_on_message", "state_seqs"),
    "label": ("label_id",),
    "unlabel": ("label_id",),
    "read": ("seen_seqs",),
    "unread": (),
    "archive": (),
    "unarchive": (),
}
NEEDED = {"assign": "user_id", "snooze": "until", "label": "label_id", "unlabel": "label_id"}


def _id(*, is_nullable: bool = False) -> fields.Integer:
    return Whole(validate=validate.Range(1, MAX_ID), allow_none=is_nullable)


def _seqs() -> fields.Dict:
    """Seqs by chat id."""
    return fields.Dict(
        keys=fields.Integer(validate=validate.Range(1, MAX_ID)),
        values=Whole(validate=validate.Range(0, MAX_ID)),
        validate=validate.Length(max=MOST_CHATS),
    )


class ChangeChats(Request):
    """What to do with up to 200 chats of the account; which fields go with which action is in docs/api.md."""

    chat_ids = fields.List(_id(), required=True, validate=validate.Length(1, MOST_CHATS))
    action = fields.String(required=True, validate=validate.OneOf(list(FIELDS)))
    user_id = _id(is_nullable=True)
    team_id = _id(is_nullable=True)
    until = Moment()
    wake_on_message = Flag()
    category = a_name(100)
    label_id = _id()
    # What was seen, by chat: `state_seq`, and the `arrived_seq` of the newest message.
    state_seqs = _seqs()
    seen_seqs = _seqs()

    @validates_schema
    def fitting_fields(self, data: dict[str, object], **_: object) -> None:
        action = str(data.get("action"))
        for name in data.keys() - {"chat_ids", "action", *FIELDS.get(action, ())}:
            raise ValidationError(f'Not allowed with "{action}".', name)
        if action in NEEDED and NEEDED[action] not in data:
            raise ValidationError(f'Required with "{action}".', NEEDED[action])


class SkippedChat(Schema):
    """A chat that was not changed, and why: a code of the errors. `not_found` also where it is not the caller's."""

    chat_id = fields.Integer(required=True)
    code = fields.String(
        required=True,
        validate=validate.OneOf(["not_found", "conflict", "changed", "newer_messages", "category_required"]),
    )


class ChangedChats(Schema):
    """Every chat of the request, once: changed, unchanged since it was so already, or skipped."""

    changed = fields.List(fields.Nested(Chat), required=True)
    unchanged = fields.List(fields.Integer(), required=True)
    skipped = fields.List(fields.Nested(SkippedChat), required=True)

"""Schemas of macros."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import Chat, Named
from server.schemas.fields import MAX_ID, CleanText, Request, Whole, a_name
from server.schemas.rules import MAX_TEXTS, NAME_LENGTH, Action, given_actions


def _team_ids(**options: Any) -> fields.List[int]:
    """The teams whose users see it; null: all users."""
    return fields.List(
        Whole(validate=validate.Range(1, MAX_ID)),
        allow_none=True,
        validate=validate.Length(1, MAX_TEXTS),
        **options,
    )


class CreateMacro(Request):
    name = a_name(NAME_LENGTH, required=True)
    team_ids = _team_ids(load_default=None)
    actions = given_actions(required=True)


class ChangeMacro(Request):
    name = a_name(NAME_LENGTH)
    team_ids = _team_ids()
    actions = given_actions()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "name")


class RunMacro(Request):
    # The same one again writes no message and no note a second time.
    client_id = CleanText(load_default=None, validate=validate.Length(1, 80))


class Macro(Schema):
    """A macro; `teams` are those whose users see it, unless it is for all. `may_change`: the caller may."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    is_for_all = fields.Boolean(required=True)
    teams = fields.List(fields.Nested(Named), required=True)
    actions = fields.List(fields.Nested(Action), required=True)
    may_change = fields.Boolean(required=True)
    created_by = fields.Nested(Named, required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneMacro(Schema):
    macro = fields.Nested(Macro, required=True)


class MacroList(Schema):
    items = fields.List(fields.Nested(Macro), required=True)


class RanMacro(Schema):
    """The chat as the macro has left it."""

    chat = fields.Nested(Chat, required=True)

"""Schemas of a person's preferences."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.rules.notifications import CHANNELS, EVENTS, LANGUAGES
from server.schemas.fields import Flag, Request

ChangeChannels = Request.from_dict({name: Flag() for name in CHANNELS}, name="ChangeChannels")
ChangeEvents = Request.from_dict(
    {name: fields.Nested(ChangeChannels) for name in EVENTS}, name="ChangeEvents"
)
Channels = Schema.from_dict({name: fields.Boolean(required=True) for name in CHANNELS}, name="Channels")
NotificationChoices = Schema.from_dict(
    {name: fields.Nested(Channels, required=True) for name in EVENTS}, name="NotificationChoices"
)


class ChangePreferences(Request):
    """By event and channel; what is absent stays."""

    notifications = fields.Nested(ChangeEvents, validate=validate.Length(1))
    # Whether push and mail quote messages.
    previews = Flag()
    # Of push and mail.
    language = fields.String(validate=validate.OneOf(LANGUAGES))

    @validates_schema
    def changes_something(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give notifications, previews or language.", "notifications")


class Preferences(Schema):
    seq = fields.Integer(required=True)
    notifications = fields.Nested(NotificationChoices, required=True)
    previews = fields.Boolean(required=True)
    # Null until the app has said it: English.
    language = fields.String(required=True, allow_none=True, validate=validate.OneOf(LANGUAGES))


class OnePreferences(Schema):
    preferences = fields.Nested(Preferences, required=True)

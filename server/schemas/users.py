"""Schemas of users, their one-time links, and members of accounts."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.rules.policy import MEMBER_ROLES, ROLES
from server.schemas.fields import MAX_ID, EmailAddress, Flag, Request, Whole, a_name, text
from server.schemas.loads import chat_limit, shown_limit

MIN_PASSWORD = 10


def password() -> fields.String:
    return text(MIN_PASSWORD, 1000, required=True, load_only=True)


class InviteUser(Request):
    email = EmailAddress(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    name = a_name(load_default=None)


class ChangeUser(Request):
    name = a_name()
    role = fields.String(validate=validate.OneOf(ROLES))
    is_active = Flag()
    # How many open chats they can have, in all accounts, before none are handed out to them; null: any number.
    chat_limit = chat_limit()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.")


class LinkToken(Request):
    token = text(1, 200, required=True, load_only=True)


class AcceptLink(LinkToken):
    password = password()
    name = a_name(load_default=None)
    email = EmailAddress(load_default=None)


class SetMember(Request):
    role = fields.String(required=True, validate=validate.OneOf(MEMBER_ROLES))
    # Whether they see only chats that are theirs or their teams'; left out: as before.
    restricted = Flag(load_default=None)

    @validates_schema
    def only_agents(self, data: dict[str, object], **_: object) -> None:
        if data.get("restricted") and data.get("role") != "agent":
            raise ValidationError("Only agents can be restricted.", "restricted")


class SetPayer(Request):
    user_id = Whole(required=True, validate=validate.Range(1, MAX_ID))


class NumberOfPerson(Schema):
    account_id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, validate=validate.OneOf(MEMBER_ROLES))


class TeamUser(Schema):
    id = fields.Integer(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    status = fields.String(required=True, validate=validate.OneOf(["active", "invited", "disabled"]))
    link_expires_at = fields.String(required=True, allow_none=True)
    numbers = fields.List(fields.Nested(NumberOfPerson), required=True)
    # Since when they are away; null: they are not.
    away_since = fields.String(required=True, allow_none=True)
    # How many open chats they can have, in all accounts, before none are handed out to them; null: any number.
    chat_limit = shown_limit()
    seen_at = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)


class TeamUserList(Schema):
    items = fields.List(fields.Nested(TeamUser), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OneTeamUser(Schema):
    user = fields.Nested(TeamUser, required=True)


class Link(Schema):
    url = fields.String(required=True)
    expires_at = fields.String(required=True)
    # Whether it is also sent by mail.
    is_mailed = fields.Boolean(required=True)


class TeamUserWithLink(OneTeamUser):
    link = fields.Nested(Link, required=True)


class KnownLink(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(["first_run", "invitation", "reset"]))
    email = fields.String(required=True)
    name = fields.String(required=True)


class Member(Schema):
    user_id = fields.Integer(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(MEMBER_ROLES))
    restricted = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    is_payer = fields.Boolean(required=True)
    created_at = fields.String(required=True)


class MemberList(Schema):
    items = fields.List(fields.Nested(Member), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OneMember(Schema):
    member = fields.Nested(Member, required=True)

"""Schemas of contacts, and of the fields that the team defines for them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import SAYS_SOMETHING, Chat, Ids
from server.schemas.fields import MAX_ID, CleanText, ListQuery, Request, SeqText, Whole, a_name
from server.schemas.messages import Person

# As in server/contacts/field_values.py.
KINDS = ("text", "number", "date", "yes_no", "list", "multi_list", "link", "email", "phone")
NAME_LENGTH, MAX_OPTIONS = 60, 200
# Sort keys of this list are texts in hex.
MAX_CURSOR = 1000


class ListedContact(Person):
    """The id is null where they are not stored as a contact."""

    id = fields.Integer(required=True, allow_none=True)


class ChatPeople(Schema):
    """The contacts in a chat, without the account itself; `files` counts its images, videos, recordings and files."""

    items = fields.List(fields.Nested(ListedContact), required=True)
    files = fields.Integer(required=True)


class ContactQuery(ListQuery):
    account_id = SeqText(load_default=None, allow_none=True)
    # Only contacts whose name, phone, username, WhatsApp id or fields contain this.
    q = CleanText(load_default=None, validate=[validate.Length(1, 100), SAYS_SOMETHING])
    # Ids separated by commas: contacts that have all of these labels.
    labels = Ids(load_default=None, allow_none=True)
    cursor = fields.String(load_default=None, validate=validate.Length(max=MAX_CURSOR))


class FieldId(fields.Field[int]):
    """The id of a field as the key of an object."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or int(value) > MAX_ID:
            raise ValidationError("Must be the id of a field.")
        return int(value)


class PatchContact(Request):
    # Ours, beside WhatsApp's; null removes it.
    own_name = a_name(allow_none=True)
    # By the field's id, a value of its kind; null empties it.
    fields_ = fields.Dict(
        keys=FieldId(),
        values=fields.Raw(allow_none=True),
        data_key="fields",
        attribute="fields",
        validate=validate.Length(1, 100),
    )

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "own_name")


class PushedContact(Schema):
    """A contact as `contact:updated` has it. `name` is shown: ours (`own_name`), else WhatsApp's. `fields` has values
    by the ids of their fields, `labels` the ids of shared labels.
    """

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    provider_id = fields.String(required=True)
    provider_ids = fields.List(fields.String(), required=True)
    name = fields.String(required=True, allow_none=True)
    own_name = fields.String(required=True, allow_none=True)
    whatsapp_name = fields.String(required=True, allow_none=True)
    username = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    avatar = fields.String(required=True, allow_none=True)
    fields_ = fields.Dict(keys=fields.String(), values=fields.Raw(), data_key="fields", required=True)
    labels = fields.List(fields.Integer(), required=True)
    # The main contact that this one is merged into by hand.
    merged_into = fields.Integer(required=True, allow_none=True)
    seq = fields.Integer(required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class MergedContact(Person):
    """A contact that is merged into another."""

    id = fields.Integer(required=True)
    username = fields.String(required=True, allow_none=True)


class Contact(PushedContact):
    """A contact with its direct chat, null where there is none or the caller does not see it, and those merged into
    it.
    """

    chat_id = fields.Integer(required=True, allow_none=True)
    merged = fields.List(fields.Nested(MergedContact), required=True)


class MergeContact(Request):
    # Another contact of the account, which is the same person.
    contact_id = Whole(required=True, validate=validate.Range(1, MAX_ID))


class OneContact(Schema):
    contact = fields.Nested(Contact, required=True)


class ContactList(Schema):
    items = fields.List(fields.Nested(Contact), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ContactChats(Schema):
    """The direct chats of the person on the caller's accounts, most recent first."""

    items = fields.List(fields.Nested(Chat), required=True)


def _options(**more: Any) -> fields.List[str]:
    return fields.List(CleanText(), validate=validate.Length(max=MAX_OPTIONS), **more)


class CreateField(Request):
    name = a_name(NAME_LENGTH, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    # What a list offers.
    options = _options(load_default=list)


class ChangeField(Request):
    name = a_name(NAME_LENGTH)
    options = _options()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "name")


class ContactField(Schema):
    """A field of contacts. `options` is what a list offers, empty for other kinds."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    options = fields.List(fields.String(), required=True)
    created_at = fields.String(required=True)


class OneField(Schema):
    field = fields.Nested(ContactField, required=True)


class FieldList(Schema):
    items = fields.List(fields.Nested(ContactField), required=True)

"""Schemas of conversations, activities, owners, teams and their settings."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import CHAT_STATUSES, Named
from server.schemas.fields import MAX_ID, Flag, Moment, Request, Whole, a_name
from server.schemas.loads import assignment_mode, shown_mode
from server.schemas.messages import AUTHOR_KINDS
from server.schemas.notes import WriteNote


def _id(**options: Any) -> fields.Integer:
    return Whole(validate=validate.Range(1, MAX_ID), **options)


def _seq() -> fields.Integer:
    """A seq that the caller has seen; without it nothing is checked."""
    return Whole(load_default=None, allow_none=True, validate=validate.Range(0, MAX_ID))


class SetStatus(Request):
    status = fields.String(required=True, validate=validate.OneOf(CHAT_STATUSES))
    # With `snoozed`: until when, and whether a message of the contact ends it before.
    until = Moment(load_default=None)
    wake_on_message = Flag(load_default=True)
    # With `closed`: what the conversation was about.
    category = a_name(100, load_default=None)
    # With `closed`: stored with the change, or not at all.
    note = fields.Nested(WriteNote, load_default=None, allow_none=True)
    # The `arrived_seq` of the newest message that was seen: with newer ones a chat is not closed (newer_messages).
    seen_seq = _seq()
    # The chat's `state_seq` that was seen: with another one nothing is changed (changed).
    state_seq = _seq()

    @validates_schema
    def fitting_fields(self, data: dict[str, object], **_: object) -> None:
        status = data.get("status")
        if (status == "snoozed") != (data.get("until") is not None):
            raise ValidationError('Required with "snoozed", and only allowed with it.', "until")
        if not data.get("wake_on_message") and status != "snoozed":
            raise ValidationError('Only allowed with "snoozed".', "wake_on_message")
        for name in ("category", "note"):
            if data.get(name) is not None and status != "closed":
                raise ValidationError('Only allowed with "closed".', name)


class SetAssignee(Request):
    """The owner: a user who can answer in the account, a team, both, or with nulls none."""

    user_id = _id(required=True, allow_none=True)
    team_id = _id(load_default=None, allow_none=True)
    state_seq = _seq()
    # Stored with the assignment, or not at all.
    note = fields.Nested(WriteNote, load_default=None, allow_none=True)


class Conversation(Schema):
    """A conversation of a chat. `opener_id`, `first_reply_by` and `closed_by` are ids of users, or of a key that
    opened it; null: the contact, the phone, or not yet.
    """

    id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    opened_at = fields.String(required=True)
    opened_by = fields.String(required=True, validate=validate.OneOf(["contact", "user", "api_key"]))
    opener_id = fields.Integer(required=True, allow_none=True)
    # The conversation before it: this one began when the contact wrote again, or was written to again.
    follows_id = fields.Integer(required=True, allow_none=True)
    first_reply_at = fields.String(required=True, allow_none=True)
    first_reply_by = fields.Integer(required=True, allow_none=True)
    reopened_at = fields.String(required=True, allow_none=True)
    closed_at = fields.String(required=True, allow_none=True)
    closed_by = fields.Integer(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)


class ConversationList(Schema):
    items = fields.List(fields.Nested(Conversation), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


ACTIVITY_KINDS = ("assigned", "closed", "labelled", "opened", "ran", "rated", "snoozed", "unlabelled", "woke")


class ActivityActor(Schema):
    kind = fields.String(required=True, validate=validate.OneOf([*AUTHOR_KINDS[:3], "system"]))
    id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)


class Activity(Schema):
    """What a user did with a chat, or how its contact rated it. `details` by kind: assigned `assignee_id`, `assignee`,
    `team_id`, `team`, `before_id`; closed `category`; rated `score`, `survey_id`; snoozed `until`, `wake_on_message`;
    labelled and unlabelled `label_id`, `label`; ran (a rule) `outcome` and `actions`, each with its
    `kind` and `error`.
    """

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(ACTIVITY_KINDS))
    actor = fields.Nested(ActivityActor, required=True)
    details = fields.Dict(required=True, keys=fields.String())
    at = fields.String(required=True)
    seq = fields.Integer(required=True)


class ActivityList(Schema):
    items = fields.List(fields.Nested(Activity), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Team(Schema):
    """A group of users that chats are assigned to; disabled users are left out."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    users = fields.List(fields.Nested(Named), required=True)
    # How chats of the team without a user are handed out to its users; null: as each account does.
    assignment_mode = shown_mode(can_be_absent=True)
    created_at = fields.String(required=True)


class OneTeam(Schema):
    team = fields.Nested(Team, required=True)


class TeamList(Schema):
    items = fields.List(fields.Nested(Team), required=True)


class CreateTeam(Request):
    name = a_name(100, required=True)
    user_ids = fields.List(_id(), load_default=list)
    # How chats of the team without a user are handed out to its users; null: as each account does.
    assignment_mode = assignment_mode(can_be_absent=True)


class ChangeTeam(Request):
    name = a_name(100)
    user_ids = fields.List(_id())
    assignment_mode = assignment_mode(can_be_absent=True)

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.")


class TeamSettings(Schema):
    # Answering a chat without an assignee assigns it.
    answer_assigns = fields.Boolean(required=True)
    # Archived chats stay archived when their contact writes.
    keep_archived = fields.Boolean(required=True)


class OneTeamSettings(Schema):
    settings = fields.Nested(TeamSettings, required=True)


class ChangeTeamSettings(Request):
    answer_assigns = Flag()
    keep_archived = Flag()

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "answer_assigns")

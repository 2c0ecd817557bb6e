"""Schemas of rules, their runs and trials; and of actions, which macros have too."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.schemas.chats import Named
from server.schemas.errors import Reason
from server.schemas.fields import MAX_ID, CleanText, Flag, Request, Whole, a_name, not_blank
from server.schemas.notes import MAX_NOTE

NAME_LENGTH, MOST, MAX_MINUTES = 60, 10, 43_200
MAX_TEXTS, MAX_TEXT = 20, 100
EVENTS = (
    *("message_in", "message_out", "send_failed", "opened", "assigned", "labelled", "unlabelled"),
    *("closed", "woke", "unreplied", "unassigned"),
)
OUTCOMES = ("done", "partly", "failed")
# kind -> tests; the second are those that need ids or texts.
TESTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": ((), ("contains", "words", "contains_not")),
    "label": ((), ("any", "none")),
    "hours": (("open", "closed"), ()),
    "assignee": (("any", "none"), ("one_of",)),
    "team": (("any", "none"), ("one_of",)),
    "new_contact": (("yes", "no"), ()),
    "chat_kind": (("direct", "group"), ()),
}
# kind -> fields that it needs, and that it may have.
ACTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "assign": ((), ("user_id", "team_id")),
    "label": (("label_id",), ()),
    "unlabel": (("label_id",), ()),
    "close": ((), ("category",)),
    "snooze": (("minutes",), ("wake_on_message",)),
    "note": (("text",), ()),
    "reply": (("reply_id",), ()),
    "notify": (("user_ids",), ()),
}
TEST_NAMES = sorted({test for pair in TESTS.values() for tests in pair for test in tests})


def given_id(**options: Any) -> fields.Integer:
    return Whole(validate=validate.Range(1, MAX_ID), **options)


def _ids(most: int = MAX_TEXTS, least: int = 0) -> fields.List[int]:
    return fields.List(given_id(), load_default=list, validate=validate.Length(least, most))


class GivenCondition(Request):
    """What must hold. `text`: the message contains any of `texts` (case and accents do not matter), has it as words,
    or contains none. `label`, `assignee`, `team`: of `ids`. A rule about labels tests the one that was added or
    removed.
    """

    kind = fields.String(required=True, validate=validate.OneOf(tuple(TESTS)))
    test = fields.String(required=True, validate=validate.OneOf(TEST_NAMES))
    ids = _ids()
    texts = fields.List(
        CleanText(validate=[validate.Length(1, MAX_TEXT), not_blank()]),
        load_default=list,
        validate=validate.Length(max=MAX_TEXTS),
    )

    @validates_schema
    def fitting_fields(self, data: dict[str, Any], **_: object) -> None:
        plain, listing = TESTS[data["kind"]]
        if data["test"] not in (*plain, *listing):
            raise ValidationError("Not a test of this kind.", "test")
        wanted = None if data["test"] in plain else "texts" if data["kind"] == "text" else "ids"
        for name in ("ids", "texts"):
            if bool(data[name]) != (name == wanted):
                raise ValidationError("Required with this kind and test, or not allowed with it.", name)


class GivenAction(Request):
    """What to do. `assign`: to a user, a team, both or none. `snooze`: for `minutes`. `note` has a `text`; `reply`
    sends a shared canned reply; `notify` tells users.
    """

    kind = fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))
    user_id = given_id(load_default=None, allow_none=True)
    team_id = given_id(load_default=None, allow_none=True)
    label_id = given_id(load_default=None, allow_none=True)
    reply_id = given_id(load_default=None, allow_none=True)
    user_ids = _ids()
    text = CleanText(load_default=None, allow_none=True, validate=[validate.Length(1, MAX_NOTE), not_blank()])
    category = a_name(100, load_default=None, allow_none=True)
    minutes = Whole(load_default=None, allow_none=True, validate=validate.Range(1, MAX_MINUTES))
    wake_on_message = Flag(load_default=True)

    @validates_schema
    def fitting_fields(self, data: dict[str, Any], **_: object) -> None:
        needed, allowed = ACTIONS[data["kind"]]
        for name, value in data.items():
            is_given = not value if name == "wake_on_message" else value not in (None, [])
            if name in needed and not is_given:
                raise ValidationError("Required with this kind.", name)
            if is_given and name not in ("kind", *needed, *allowed):
                raise ValidationError("Not allowed with this kind.", name)


def given_actions(**options: Any) -> fields.List[dict[str, object]]:
    return fields.List(fields.Nested(GivenAction), validate=validate.Length(1, MOST), **options)


def _conditions(**options: Any) -> fields.List[dict[str, object]]:
    return fields.List(fields.Nested(GivenCondition), validate=validate.Length(max=MOST), **options)


def _event(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(EVENTS), **options)


def given_minutes(**options: Any) -> Whole:
    return Whole(allow_none=True, validate=validate.Range(1, MAX_MINUTES), **options)


class CreateRule(Request):
    name = a_name(NAME_LENGTH, required=True)
    # The accounts whose chats it is for: all of them the caller's own, by role.
    account_ids = fields.List(given_id(), required=True, validate=validate.Length(1, MAX_TEXTS))
    is_on = Flag(load_default=False)
    # Whether rules after it do not run for the same event.
    stops = Flag(load_default=False)
    event = _event(required=True)
    # With `unreplied` and `unassigned`: after how long.
    minutes = given_minutes(load_default=None)
    # All of them must hold.
    conditions = _conditions(load_default=list)
    actions = given_actions(required=True)


class ChangeRule(Request):
    name = a_name(NAME_LENGTH)
    account_ids = fields.List(given_id(), validate=validate.Length(1, MAX_TEXTS))
    is_on = Flag()
    stops = Flag()
    event = _event()
    minutes = given_minutes()
    conditions = _conditions()
    actions = given_actions()
    # Puts it after this rule, or with null before all others.
    after_id = given_id(allow_none=True)

    @validates_schema
    def any_field(self, data: dict[str, object], **_: object) -> None:
        if not data:
            raise ValidationError("Give at least one field to change.", "name")


class TryRule(Request):
    """A rule that need not be stored, and a chat that the caller sees."""

    account_id = given_id(required=True)
    chat_id = given_id(required=True)
    event = _event(required=True)
    minutes = given_minutes(load_default=None)
    conditions = _conditions(load_default=list)
    actions = given_actions(required=True)


class Condition(Schema):
    """As it was given, whole."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(TESTS)))
    test = fields.String(required=True, validate=validate.OneOf(TEST_NAMES))
    ids = fields.List(fields.Integer(), required=True)
    texts = fields.List(fields.String(), required=True)


class Action(Schema):
    """As it was given, whole."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))
    user_id = fields.Integer(required=True, allow_none=True)
    team_id = fields.Integer(required=True, allow_none=True)
    label_id = fields.Integer(required=True, allow_none=True)
    reply_id = fields.Integer(required=True, allow_none=True)
    user_ids = fields.List(fields.Integer(), required=True)
    text = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    wake_on_message = fields.Boolean(required=True)


class Rule(Schema):
    """A rule; `account_ids` are those that the caller owns. `may_change`: the caller owns all of them."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    account_ids = fields.List(fields.Integer(), required=True)
    is_on = fields.Boolean(required=True)
    stops = fields.Boolean(required=True)
    event = fields.String(required=True, validate=validate.OneOf(EVENTS))
    minutes = fields.Integer(required=True, allow_none=True)
    conditions = fields.List(fields.Nested(Condition), required=True)
    actions = fields.List(fields.Nested(Action), required=True)
    may_change = fields.Boolean(required=True)
    created_by = fields.Nested(Named, required=True, allow_none=True)
    last_run_at = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)


class OneRule(Schema):
    rule = fields.Nested(Rule, required=True)


class RuleList(Schema):
    items = fields.List(fields.Nested(Rule), required=True)


class ActionError(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    reason = fields.Nested(Reason)


class ActionResult(Schema):
    """What became of an action; `error` says why it was left out."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))
    error = fields.Nested(ActionError, required=True, allow_none=True)


class RuleRun(Schema):
    """A run in a chat that the caller sees; `event_seq` is null for a rule that waits for a time."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    title = fields.String(required=True, allow_none=True)
    event_seq = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    actions = fields.List(fields.Nested(ActionResult), required=True)
    at = fields.String(required=True)


class RuleRunList(Schema):
    items = fields.List(fields.Nested(RuleRun), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TriedEvent(Schema):
    """The chat's newest event of the rule's kind; of a message its id."""

    message_id = fields.Integer(required=True, allow_none=True)
    at = fields.String(required=True)


class Trial(Schema):
    """Whether the rule would run, which of its conditions hold, in their order, and what each action would do."""

    event = fields.Nested(TriedEvent, required=True, allow_none=True)
    would_run = fields.Boolean(required=True)
    conditions = fields.List(fields.Boolean(), required=True)
    actions = fields.List(fields.Nested(ActionResult), required=True)

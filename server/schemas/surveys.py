"""Schemas of surveys: a number's settings, ratings, and averages."""

from typing import Any

from marshmallow import Schema, fields, validate

from server.schemas.fields import MAX_ID, CleanText, Flag, ListQuery, Moment, Request, Whole, not_blank

MAX_SURVEY_TEXT = 1000


def _score(**options: Any) -> fields.Integer:
    return fields.Integer(validate=validate.Range(1, 5), **options)


class PutSurveySettings(Request):
    is_on = Flag(required=True)
    # null: the default text.
    question = CleanText(
        load_default=None, allow_none=True, validate=[validate.Length(1, MAX_SURVEY_TEXT), not_blank()]
    )
    # null: the default text; "": nothing answers a rating.
    thanks = CleanText(load_default=None, allow_none=True, validate=validate.Length(0, MAX_SURVEY_TEXT))
    # From the closing to the question.
    delay_minutes = Whole(load_default=5, validate=validate.Range(1, 1440))
    # A contact is asked once in so many days.
    pause_days = Whole(load_default=30, validate=validate.Range(1, 365))


class SurveyDefaults(Schema):
    """What is written where a text is null, in the number's language, which follows from its country."""

    language = fields.String(required=True, validate=validate.OneOf(["en", "de", "es", "pt"]))
    question = fields.String(required=True)
    thanks = fields.String(required=True)


class ShownSurveySettings(Schema):
    is_on = fields.Boolean(required=True)
    question = fields.String(required=True, allow_none=True)
    thanks = fields.String(required=True, allow_none=True)
    delay_minutes = fields.Integer(required=True)
    pause_days = fields.Integer(required=True)
    defaults = fields.Nested(SurveyDefaults, required=True)


class OneSurveySettings(Schema):
    settings = fields.Nested(ShownSurveySettings, required=True)


class SummaryQuery(Request):
    account_id = fields.Integer(load_default=None, validate=validate.Range(1, MAX_ID))
    # Who was rated; 0: the phone.
    user_id = fields.Integer(load_default=None, validate=validate.Range(0, MAX_ID))
    # When it was answered, with `since` and without `until`.
    since = Moment(load_default=None)
    until = Moment(load_default=None)


class SurveyFilter(SummaryQuery):
    score = _score(load_default=None)


class SurveyQuery(ListQuery, SurveyFilter):
    """Newest first."""


class RatedUser(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)


class Survey(Schema):
    """An answered survey. `user` wrote last before the closing; null: the phone. `comment` is what the contact wrote
    about it, the text of the message `comment_id`.
    """

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    chat_id = fields.Integer(required=True)
    conversation_id = fields.Integer(required=True)
    chat_title = fields.String(required=True, allow_none=True)
    score = _score(required=True)
    comment = fields.String(required=True, allow_none=True)
    user = fields.Nested(RatedUser, required=True, allow_none=True)
    asked_at = fields.String(required=True)
    answered_at = fields.String(required=True)
    # The question and the answer; null once they are deleted.
    message_id = fields.Integer(required=True, allow_none=True)
    answer_id = fields.Integer(required=True, allow_none=True)
    comment_id = fields.Integer(required=True, allow_none=True)


class SurveyList(Schema):
    items = fields.List(fields.Nested(Survey), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SurveyFigures(Schema):
    asked = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    average = fields.Float(required=True, allow_none=True)
    # How many gave 1, 2, 3, 4 and 5.
    scores = fields.List(fields.Integer(), required=True)


class AccountFigures(SurveyFigures):
    account_id = fields.Integer(required=True)


class UserFigures(SurveyFigures):
    """`user` is null for the phone."""

    user = fields.Nested(RatedUser, required=True, allow_none=True)


class SurveySummary(Schema):
    total = fields.Nested(SurveyFigures, required=True)
    accounts = fields.List(fields.Nested(AccountFigures), required=True)
    users = fields.List(fields.Nested(UserFigures), required=True)

"""Surveys: a number's settings, the ratings in the caller's chats, their averages, and all as a CSV file."""

from collections.abc import AsyncIterator
from typing import cast

import orjson
from aiohttp import web
from marshmallow import Schema

from server.accounts.survey_settings import change_survey_settings, shown_settings
from server.errors import NotFound
from server.media.csv import csv_head, csv_rows
from server.schemas.surveys import PutSurveySettings, SummaryQuery, SurveyFilter, SurveyQuery
from server.store.accounts import accounts
from server.store.db.keyset_pages import Page
from server.store.surveys import survey_lists, survey_settings
from server.store.surveys.survey_lists import Figures, ListedSurvey, SurveyFilters, SurveyScope
from server.store.surveys.survey_settings import SurveySettings
from server.web.app_keys import ACTOR, DATABASE
from server.web.callers import key_accounts
from server.web.requests import (
    caller,
    json_answer,
    load_body,
    load_query,
    page_answer,
    path_id,
    provider_of,
    stream_answer,
    time_cursor,
)

SETTINGS, QUERY, FILTER, SUMMARY_QUERY = PutSurveySettings(), SurveyQuery(), SurveyFilter(), SummaryQuery()
ROWS_PER_READ = 1000
CSV_COLUMNS = ("answered_at", "account_id", "chat_id", "chat_title", "score", "comment", "user", "asked_at")


async def show_survey_settings(request: web.Request) -> web.Response:
    """Whether and how the number asks for ratings."""
    stored = await request.app[DATABASE].read(survey_settings.fetch_settings, await _own_account(request))
    return json_answer({"settings": shown_settings(stored)})


async def put_survey_settings(request: web.Request) -> web.Response:
    """Store all settings of the number; what is left out is the default."""
    given = cast(SurveySettings, await load_body(request, SETTINGS))
    account_id = await _own_account(request)
    stored = await request.app[DATABASE].write(change_survey_settings, account_id, given, request[ACTOR])
    return json_answer({"settings": shown_settings(stored)})


async def list_surveys(request: web.Request) -> web.Response:
    """The ratings in chats that the caller sees, newest first."""
    query = load_query(request, QUERY)
    page = await request.app[DATABASE].read(
        survey_lists.list_surveys, _scope(request, QUERY), query["limit"], time_cursor(query["cursor"])
    )
    return page_answer(page)


async def summarise_surveys(request: web.Request) -> web.Response:
    """Averages of numbers and users, for whole days; without numbers of which the caller sees only their own chats."""
    scope = _scope(request, SUMMARY_QUERY)
    summary = await request.app[DATABASE].read(survey_lists.summarise_surveys, scope)
    return json_answer(
        {
            "total": _figures(summary.total),
            "accounts": [
                {"account_id": account_id, **_figures(figures)}
                for account_id, figures in summary.accounts.items()
            ],
            "users": [
                {
                    "user": None if user.id is None else {"id": user.id, "name": user.name},
                    **_figures(user.figures),
                }
                for user in summary.users
            ],
        }
    )


async def export_surveys(request: web.Request) -> web.StreamResponse:
    """The same as the list as one CSV file; cells that a spreadsheet would evaluate begin with an apostrophe."""
    scope = _scope(request, FILTER)
    # Read before the response begins, so that a Postgres that is away is reported as a normal error.
    page = await request.app[DATABASE].read(survey_lists.list_surveys, scope, ROWS_PER_READ, None)
    answer = web.StreamResponse()
    answer.content_type, answer.charset = "text/csv", "utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="ratings.csv"'
    return await stream_answer(request, answer, _csv_chunks(request, scope, page))


async def _csv_chunks(request: web.Request, scope: SurveyScope, page: Page) -> AsyncIterator[bytes]:
    yield csv_head(CSV_COLUMNS)
    while page.items:
        yield csv_rows(_cells(orjson.loads(item)) for item in page.items)
        if page.next_key is None:
            return
        page = await request.app[DATABASE].read(
            survey_lists.list_surveys, scope, ROWS_PER_READ, page.next_key
        )


def _cells(survey: ListedSurvey) -> list[object]:
    user = survey["user"]
    shown: dict[str, object] = {**survey, "user": "phone" if user is None else user["name"] or user["id"]}
    return [shown[column] for column in CSV_COLUMNS]


def _figures(figures: Figures) -> dict[str, object]:
    return {
        "asked": figures.asked,
        "answered": figures.answered,
        "average": figures.average,
        "scores": figures.scores,
    }


def _scope(request: web.Request, schema: Schema) -> SurveyScope:
    filters = cast(SurveyFilters, load_query(request, schema))
    return SurveyScope(caller(request), provider_of(request), key_accounts(request), filters)


async def _own_account(request: web.Request) -> int:
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    return own.id

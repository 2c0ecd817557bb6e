"""Reports: figures of a period, compared with the one before, and the facts behind each of them."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, TypedDict, cast

from aiohttp import web

from server.errors import NotFound
from server.media.csv import csv_head, csv_rows
from server.rules.buckets import SHOWN_EDGES
from server.rules.facts import MEASURES, Measure
from server.rules.figures import Figures, Messages, grouped
from server.rules.periods import Period, following_step
from server.schemas.reports import (
    BacklogQuery,
    FactFilterQuery,
    FactQuery,
    ReportGroupQuery,
    ReportQuery,
    VolumeQuery,
)
from server.store.reports import fact_lists, figures, volume
from server.store.reports.fact_lists import FactFilter, FactLine, Outcome
from server.store.reports.figures import Clock, CountedStep, Selection
from server.store.reports.volume import CountedVolume, VolumeLine
from server.web.app_keys import DATABASE
from server.web.callers import key_accounts
from server.web.requests import caller, json_answer, load_query, page_answer, stream_answer, time_cursor

REPORT_QUERY, GROUP_QUERY, BACKLOG_QUERY = ReportQuery(), ReportGroupQuery(), BacklogQuery()
FACT_QUERY, FACT_FILTER, VOLUME_QUERY = FactQuery(), FactFilterQuery(), VolumeQuery()
FILTERS = frozenset(field.name for field in fields(FactFilter))
LINES_PER_READ = 1000


class Asked(TypedDict):
    """What the queries of reports have in common, as it is loaded; the others' fields are those of their schema."""

    account_id: int | None
    period: Period


class Selected(Asked):
    """Which facts a report counts."""

    user_id: int | None
    label_id: int | None
    team_id: int | None
    clock: Clock


class Filtered(Selected):
    """Which facts a list has."""

    measure: Measure
    at_least: int | None
    below: int | None
    target: Outcome | None
    open_at: str | None


async def _reported(request: web.Request, account_id: int | None) -> dict[int, bool]:
    """The accounts of the report, and whether theirs are complete; raises NotFound for an account that is not the
    caller's as a whole.
    """
    found = await request.app[DATABASE].read(
        figures.list_reported, caller(request), account_id, key_accounts(request)
    )
    if account_id is not None and not found:
        raise NotFound
    return found


def _selection(query: Selected, account_ids: Sequence[int]) -> Selection:
    dimensions = (query["user_id"], query["label_id"], query["team_id"])
    return Selection(account_ids, query["period"], query["clock"], *dimensions)


async def show_report(request: web.Request) -> web.Response:
    """What happened in a period: how many, how long, in which buckets and steps, and how it was before."""
    query = load_query(request, REPORT_QUERY)
    reported = await _reported(request, query["account_id"])
    rows = await request.app[DATABASE].read(
        figures.list_steps, _selection(cast(Selected, query), list(reported))
    )
    period: Period = query["period"]
    return json_answer(
        {
            "now": _days(period),
            "before": _days(period.before),
            "step": period.step,
            "bucket_starts": SHOWN_EDGES,
            "measures": [_measure(measure, period, rows) for measure in MEASURES],
            "is_complete": all(reported.values()),
        }
    )


def _days(period: Period) -> dict[str, str]:
    return {"since": period.since.isoformat(), "until": period.until.isoformat()}


def _measure(measure: Measure, period: Period, rows: Sequence[CountedStep]) -> dict[str, object]:
    own = [row for row in rows if row.measure == measure]
    steps = grouped((row.first_day, row.counted) for row in own)
    whole = grouped((row.first_day is None, row.counted) for row in own)
    return {
        "measure": measure,
        "now": whole.get(False, Figures()).full(),
        "before": whole.get(True, Figures()).full(),
        "steps": [step | steps.get(first, Figures()).summary() for first, step in _steps_of(period)],
    }


def _steps_of(period: Period) -> Iterator[tuple[date, dict[str, object]]]:
    """The first day of each step, and what the answer says of its days."""
    for first in period.step_starts():
        last = following_step(period.step, first) - timedelta(days=1)
        yield first, {"first_day": first.isoformat(), "last_day": min(last, period.until).isoformat()}


async def compare_groups(request: web.Request) -> web.Response:
    """The same for each user, account, label or team, those with the most first."""
    query = load_query(request, GROUP_QUERY)
    reported = await _reported(request, query["account_id"])
    selection, by = _selection(cast(Selected, query), list(reported)), query["by"]
    rows = await request.app[DATABASE].read(figures.list_groups, selection, by)
    found = grouped(((row.group_id, row.measure, row.is_before), row.counted) for row in rows)
    ids = sorted({row.group_id for row in rows})
    names = await request.app[DATABASE].read(figures.list_names, by, ids)
    weights = Counter(dict.fromkeys(ids, 0))
    for row in rows:
        weights[row.group_id] += 0 if row.is_before else row.counted.n
    return json_answer(
        {
            "items": [
                {"id": group_id, "name": names.get(group_id), "measures": _compared(found, group_id)}
                for group_id, _ in weights.most_common()
            ]
        }
    )


def _compared(found: Mapping[tuple[int, Measure, bool], Figures], group_id: int) -> list[dict[str, object]]:
    return [
        {
            "measure": measure,
            "now": found.get((group_id, measure, False), Figures()).summary(),
            "before": found.get((group_id, measure, True), Figures()).summary(),
        }
        for measure in MEASURES
    ]


async def show_backlog(request: web.Request) -> web.Response:
    """How many conversations were open, by hour."""
    query = load_query(request, BACKLOG_QUERY)
    reported = await _reported(request, query["account_id"])
    period: Period = query["period"]
    since, until = (
        datetime.combine(day, time(), query["time_zone"])
        for day in (period.since, period.until + timedelta(days=1))
    )
    rows = await request.app[DATABASE].read(figures.list_backlog, list(reported), since, until)
    return json_answer(
        {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "items": [row._asdict() | {"hour": row.hour.isoformat()} for row in rows],
        }
    )


async def show_volume(request: web.Request) -> web.Response:
    """How many messages were received and sent: step by step, by user and by account, and how many before."""
    query = load_query(request, VOLUME_QUERY)
    reported = await _reported(request, query["account_id"])
    period: Period = query["period"]
    database = request.app[DATABASE]
    rows = await database.read(volume.list_volume, list(reported), period, query["user_id"])
    users, accounts = {row.user_id for row in rows}, {row.account_id for row in rows}
    user_names = await database.read(figures.list_names, "user", users)
    account_names = await database.read(figures.list_names, "account", accounts)
    return json_answer(
        {
            "now": _days(period),
            "before": _days(period.before),
            "step": period.step,
            "total": _compared_volume(rows),
            "steps": _volume_steps(period, rows),
            "users": _volume_groups(rows, user_names, "user_id"),
            "accounts": _volume_groups(rows, account_names, "account_id"),
            "is_complete": all(reported.values()),
        }
    )


def _messages(rows: Iterable[CountedVolume]) -> dict[str, int]:
    found = Messages()
    for row in rows:
        found.add(row.received, row.sent)
    return found.as_json()


def _compared_volume(rows: Sequence[CountedVolume]) -> dict[str, object]:
    return {
        "now": _messages(row for row in rows if row.first_day is not None),
        "before": _messages(row for row in rows if row.first_day is None),
    }


def _volume_steps(period: Period, rows: Sequence[CountedVolume]) -> list[dict[str, object]]:
    found: dict[date, Messages] = defaultdict(Messages)
    for row in rows:
        if row.first_day is not None:
            found[row.first_day].add(row.received, row.sent)
    return [step | found[first].as_json() for first, step in _steps_of(period)]


def _volume_groups(
    rows: Sequence[CountedVolume], names: Mapping[int, str | None], by: Literal["user_id", "account_id"]
) -> list[dict[str, object]]:
    own: dict[int, list[CountedVolume]] = defaultdict(list)
    weights: Counter[int] = Counter()
    for row in rows:
        group_id: int = getattr(row, by)
        own[group_id].append(row)
        weights[group_id] += 0 if row.first_day is None else row.received + row.sent
    return [
        {"id": group_id, "name": names.get(group_id)} | _compared_volume(own[group_id])
        for group_id, _ in weights.most_common()
    ]


async def export_volume(request: web.Request) -> web.StreamResponse:
    """The same by day, number and user, as one CSV file."""
    query = load_query(request, VOLUME_QUERY)
    period: Period = query["period"]
    values = (list(await _reported(request, query["account_id"])), period, query["user_id"], LINES_PER_READ)
    lines = await request.app[DATABASE].read(volume.read_volume_lines, *values, None)
    answer = web.StreamResponse()
    answer.content_type, answer.charset = "text/csv", "utf-8"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="messages-{period.since}-{period.until}.csv"'
    )

    async def chunks() -> AsyncIterator[bytes]:
        found: Sequence[VolumeLine] = lines
        yield csv_head(VolumeLine._fields)
        while found:
            yield csv_rows(found)
            found = await request.app[DATABASE].read(volume.read_volume_lines, *values, found[-1])

    return await stream_answer(request, answer, chunks())


async def _fact_filter(request: web.Request, query: Filtered) -> FactFilter:
    period, account_ids = query["period"], list(await _reported(request, query["account_id"]))
    given: dict[str, Any] = {name: value for name, value in query.items() if name in FILTERS}
    return FactFilter(account_ids=account_ids, since=period.since, until=period.until, **given)


async def list_report_facts(request: web.Request) -> web.Response:
    """The facts behind a figure with their chats, newest first."""
    query = load_query(request, FACT_QUERY)
    before = time_cursor(query["cursor"])
    wanted = await _fact_filter(request, cast(Filtered, query))
    return page_answer(
        await request.app[DATABASE].read(fact_lists.list_facts, wanted, query["limit"], before)
    )


async def export_report(request: web.Request) -> web.StreamResponse:
    """The same as one CSV file; cells that a spreadsheet would evaluate begin with an apostrophe."""
    wanted = await _fact_filter(request, cast(Filtered, load_query(request, FACT_FILTER)))
    # Read before the response begins, so that a Postgres that is away is reported as a normal error.
    lines = await request.app[DATABASE].read(fact_lists.read_lines, wanted, LINES_PER_READ, None)
    answer = web.StreamResponse()
    answer.content_type, answer.charset = "text/csv", "utf-8"
    name = f"{wanted.measure}-{wanted.since}-{wanted.until}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return await stream_answer(request, answer, _csv_chunks(request, wanted, lines))


async def _csv_chunks(
    request: web.Request, wanted: FactFilter, lines: Sequence[FactLine]
) -> AsyncIterator[bytes]:
    yield csv_head(FactLine._fields)
    while lines:
        yield csv_rows(lines)
        before = (lines[-1].at, lines[-1].id)
        lines = await request.app[DATABASE].read(fact_lists.read_lines, wanted, LINES_PER_READ, before)

"""The caller's plans and usage."""

from aiohttp import web

from server.config.plans import PROVIDERS
from server.plans.overview import describe_entitlements, describe_usage
from server.rules.plans import (
    current_period,
)
from server.schemas.usage import UsageQuery
from server.web.app_keys import CONFIG, DATABASE
from server.web.requests import caller, json_answer, load_query

USAGE_QUERY = UsageQuery()


async def show_entitlements(request: web.Request) -> web.Response:
    """The caller's plan for each provider, with its current usage."""
    plans = request.app[CONFIG].plans
    return json_answer(await request.app[DATABASE].read(describe_entitlements, plans, caller(request)))


async def show_usage(request: web.Request) -> web.Response:
    """The caller's counters of a month and of each of its days."""
    period = load_query(request, USAGE_QUERY)["period"] or current_period()
    plans = request.app[CONFIG].plans
    items = [
        await request.app[DATABASE].read(describe_usage, plans, caller(request), provider, period)
        for provider in PROVIDERS
    ]
    return json_answer({"period": period, "items": items})

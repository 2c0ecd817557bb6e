"""Applies the rate limits to requests: per client address before anything else, then per user or API key."""

import math

from aiohttp import web

from server.config.limits import LOCAL_ONLY, Rate
from server.errors import ConfabError
from server.web.app_keys import CALLER, LIMITER, QUOTA, RATES
from server.web.client_address import network_of


async def limit_address(request: web.Request, limit_class: str) -> None:
    """Count the client's address. Local to this instance and a matter of microseconds, so it protects all lookups."""
    if (rate := request.app[RATES].get(limit_class)) is not None:
        await _count(request, rate, network_of(request.remote))


async def limit_caller(request: web.Request, limit_class: str) -> None:
    """Count the user or the API key in the class of the route."""
    if (rate := request.app[RATES].get(limit_class)) is not None:
        await _count(request, rate, request[CALLER].counted_as)


async def _count(request: web.Request, rate: Rate, key: str) -> None:
    count = await request.app[LIMITER].count(rate, key)
    if count.wait > 0 or rate.name not in LOCAL_ONLY:
        request[QUOTA] = (rate.policy, count.header(rate))
    if count.wait > 0:
        raise ConfabError("too_many_requests", retry_after=math.ceil(count.wait))

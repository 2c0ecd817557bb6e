"""A forgotten password: a link to a new one comes by mail, where there is a mail server."""

import random

from aiohttp import web

from server.config.limits import FORGOT_USER, LOGIN_ADDRESS
from server.errors import NotFound
from server.queue import ASK_RESET, enqueue
from server.schemas.auth import ForgotPassword
from server.web.app_keys import CONFIG, LIMITER, RATES, REDIS
from server.web.requests import load_body

FORGOT_PASSWORD = ForgotPassword()
# The worker looks at some later moment: where it runs in this process, its work would show in the next request's time.
LATER_SECONDS = (0.5, 3.0)


async def forget_password(request: web.Request) -> web.Response:
    """The same answer after the same work for every address: a worker looks whose it is. 404 without a mail server."""
    if not request.app[CONFIG].mail.is_on:
        raise NotFound
    given = await load_body(request, FORGOT_PASSWORD)
    limiter, rates = request.app[LIMITER], request.app[RATES]
    await limiter.require(rates[LOGIN_ADDRESS], request.remote or "")
    await limiter.require(rates[FORGOT_USER], given["email"].lower())
    later = random.uniform(*LATER_SECONDS)  # noqa: S311 - spreads, hides nothing that could be computed
    await enqueue(request.app[REDIS], ASK_RESET, given["email"], request.remote, delay_seconds=later)
    return web.Response(status=204)

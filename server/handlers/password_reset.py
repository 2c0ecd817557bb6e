"""Password reset by e-mail, where a mail server is configured."""

import random

from aiohttp import web

from server.config.limits import FORGOT_USER, LOGIN_ADDRESS
from server.errors import NotFound
from server.queue import ASK_RESET, enqueue
from server.schemas.auth import ForgotPassword
from server.web.app_keys import CONFIG, LIMITER, RATES, REDIS
from server.web.requests import load_body

FORGOT_PASSWORD = ForgotPassword()
# A random delay: where the worker runs in this process, its work would show in the timing of the next request.
DELAY_SECONDS = (0.5, 3.0)


async def forget_password(request: web.Request) -> web.Response:
    """Request a reset link. Every e-mail address gets the same answer after the same work; a worker looks up the user.
    404 without a mail server.
    """
    if not request.app[CONFIG].mail.is_on:
        raise NotFound
    given = await load_body(request, FORGOT_PASSWORD)
    limiter, rates = request.app[LIMITER], request.app[RATES]
    await limiter.require(rates[LOGIN_ADDRESS], request.remote or "")
    await limiter.require(rates[FORGOT_USER], given["email"].lower())
    delay = random.uniform(*DELAY_SECONDS)  # noqa: S311 - jitter, not a secret
    await enqueue(request.app[REDIS], ASK_RESET, given["email"], request.remote, delay_seconds=delay)
    return web.Response(status=204)

"""A forgotten password: a link to a new one comes by mail, where there is a mail server."""

from aiohttp import web

from server.errors import NotFound
from server.http import load_body
from server.keys import CONFIG, LIMITER, RATES, REDIS
from server.queue import ASK_RESET, enqueue
from server.rates import FORGOT_USER, LOGIN_ADDRESS
from server.schemas.auth import ForgotPassword

FORGOT_PASSWORD = ForgotPassword()


async def forget_password(request: web.Request) -> web.Response:
    """The same answer after the same work for every address: a worker looks whose it is. 404 without a mail server."""
    if not request.app[CONFIG].mail.is_on:
        raise NotFound
    given = await load_body(request, FORGOT_PASSWORD)
    limiter, rates = request.app[LIMITER], request.app[RATES]
    await limiter.require(rates[LOGIN_ADDRESS], request.remote or "")
    await limiter.require(rates[FORGOT_USER], given["email"].lower())
    await enqueue(request.app[REDIS], ASK_RESET, given["email"], request.remote)
    return web.Response(status=204)

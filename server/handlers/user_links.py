"""One-time links: whom one is for, and redeeming it with a name and a password."""

from aiohttp import web

from server.auth.tokens import hash_token
from server.config.limits import LINK_ADDRESS
from server.errors import NotFound
from server.people.links import LINK_EXPIRED, redeem_link
from server.realtime.broker import announce_access_change
from server.schemas.users import AcceptLink, LinkToken
from server.store.people import user_links
from server.web.app_keys import DATABASE, LIMITER, PASSWORDS, RATES, REDIS
from server.web.identity.session_cookies import begin_session
from server.web.requests import json_answer, load_body

LINK_TOKEN, ACCEPT_LINK = LinkToken(), AcceptLink()


async def show_link(request: web.Request) -> web.Response:
    """Whom the link is for. The token is in the body, because proxies log URLs."""
    given = await load_body(request, LINK_TOKEN)
    await request.app[LIMITER].require(request.app[RATES][LINK_ADDRESS], request.remote or "")
    link = await request.app[DATABASE].read(user_links.fetch_user_link, hash_token(given["token"]))
    if link is None:
        raise NotFound(LINK_EXPIRED)
    return json_answer({"kind": link.kind, "email": link.email, "name": link.name})


async def accept_link(request: web.Request) -> web.Response:
    """Set a password (and name) and log in; all earlier sessions end."""
    given = await load_body(request, ACCEPT_LINK)
    await request.app[LIMITER].require(request.app[RATES][LINK_ADDRESS], request.remote or "")
    if await request.app[DATABASE].read(user_links.fetch_user_link, hash_token(given["token"])) is None:
        raise NotFound(LINK_EXPIRED)  # before the password is hashed, which is expensive
    password_hash = await request.app[PASSWORDS].hash(given["password"])
    user = await request.app[DATABASE].write(
        redeem_link, given["token"], password_hash, request.remote, email=given["email"], name=given["name"]
    )
    await announce_access_change(request.app[REDIS])
    return await begin_session(request, user, password_hash)

"""One-time links: what one is for, and using it to choose a name and a password."""

from aiohttp import web

from server.auth.tokens import hash_token
from server.config.limits import LINK_ADDRESS
from server.errors import NotFound
from server.people.links import LINK_EXPIRED, redeem_link
from server.realtime.broker import announce_access_change
from server.schemas.users import AcceptLink, LinkToken
from server.store.people import user_links
from server.web.app_keys import DATABASE, LIMITER, PASSWORDS, RATES, REDIS
from server.web.requests import json_answer, load_body
from server.web.sessions import begin_session

LINK_TOKEN, ACCEPT_LINK = LinkToken(), AcceptLink()


async def show_link(request: web.Request) -> web.Response:
    """Whom the link is for. The token comes in the body: an address is written down on its way."""
    given = await load_body(request, LINK_TOKEN)
    await request.app[LIMITER].require(request.app[RATES][LINK_ADDRESS], request.remote or "")
    link = await request.app[DATABASE].read(user_links.fetch_user_link, hash_token(given["token"]))
    if link is None:
        raise NotFound(LINK_EXPIRED)
    return json_answer({"kind": link.kind, "email": link.email, "name": link.name})


async def accept_link(request: web.Request) -> web.Response:
    """Choose a password (and name), be signed in; every earlier session ends."""
    given = await load_body(request, ACCEPT_LINK)
    await request.app[LIMITER].require(request.app[RATES][LINK_ADDRESS], request.remote or "")
    if await request.app[DATABASE].read(user_links.fetch_user_link, hash_token(given["token"])) is None:
        raise NotFound(LINK_EXPIRED)  # before anything is hashed
    password_hash = await request.app[PASSWORDS].hash(given["password"])
    user = await request.app[DATABASE].write(redeem_link, given, password_hash, request.remote)
    await announce_access_change(request.app[REDIS])
    return await begin_session(request, user, password_hash)

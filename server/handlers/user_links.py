"""One-time links: what one is for, and using it to choose a name and a password."""

from typing import Any

from aiohttp import web
from aiopg import Cursor

from server.auth.tokens import hash_token
from server.config.limits import LINK_ADDRESS
from server.errors import ConfabError, NotFound
from server.realtime.broker import announce_access_change
from server.schemas.users import AcceptLink, LinkToken
from server.store.people import audit, team, user_links, users
from server.store.people.audit import Actor
from server.store.people.users import User
from server.web.app_keys import DATABASE, LIMITER, PASSWORDS, RATES, REDIS
from server.web.requests import json_answer, load_body
from server.web.sessions import begin_session

LINK_TOKEN, ACCEPT_LINK = LinkToken(), AcceptLink()
GONE = "This link was used already, or has expired. Ask for a new one."


async def show_link(request: web.Request) -> web.Response:
    """Whom the link is for. The token comes in the body: an address is written down on its way."""
    given = await load_body(request, LINK_TOKEN)
    await request.app[LIMITER].require(request.app[RATES][LINK_ADDRESS], request.remote or "")
    link = await request.app[DATABASE].read(user_links.fetch_user_link, hash_token(given["token"]))
    if link is None:
        raise NotFound(GONE)
    return json_answer({"kind": link.kind, "email": link.email, "name": link.name})


async def accept_link(request: web.Request) -> web.Response:
    """Choose a password (and name), be signed in; every earlier session ends."""
    given = await load_body(request, ACCEPT_LINK)
    await request.app[LIMITER].require(request.app[RATES][LINK_ADDRESS], request.remote or "")
    if await request.app[DATABASE].read(user_links.fetch_user_link, hash_token(given["token"])) is None:
        raise NotFound(GONE)  # before anything is hashed
    password_hash = await request.app[PASSWORDS].hash(given["password"])
    user = await request.app[DATABASE].write(_accept, given, password_hash, request.remote)
    await announce_access_change(request.app[REDIS])
    return await begin_session(request, user, password_hash)


async def _accept(cursor: Cursor, given: dict[str, Any], password_hash: str, address: str | None) -> User:
    """One transaction: spend the link, set what was chosen, end what was."""
    link = await user_links.use_user_link(cursor, hash_token(given["token"]))
    if link is None:
        raise NotFound(GONE)
    # The first owner's address is a stand-in; everybody else's was chosen by who invited them.
    email = given["email"] if link.kind == "first_run" and given["email"] else link.email
    name = given["name"] or link.name
    if not await team.set_identity(cursor, link.user_id, email, name):
        raise ConfabError("conflict", "Somebody has this e-mail address already.")
    await users.set_password(cursor, link.user_id, password_hash)
    actor = Actor(user_id=link.user_id, name=email, address=address)
    await audit.record(cursor, f"user.{link.kind}_accepted", actor, ("user", link.user_id))
    return User(link.user_id, email, name, link.role)

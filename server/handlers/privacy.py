"""Privacy: what the owner of a number can have erased."""

import structlog
from aiohttp import web

from server.errors import NotFound
from server.http import caller, object_answer, path_id, provider_of
from server.keys import CONFIG, DATABASE, REDIS
from server.realtime.broker import publish
from server.realtime.events import make_push
from server.store import accounts, erasures
from server.store.accounts import OwnAccount
from server.store.erased import Seal

log = structlog.get_logger()


async def erase_contact(request: web.Request) -> web.Response:
    """Erase one person everywhere in the account: the contact at once, the rest by the worker. Asked again, it is told
    how far that is.
    """
    own, contact_id = await _owned(request), path_id(request, "contact_id")
    seal = Seal(request.app[CONFIG].secrets.seal_key)
    gone = await request.app[DATABASE].write(
        erasures.begin_erasure, seal, own.id, contact_id, caller(request)
    )
    if gone is not None:
        log.info("erase_asked", account_id=own.id, contact_id=contact_id, user_id=caller(request))
        await publish(request.app[REDIS], own.id, [make_push(gone.event, own.id, gone.seq, None, gone.json)])
    return object_answer([("erasure", await _erasure_json(request))], 202)


async def show_erasure(request: web.Request) -> web.Response:
    """How far the erasing of a contact is."""
    await _owned(request)
    return object_answer([("erasure", await _erasure_json(request))])


async def _erasure_json(request: web.Request) -> str:
    erasure = await request.app[DATABASE].read(
        erasures.fetch_erasure,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "contact_id"),
    )
    if erasure is None:
        raise NotFound
    return erasure


async def _owned(request: web.Request) -> OwnAccount:
    """The account of the path."""
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    return own

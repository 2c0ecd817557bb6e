"""Erasure of contacts, by an owner of the account."""

from aiohttp import web

from server.errors import NotFound
from server.privacy.contact_erasures import begin_contact_erasure
from server.realtime.broker import publish
from server.store.privacy import contact_erasures
from server.web.app_keys import ACTOR, DATABASE, NAME_HASHER, REDIS
from server.web.requests import caller, object_answer, path_id, provider_of


async def erase_contact(request: web.Request) -> web.Response:
    """Erase a contact everywhere in the account: its row at once, messages and files by a job. Repeated, it returns the
    progress.
    """
    account_id, contact_id = path_id(request, "account_id"), path_id(request, "contact_id")
    begun = await request.app[DATABASE].write(
        begin_contact_erasure, request[ACTOR], request.app[NAME_HASHER], account_id, contact_id
    )
    if begun is not None:
        await publish(request.app[REDIS], account_id, begun.pushes)
    return object_answer([("erasure", await _erasure_json(request))], 202)


async def show_erasure(request: web.Request) -> web.Response:
    """The progress of a contact's erasure."""
    return object_answer([("erasure", await _erasure_json(request))])


async def _erasure_json(request: web.Request) -> str:
    erasure = await request.app[DATABASE].read(
        contact_erasures.fetch_erasure,
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "contact_id"),
    )
    if erasure is None:
        raise NotFound
    return erasure

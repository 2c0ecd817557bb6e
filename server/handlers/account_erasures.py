"""Erasure of whole accounts: removed from all members at once, deleted by a job, with its progress."""

from aiohttp import web

from server.errors import NotFound
from server.privacy.account_erasures import begin_account_erasure
from server.realtime.broker import announce_access_change
from server.rules.policy import is_admin_role
from server.schemas.fields import ListQuery
from server.store.privacy import account_erasures
from server.web.app_keys import ACTOR, CALLER_ROLES, DATABASE, NAME_HASHER, REDIS
from server.web.requests import (
    caller,
    decode_cursor,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
)

LIST_QUERY = ListQuery()


async def erase_account(request: web.Request) -> web.Response:
    """Erase an account with all its data, here and at UniPile. From now on it is absent for all users."""
    account_id = path_id(request, "account_id")
    erasure = await request.app[DATABASE].write(
        begin_account_erasure, request[ACTOR], request.app[NAME_HASHER], account_id
    )
    if erasure is None:
        raise NotFound  # a concurrent request erased it
    await announce_access_change(request.app[REDIS])  # its members' sockets leave its rooms
    return object_answer([("erasure", erasure)], 202)


async def list_account_erasures(request: web.Request) -> web.Response:
    """Newest first: those the caller requested, or all for admins."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        account_erasures.list_account_erasures,
        provider_of(request),
        None if is_admin_role(request[CALLER_ROLES].role) else caller(request),
        query["limit"],
        after[1] if after else None,
    )
    return page_answer(page)

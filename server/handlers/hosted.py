"""The notify call of UniPile's hosted page, made when a user has connected a number there (unipile-api.md §2.6)."""

from datetime import timedelta

import orjson
import structlog
from aiohttp import web

from server.accounts.linking import delete_rejected_account, link_hosted_account, require_linkable
from server.accounts.provider_errors import translated_errors
from server.errors import ConfabError, NotFound
from server.queue import REFRESH_ACCOUNT, enqueue
from server.realtime.broker import announce_access_change, log_if_unavailable, publish_to_user
from server.store.accounts import accounts, hosted_links
from server.store.accounts.hosted_links import HostedLink
from server.store.accounts.rejected import insert_rejected
from server.unipile.answers import ProviderAccount
from server.unipile.events.parse import account_of
from server.web.app_keys import DATABASE, ENTITLEMENTS, NAME_HASHER, REDIS, UNIPILE
from server.web.requests import json_answer

log = structlog.get_logger()

# Errors that a retry cannot fix: no slot or plan, another user's number, or a number that is connected already.
PERMANENT_ERRORS = ("plan_limit", "not_entitled", "conflict")
CLOCKS_DIFFER = timedelta(minutes=5)


async def receive_hosted(request: web.Request) -> web.Response:
    """Link the account to the user who opened the page, or read the state of one that was reconnected. The call proves
    nothing but its token, so the account is read from UniPile.
    """
    link = await _require_link(request)
    known = await _fetch_account(request, link)
    if linked_id := await _find_linked(request, link):
        await enqueue(request.app[REDIS], REFRESH_ACCOUNT, linked_id)
        return json_answer({"received": True})
    try:
        account_id = await _link_account(request, link, known)
    except ConfabError as error:
        if error.code in PERMANENT_ERRORS:
            await _reject_account(request, link, known, error)
        raise
    await announce_access_change(request.app[REDIS])
    await enqueue(request.app[REDIS], REFRESH_ACCOUNT, account_id)
    return json_answer({"received": True})


async def _require_link(request: web.Request) -> HostedLink:
    """The page of the token in the path."""
    link = await request.app[DATABASE].read(hosted_links.fetch_hosted_link, request.match_info["token"])
    if link is None:
        raise NotFound
    return link


async def _fetch_account(request: web.Request, link: HostedLink) -> ProviderAccount:
    """The account in the body, as UniPile describes it."""
    external_account_id = await _read_account_id(request)
    if link.external_account_id not in (None, external_account_id):
        raise NotFound  # the token was used for another account
    with translated_errors():
        return await request.app[UNIPILE].fetch_account(external_account_id)


async def _find_linked(request: web.Request, link: HostedLink) -> int | None:
    """The account that the page was made for. Its state is for the job to store: it publishes it, and asks for what was
    missed meanwhile.
    """
    if link.external_account_id is None:
        return None
    found: int | None = await request.app[DATABASE].read(
        accounts.find_linked, link.user_id, link.provider, link.external_account_id
    )
    return found


async def _link_account(request: web.Request, link: HostedLink, known: ProviderAccount) -> int:
    token = request.match_info["token"]
    await require_linkable(request.app[DATABASE], link.user_id, known)
    rights = await request.app[ENTITLEMENTS].rights_of(link.user_id, link.provider)
    account_id: int = await request.app[DATABASE].write(
        link_hosted_account, rights, token, link, known, request.app[NAME_HASHER]
    )
    return account_id


async def _reject_account(
    request: web.Request, link: HostedLink, known: ProviderAccount, error: ConfabError
) -> None:
    """Tell the user why the account was rejected, and delete it at UniPile, which would bill it. The notify call proves
    too little to delete an account that may be in use: only one that was made for this page and is not used here.
    """
    external_account_id, created_at = known.external_account_id, known.created_at
    is_used = await request.app[DATABASE].read(accounts.is_in_use, link.provider, external_account_id)
    # Before the delete: if Postgres is away, UniPile repeats the call, and the account must still exist then.
    await _record_rejection(request, link, known, error)
    if not is_used and created_at is not None and created_at > link.created_at - CLOCKS_DIFFER:
        await delete_rejected_account(request.app[UNIPILE], external_account_id)
    else:
        log.warning("rejected_account_not_deleted", external_account_id=external_account_id, code=error.code)


async def _record_rejection(
    request: web.Request, link: HostedLink, known: ProviderAccount, error: ConfabError
) -> None:
    """Store the reason for the user who opened the page, and push it; the app shows it until it is dismissed."""
    token, reason = request.match_info["token"], error.body()["error"]
    values = (token, known.external_account_id, link.user_id, link.provider, known.phone, reason)
    rejected = await request.app[DATABASE].write(insert_rejected, *values)
    if rejected is None:
        return
    frame = {"event": "account:refused", "data": orjson.Fragment(rejected)}
    with log_if_unavailable("rejection_not_pushed"):
        await publish_to_user(request.app[REDIS], link.user_id, orjson.dumps(frame))


async def _read_account_id(request: web.Request) -> str:
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "The body is not valid JSON.") from error
    found = account_of(body) if isinstance(body, dict) else None
    if found is None or len(found) > accounts.MAX_EXTERNAL_ID or "\x00" in found or not found.isprintable():
        raise ConfabError("malformed", "The body must be a JSON object with an account_id.")
    return found

"""UniPile's hosted page: what it says when somebody has connected a number there (unipile-api.md §2.6)."""

from datetime import timedelta

import orjson
import structlog
from aiohttp import web

from server.accounts.linking import attach_hosted_account, delete_rejected_account, require_linkable
from server.accounts.provider_errors import caller_detail
from server.errors import ConfabError, NotFound
from server.queue import REFRESH_ACCOUNT, enqueue
from server.realtime.broker import announce_access_change, log_if_unavailable, publish_to_user
from server.store.accounts import accounts, hosted_links
from server.store.accounts.hosted_links import HostedLink
from server.store.accounts.rejected import insert_rejected
from server.unipile.answers import ProviderAccount
from server.unipile.events import account_of
from server.web.app_keys import DATABASE, ENTITLEMENTS, NAME_HASHER, REDIS, UNIPILE
from server.web.requests import json_answer

log = structlog.get_logger()

# What asking again does not change: no place in the plan, no plan, somebody else's number or one's own once more.
FOR_GOOD = ("plan_limit", "not_entitled", "conflict")
CLOCKS_DIFFER = timedelta(minutes=5)


async def receive_hosted(request: web.Request) -> web.Response:
    """Attach the account to whoever asked for the page. The call itself proves nothing but its token: that there is
    such an account is UniPile's to say.
    """
    token, database = request.match_info["token"], request.app[DATABASE]
    link = await database.read(hosted_links.fetch_hosted_link, token)
    if link is None:
        raise NotFound
    external_account_id = await _read_account_id(request)
    if link.external_account_id not in (None, external_account_id):
        raise NotFound  # it was for one account
    with caller_detail():
        known = await request.app[UNIPILE].fetch_account(external_account_id)
    try:
        account_id = await _take(request, token, link, known)
    except ConfabError as error:
        if error.code in FOR_GOOD:
            await _send_back(request, token, link, known, error)
        raise
    await announce_access_change(request.app[REDIS])
    await enqueue(request.app[REDIS], REFRESH_ACCOUNT, account_id)
    return json_answer({"received": True})


async def _take(request: web.Request, token: str, link: HostedLink, known: ProviderAccount) -> int:
    await require_linkable(request.app[DATABASE], link.user_id, known)
    rights = await request.app[ENTITLEMENTS].rights_of(link.user_id, link.provider)
    account_id: int = await request.app[DATABASE].write(
        attach_hosted_account, rights, token, link, known, request.app[NAME_HASHER]
    )
    return account_id


async def _send_back(
    request: web.Request, token: str, link: HostedLink, known: ProviderAccount, error: ConfabError
) -> None:
    """A number that was connected on the page and cannot be had here goes again, since UniPile would bill it. UniPile's
    call proves too little to delete anything that may be somebody's: only what was made for this page, and is not in
    use here.
    """
    external_account_id, made_at = known.external_account_id, known.created_at
    is_used = await request.app[DATABASE].read(accounts.is_in_use, link.provider, external_account_id)
    # Before it goes: a Postgres that is away has UniPile ask again, and then it must still be there.
    await _tell_asker(request, token, link, known, error)
    if not is_used and made_at is not None and made_at > link.created_at - CLOCKS_DIFFER:
        await delete_rejected_account(request.app[UNIPILE], external_account_id)
    else:
        log.warning("refused_account_stays", external_account_id=external_account_id, code=error.code)


async def _tell_asker(
    request: web.Request, token: str, link: HostedLink, known: ProviderAccount, error: ConfabError
) -> None:
    """Whoever asked for the page is told why: at once, and, where nobody listens, when they come back."""
    told = await request.app[DATABASE].write(
        insert_rejected,
        token,
        known.external_account_id,
        link.user_id,
        link.provider,
        known.phone,
        error.body()["error"],
    )
    if told is None:
        return
    frame = {"event": "account:refused", "data": orjson.Fragment(told)}
    with log_if_unavailable("refusal_not_pushed"):
        await publish_to_user(request.app[REDIS], link.user_id, orjson.dumps(frame))


async def _read_account_id(request: web.Request) -> str:
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "The body is not JSON.") from error
    found = account_of(body) if isinstance(body, dict) else None
    if found is None or len(found) > accounts.MAX_EXTERNAL_ID or "\x00" in found or not found.isprintable():
        raise ConfabError("malformed", "The body is not a JSON object with an account_id.")
    return found

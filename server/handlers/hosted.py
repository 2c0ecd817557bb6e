"""UniPile's hosted page: what it says when somebody has connected a number there (unipile-api.md §2.6)."""

import orjson
import structlog
from aiohttp import web
from aiopg import Cursor

from server.errors import ConfabError, NotFound
from server.http import json_answer
from server.keys import DATABASE, ENTITLEMENTS, REDIS, SEAL, UNIPILE
from server.linking import require_linkable
from server.plans import Rights
from server.queue import REFRESH_ACCOUNT, enqueue
from server.quotas import claim_place
from server.realtime.broker import announce_access_change
from server.refusals import told_to_caller
from server.store import accounts, hosted_links
from server.store.erased import Seal
from server.store.hosted_links import HostedLink
from server.unipile.answers import ProviderAccount
from server.unipile.events import account_of

log = structlog.get_logger()


async def receive_hosted(request: web.Request) -> web.Response:
    """Attach the account to whoever asked for the page. The call itself proves nothing but its token: that there is
    such an account is UniPile's to say.
    """
    token, database = request.match_info["token"], request.app[DATABASE]
    link = await database.read(hosted_links.fetch_link, token)
    if link is None:
        raise NotFound
    external_account_id = await _read_account_id(request)
    if link.external_account_id not in (None, external_account_id):
        raise NotFound  # it was for one account
    with told_to_caller():
        known = await request.app[UNIPILE].fetch_account(external_account_id)
    await require_linkable(database, link.user_id, known)
    rights = await request.app[ENTITLEMENTS].rights_of(link.user_id, link.provider)
    account_id = await database.write(_attach, rights, token, link, known, request.app[SEAL])
    await announce_access_change(request.app[REDIS])
    await enqueue(request.app[REDIS], REFRESH_ACCOUNT, account_id)
    return json_answer({"received": True})


async def _read_account_id(request: web.Request) -> str:
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "The body is not JSON.") from error
    found = account_of(body) if isinstance(body, dict) else None
    if found is None or len(found) > accounts.MAX_EXTERNAL_ID or "\x00" in found or not found.isprintable():
        raise ConfabError("malformed", "The body is not a JSON object with an account_id.")
    return found


async def _attach(
    cursor: Cursor, rights: Rights, token: str, link: HostedLink, known: ProviderAccount, seal: Seal
) -> int:
    """One transaction: spend the token, claim the account."""
    if not await hosted_links.use_link(cursor, token, known.external_account_id):
        raise NotFound
    account_id = await claim_place(
        cursor,
        rights,
        link.user_id,
        link.provider,
        known.external_account_id,
        seal=seal,
        seen=known.seen,
        reason=known.reason,
        name=known.name,
        phone=known.phone,
    )
    if account_id is None:
        log.warning("hosted_account_taken", external_account_id=known.external_account_id)
        raise ConfabError("conflict", "This number belongs to somebody else.")
    return account_id

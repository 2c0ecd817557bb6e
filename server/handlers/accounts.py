"""Connected numbers: connect, look, reconnect, disconnect."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson
import structlog
from aiohttp import web

from server.accounts.linking import begin_reconnect, delete_rejected_account, require_whatsapp
from server.accounts.provider_errors import caller_detail
from server.config import Config
from server.errors import ConfabError, NotFound
from server.plans.quotas import check_account_slot, take_account_slot
from server.queue import DROP_ATTEMPT, REFRESH_ACCOUNT, enqueue
from server.realtime.broker import announce_access_change, publish
from server.realtime.pushes import account_push
from server.rules.account_states import REPLACED, Seen
from server.schemas.accounts import Connect, PatchAccount, Reconnect
from server.schemas.fields import ListQuery
from server.store.accounts import accounts, hosted_links, states
from server.store.accounts.accounts import AccountSettings, OwnAccount
from server.store.plans import entitlements
from server.unipile.answers import CheckpointStep
from server.unipile.errors import Rejected
from server.web.app_keys import CALLER, CONFIG, DATABASE, NAME_HASHER, PAYER, REDIS, UNIPILE
from server.web.requests import (
    caller,
    decode_cursor,
    json_answer,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
)

log = structlog.get_logger()

CONNECT, RECONNECT, PATCH_ACCOUNT, LIST_QUERY = Connect(), Reconnect(), PatchAccount(), ListQuery()
# From the click to the scan, with time to find the phone.
HOSTED_SECONDS = 30 * 60


async def list_accounts(request: web.Request) -> web.Response:
    query = load_query(request, LIST_QUERY)
    after, key = decode_cursor(query["cursor"]), request[CALLER].key
    page = await request.app[DATABASE].read(
        accounts.list_accounts,
        caller(request),
        provider_of(request),
        query["limit"],
        after[1] if after else 0,
        None if key is None else key.account_ids,
    )
    return page_answer(page)


async def show_account(request: web.Request) -> web.Response:
    return object_answer([("account", await _account_json(request, path_id(request, "account_id")))])


async def connect_account(request: web.Request) -> web.Response:
    """Begin with a code to scan or to type, or link an account that UniPile has already."""
    provider = provider_of(request)
    given = await load_body(request, CONNECT)
    if given["external_account_id"] is not None:
        return await _link_account(request, provider, given["external_account_id"])
    await _require_place(request, caller(request), with_attempts=False)
    if given["method"] == "hosted":
        await _replace_attempts(request, provider)
        return await _open_hosted_page(request, provider)
    with caller_detail():
        checkpoint = await request.app[UNIPILE].start_connect(given["phone_number"])
    try:
        account_id = await _claim(request, provider, checkpoint.external_account_id, seen=Seen.CODE_SHOWN)
    except ConfabError:  # the place went to another one meanwhile
        await delete_rejected_account(request.app[UNIPILE], checkpoint.external_account_id)
        raise
    await _replace_attempts(request, provider, account_id)
    return await _connected_answer(request, account_id, checkpoint, 201)


async def _replace_attempts(request: web.Request, provider: str, newer: int | None = None) -> None:
    """Somebody connects one number at a time: codes of theirs that nobody scanned go, here and at UniPile."""
    for account_id in await request.app[DATABASE].read(states.list_own_pairings, caller(request), provider):
        if account_id != newer:
            await enqueue(request.app[REDIS], DROP_ATTEMPT, account_id, REPLACED)


async def _require_place(
    request: web.Request, owner_id: int, besides: str = "", *, with_attempts: bool = True
) -> None:
    """Refuse before UniPile is asked; who is first of two at once is decided when the number is written down."""
    rights = await request.app[DATABASE].read(request[PAYER].rights_of, owner_id)
    if rights.accounts is not None:
        taken = await request.app[DATABASE].read(
            entitlements.count_accounts, owner_id, rights.provider, besides, with_attempts=with_attempts
        )
        check_account_slot(rights, taken)


async def _open_hosted_page(request: web.Request, provider: str) -> web.Response:
    """One page a click: its links live shortly. The account comes with the page's notify call."""
    token, config = secrets.token_urlsafe(32), request.app[CONFIG]
    await request.app[DATABASE].write(
        hosted_links.insert_link, token, caller(request), provider, HOSTED_SECONDS
    )
    with caller_detail():
        url = await request.app[UNIPILE].make_hosted_link(
            expires_at=datetime.now(UTC) + timedelta(seconds=HOSTED_SECONDS),
            notify_url=f"{config.web.public_url}/api/webhooks/unipile/hosted/{token}",
            return_url=f"{config.web.public_url}/",
        )
    return json_answer({"account": None, "url": url}, 201)


async def _link_account(request: web.Request, provider: str, external_account_id: str) -> web.Response:
    with caller_detail():
        known = await request.app[UNIPILE].fetch_account(external_account_id)
    require_whatsapp(known)
    account_id = await _claim(
        request,
        provider,
        external_account_id,
        seen=known.seen,
        reason=known.reason,
        name=known.name,
        phone=known.phone,
    )
    return await _connected_answer(request, account_id, None, 201)


async def _claim(
    request: web.Request,
    provider: str,
    external_account_id: str,
    *,
    seen: Seen,
    reason: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> int:
    account_id = await request.app[DATABASE].write(
        take_account_slot,
        request[PAYER].rights,
        caller(request),
        provider,
        external_account_id,
        hasher=request.app[NAME_HASHER],
        seen=seen,
        reason=reason,
        name=name,
        phone=phone,
    )
    if account_id is None:
        raise ConfabError("conflict", "This number belongs to somebody else.")
    await announce_access_change(request.app[REDIS])
    return account_id


async def reconnect_account(request: web.Request) -> web.Response:
    """A new code for a number that is known; its chats and messages stay."""
    given = await load_body(request, RECONNECT)
    own = await _owned(request)
    if own.status == "disconnected":  # it gave its place back
        await _require_place(request, own.user_id, own.external_account_id)
    with caller_detail():
        checkpoint = await request.app[UNIPILE].start_reconnect(
            own.external_account_id, given["phone_number"]
        )
    await request.app[DATABASE].write(states.note_pairing, own.id)
    await _tell(request, own.id, await request.app[DATABASE].write(begin_reconnect, request[PAYER], own.id))
    return await _connected_answer(request, own.id, checkpoint, 200)


async def disconnect_account(request: web.Request) -> web.Response:
    """Unlink the number at UniPile, so that it is not billed; the history is kept."""
    own = await _owned(request)
    with caller_detail():
        try:
            await request.app[UNIPILE].delete_account(own.external_account_id)
        except Rejected as error:
            if not error.is_gone:
                raise
    await _note(request, own.id, Seen.UNLINKED)
    return web.Response(status=204)


async def patch_account(request: web.Request) -> web.Response:
    """Decide whether contacts are told that what they wrote was read here, and for how long messages are kept."""
    given = await load_body(request, PATCH_ACCOUNT)
    own = await _owned(request)
    changed = await request.app[DATABASE].write(accounts.set_settings, own.id, cast(AccountSettings, given))
    if changed is not None:
        push = account_push(own.id, *changed)
        await publish(request.app[REDIS], own.id, [push])
    return object_answer([("account", await _account_json(request, own.id))])


async def _owned(request: web.Request) -> OwnAccount:
    """The account of the path."""
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    return own


async def _note(request: web.Request, account_id: int, seen: Seen) -> None:
    await _tell(request, account_id, await request.app[DATABASE].write(states.observe, account_id, seen))


async def _tell(request: web.Request, account_id: int, observed: states.Observed | None) -> None:
    if observed is not None and observed.changed is not None:
        seq, shown = observed.changed
        await publish(request.app[REDIS], account_id, [account_push(account_id, seq, shown)])


async def _connected_answer(
    request: web.Request, account_id: int, checkpoint: CheckpointStep | None, status: int
) -> web.Response:
    shown = "null" if checkpoint is None else _shown(checkpoint, request.app[CONFIG])
    # The status webhook may have come and gone before the row was there: ask UniPile once, out of the way.
    await enqueue(request.app[REDIS], REFRESH_ACCOUNT, account_id)
    return object_answer(
        [("account", await _account_json(request, account_id)), ("checkpoint", shown)], status
    )


def _shown(checkpoint: CheckpointStep, config: Config) -> str:
    """A picture's text is good for a minute or so; a code to type for as long as the attempt."""
    content: dict[str, str | None]
    if checkpoint.code is not None:
        content, seconds = {"type": "code", "code": checkpoint.code}, config.unipile.code_seconds
    else:
        content, seconds = {"type": "qrcode", "qrcode": checkpoint.qrcode}, config.unipile.qr_seconds
    expires = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return orjson.dumps(content | {"expires_at": expires.replace("+00:00", "Z")}).decode()


async def _account_json(request: web.Request, account_id: int) -> str:
    account = await request.app[DATABASE].read(
        accounts.fetch_account, caller(request), provider_of(request), account_id
    )
    if account is None:
        raise NotFound
    return account

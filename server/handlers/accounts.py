"""Accounts: list, connect, reconnect, change and disconnect them."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson
import structlog
from aiohttp import web

from server.accounts.linking import (
    AccountLink,
    begin_reconnect,
    delete_rejected_account,
    link_account,
    link_to,
    require_whatsapp,
)
from server.accounts.provider_errors import translated_errors
from server.accounts.settings import change_settings
from server.config import Config
from server.errors import ConfabError, NotFound
from server.plans.quotas import check_account_slot
from server.queue import DROP_PAIRING, REFRESH_ACCOUNT, enqueue
from server.realtime.broker import announce_access_change, publish
from server.realtime.pushes import account_push
from server.rules.account_states import CANCELLED, REPLACED, Seen
from server.schemas.accounts import Connect, PatchAccount, Reconnect
from server.schemas.fields import ListQuery
from server.store.accounts import accounts, hosted_links, states
from server.store.accounts.account_settings import AccountSettings
from server.store.accounts.accounts import OwnAccount
from server.store.plans import entitlements
from server.unipile.answers import CheckpointStep
from server.unipile.errors import Rejected
from server.web.app_keys import ACTOR, CONFIG, DATABASE, NAME_HASHER, PAYER, REDIS, UNIPILE
from server.web.callers import key_accounts
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
# From the click to the scan, with time to fetch the phone.
HOSTED_LINK_SECONDS = 30 * 60


async def list_accounts(request: web.Request) -> web.Response:
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        accounts.list_accounts,
        caller(request),
        provider_of(request),
        query["limit"],
        after[1] if after else 0,
        key_accounts(request),
    )
    return page_answer(page)


async def show_account(request: web.Request) -> web.Response:
    return object_answer([("account", await _account_json(request, path_id(request, "account_id")))])


async def connect_account(request: web.Request) -> web.Response:
    """Show a code to scan or type, open UniPile's hosted page, or link an account that exists at UniPile."""
    provider = provider_of(request)
    given = await load_body(request, CONNECT)
    if given["external_account_id"] is not None:
        return await _link_account(request, provider, given["external_account_id"])
    await _require_slot(request, caller(request), with_pairings=False)
    if given["method"] == "hosted":
        await _replace_pairings(request, provider)
        return await _open_hosted_page(request, caller(request), 201)
    return await _begin_pairing(request, provider, given["phone_number"])


async def _begin_pairing(request: web.Request, provider: str, phone_number: str | None) -> web.Response:
    """Show a code to scan, or to type on the phone with this number."""
    with translated_errors():
        checkpoint = await request.app[UNIPILE].start_connect(phone_number)
    pairing = AccountLink(caller(request), provider, checkpoint.external_account_id, Seen.CODE_SHOWN)
    try:
        account_id = await _insert_link(request, pairing)
    except ConfabError:  # another account took the last slot meanwhile
        await delete_rejected_account(request.app[UNIPILE], checkpoint.external_account_id)
        raise
    await _replace_pairings(request, provider, account_id)
    return await _connected_answer(request, account_id, checkpoint, 201)


async def _replace_pairings(request: web.Request, provider: str, newer: int | None = None) -> None:
    """Drop the caller's pairings that were not scanned, here and at UniPile: a user pairs one account at a time."""
    for account_id in await request.app[DATABASE].read(states.list_own_pairings, caller(request), provider):
        if account_id != newer:
            await enqueue(request.app[REDIS], DROP_PAIRING, account_id, REPLACED)


async def _require_slot(
    request: web.Request, owner_id: int, besides: str = "", *, with_pairings: bool = True
) -> None:
    """Raise plan_limit before UniPile is called. The transaction that inserts the account checks again, with a lock."""
    rights = await request.app[DATABASE].read(request[PAYER].rights_of, owner_id)
    if rights.accounts is not None:
        taken = await request.app[DATABASE].read(
            entitlements.count_accounts, owner_id, rights.provider, besides, with_pairings=with_pairings
        )
        check_account_slot(rights, taken)


async def _open_hosted_page(
    request: web.Request, user_id: int, status: int, known: str | None = None
) -> web.Response:
    """Create one hosted page per click, with a short-lived link. The account arrives with the page's notify call, also
    a known one that is reconnected.
    """
    token, config = secrets.token_urlsafe(32), request.app[CONFIG]
    await request.app[DATABASE].write(
        hosted_links.insert_link, token, user_id, provider_of(request), HOSTED_LINK_SECONDS, known
    )
    with translated_errors():
        url = await request.app[UNIPILE].make_hosted_link(
            expires_at=datetime.now(UTC) + timedelta(seconds=HOSTED_LINK_SECONDS),
            notify_url=f"{config.web.public_url}/api/webhooks/unipile/hosted/{token}",
            return_url=f"{config.web.public_url}/",
            known=known,
        )
    return json_answer({"account": None, "url": url}, status)


async def _link_account(request: web.Request, provider: str, external_account_id: str) -> web.Response:
    with translated_errors():
        known = await request.app[UNIPILE].fetch_account(external_account_id)
    require_whatsapp(known)
    account_id = await _insert_link(request, link_to(caller(request), provider, known))
    return await _connected_answer(request, account_id, None, 201)


async def _insert_link(request: web.Request, link: AccountLink) -> int:
    account_id: int = await request.app[DATABASE].write(
        link_account, request[PAYER].rights, link, request.app[NAME_HASHER]
    )
    await announce_access_change(request.app[REDIS])
    return account_id


async def reconnect_account(request: web.Request) -> web.Response:
    """Show a new code for a known account, or open UniPile's hosted page; its chats and messages stay."""
    given = await load_body(request, RECONNECT)
    own = await _fetch_own_account(request)
    if own.status == "disconnected":  # it takes a slot of the plan again
        await _require_slot(request, own.user_id, own.external_account_id)
    if given["method"] == "hosted":  # for the user it belongs to, whichever owner asks
        return await _open_hosted_page(request, own.user_id, 200, own.external_account_id)
    with translated_errors():
        checkpoint = await request.app[UNIPILE].start_reconnect(
            own.external_account_id, given["phone_number"]
        )
    await request.app[DATABASE].write(states.note_pairing, own.id)
    observed = await request.app[DATABASE].write(begin_reconnect, request[PAYER], own.id)
    await _publish_observed(request, own.id, observed)
    return await _connected_answer(request, own.id, checkpoint, 200)


async def play_busy_day(request: web.Request) -> web.Response:
    """Link the account and let customers write to it, in sandbox mode only."""
    if not request.app[CONFIG].sandbox.enabled:
        raise NotFound
    own = await _fetch_own_account(request)
    with translated_errors():
        await request.app[UNIPILE].play_busy_day(own.external_account_id)
    return web.Response(status=204)


async def disconnect_account(request: web.Request) -> web.Response:
    """Delete the account at UniPile, which stops its billing; chats and messages stay. A pairing that was not scanned
    is cancelled, unless the scan comes first.
    """
    own = await _fetch_own_account(request)
    if own.is_pairing:
        await enqueue(request.app[REDIS], DROP_PAIRING, own.id, CANCELLED)
        return web.Response(status=204)
    with translated_errors():
        try:
            await request.app[UNIPILE].delete_account(own.external_account_id)
        except Rejected as error:
            if not error.is_absent:
                raise
    observed = await request.app[DATABASE].write(states.observe, own.id, Seen.UNLINKED)
    await _publish_observed(request, own.id, observed)
    return web.Response(status=204)


async def patch_account(request: web.Request) -> web.Response:
    """Change the account's settings: read receipts, retention, categories, and who gets chats without an owner."""
    given = await load_body(request, PATCH_ACCOUNT)
    own = await _fetch_own_account(request)
    changed = await request.app[DATABASE].write(
        change_settings, own.id, cast(AccountSettings, given), request[ACTOR]
    )
    if changed is not None:
        push = account_push(own.id, *changed)
        await publish(request.app[REDIS], own.id, [push])
    return object_answer([("account", await _account_json(request, own.id))])


async def _fetch_own_account(request: web.Request) -> OwnAccount:
    """The account in the path; raises NotFound unless the caller is a member."""
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    return own


async def _publish_observed(request: web.Request, account_id: int, observed: states.Observed | None) -> None:
    if observed is not None and observed.changed is not None:
        seq, shown = observed.changed
        await publish(request.app[REDIS], account_id, [account_push(account_id, seq, shown)])


async def _connected_answer(
    request: web.Request, account_id: int, checkpoint: CheckpointStep | None, status: int
) -> web.Response:
    shown = "null" if checkpoint is None else _checkpoint_json(checkpoint, request.app[CONFIG])
    # The status webhook may have arrived before the row was inserted: a job reads the state from UniPile once.
    await enqueue(request.app[REDIS], REFRESH_ACCOUNT, account_id)
    return object_answer(
        [("account", await _account_json(request, account_id)), ("checkpoint", shown)], status
    )


def _checkpoint_json(checkpoint: CheckpointStep, config: Config) -> str:
    """A QR code is valid for about a minute, a code to type for as long as the pairing."""
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

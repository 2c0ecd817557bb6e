"""Connected numbers: connect, look, reconnect, disconnect."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import orjson
from aiohttp import web

from server.errors import ConfabError, NotFound
from server.http import (
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
from server.keys import CONFIG, DATABASE, REDIS, UNIPILE
from server.queue import REFRESH_ACCOUNT, enqueue
from server.realtime.broker import announce_access_change, publish
from server.realtime.events import make_push
from server.schemas.accounts import Connect, PatchAccount
from server.schemas.fields import ListQuery
from server.store import accounts, entitlements, hosted_links
from server.store.accounts import OwnAccount
from server.unipile.answers import QrCheckpoint
from server.unipile.errors import OutcomeUnknown, Rejected, UnipileError

CONNECT, PATCH_ACCOUNT, LIST_QUERY = Connect(), PatchAccount(), ListQuery()
# From the click to the scan, with time to find the phone.
HOSTED_SECONDS = 30 * 60


async def list_accounts(request: web.Request) -> web.Response:
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        accounts.list_accounts,
        caller(request),
        provider_of(request),
        query["limit"],
        after[1] if after else 0,
    )
    return page_answer(page)


async def show_account(request: web.Request) -> web.Response:
    return object_answer([("account", await _account_json(request, path_id(request, "account_id")))])


async def connect_account(request: web.Request) -> web.Response:
    """Begin with a QR code, or link an account that UniPile has already."""
    provider = provider_of(request)
    if not await request.app[DATABASE].read(entitlements.is_entitled, caller(request), provider):
        raise ConfabError("not_entitled")
    given = await load_body(request, CONNECT)
    if given["external_account_id"] is not None:
        return await _link_account(request, provider, given["external_account_id"])
    if given["method"] == "hosted":
        return await _open_hosted_page(request, provider)
    with _told_to_caller():
        checkpoint = await request.app[UNIPILE].start_connect()
    account_id = await _claim(request, provider, checkpoint.external_account_id, status="connecting")
    return await _connected_answer(request, account_id, checkpoint, 201)


async def _open_hosted_page(request: web.Request, provider: str) -> web.Response:
    """One page a click: its links live shortly. The account comes with the page's notify call."""
    token, config = secrets.token_urlsafe(32), request.app[CONFIG]
    await request.app[DATABASE].write(
        hosted_links.insert_link, token, caller(request), provider, HOSTED_SECONDS
    )
    with _told_to_caller():
        url = await request.app[UNIPILE].make_hosted_link(
            expires_at=datetime.now(UTC) + timedelta(seconds=HOSTED_SECONDS),
            notify_url=f"{config.web.public_url}/api/webhooks/unipile/hosted/{token}",
            return_url=f"{config.web.public_url}/",
        )
    return json_answer({"account": None, "url": url}, 201)


async def _link_account(request: web.Request, provider: str, external_account_id: str) -> web.Response:
    with _told_to_caller():
        known = await request.app[UNIPILE].fetch_account(external_account_id)
    account_id = await _claim(
        request, provider, external_account_id, status=known.status, name=known.name, phone=known.phone
    )
    return await _connected_answer(request, account_id, None, 201)


async def _claim(
    request: web.Request,
    provider: str,
    external_account_id: str,
    *,
    status: str,
    name: str | None = None,
    phone: str | None = None,
) -> int:
    account_id = await request.app[DATABASE].write(
        accounts.claim_account,
        caller(request),
        provider,
        external_account_id,
        status=status,
        name=name,
        phone=phone,
    )
    if account_id is None:
        raise ConfabError("conflict", "This number belongs to somebody else.")
    await announce_access_change(request.app[REDIS])
    return account_id


async def reconnect_account(request: web.Request) -> web.Response:
    """A new QR code for a number that is known; its chats and messages stay."""
    own = await _owned(request)
    with _told_to_caller():
        checkpoint = await request.app[UNIPILE].start_reconnect(own.external_account_id)
    if own.status != "connecting":
        await _change(request, own.id, status="connecting")
    await request.app[DATABASE].write(accounts.note_attempt, own.id)
    return await _connected_answer(request, own.id, checkpoint, 200)


async def disconnect_account(request: web.Request) -> web.Response:
    """Unlink the number at UniPile, so that it is not billed; the history is kept."""
    own = await _owned(request)
    with _told_to_caller():
        try:
            await request.app[UNIPILE].delete_account(own.external_account_id)
        except Rejected as error:
            if not error.is_gone:
                raise
    await _change(request, own.id, status="disconnected")
    return web.Response(status=204)


async def patch_account(request: web.Request) -> web.Response:
    """Decide whether contacts are told that what they wrote was read here."""
    given = await load_body(request, PATCH_ACCOUNT)
    own = await _owned(request)
    changed = await request.app[DATABASE].write(accounts.set_read_receipts, own.id, given["read_receipts"])
    if changed is not None:
        push = make_push("account:updated", own.id, changed[0], None, changed[1])
        await publish(request.app[REDIS], own.id, [push])
    return object_answer([("account", await _account_json(request, own.id))])


async def _owned(request: web.Request) -> OwnAccount:
    """The account of the path, when the caller is its owner."""
    own = await request.app[DATABASE].read(
        accounts.fetch_own_account, caller(request), provider_of(request), path_id(request, "account_id")
    )
    if own is None:
        raise NotFound
    if own.role != "owner":
        raise ConfabError("forbidden")
    return own


async def _change(request: web.Request, account_id: int, *, status: str) -> None:
    changed = await request.app[DATABASE].write(accounts.update_account, account_id, status=status)
    if changed is not None:
        push = make_push("account:updated", account_id, changed[0], None, changed[1])
        await publish(request.app[REDIS], account_id, [push])


async def _connected_answer(
    request: web.Request, account_id: int, checkpoint: QrCheckpoint | None, status: int
) -> web.Response:
    shown = "null"
    if checkpoint is not None:
        expires = datetime.now(UTC) + timedelta(seconds=request.app[CONFIG].unipile.qr_seconds)
        moment = expires.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        shown = orjson.dumps({"type": "qrcode", "qrcode": checkpoint.qrcode, "expires_at": moment}).decode()
    # The status webhook may have come and gone before the row was there: ask UniPile once, out of the way.
    await enqueue(request.app[REDIS], REFRESH_ACCOUNT, account_id)
    return object_answer(
        [("account", await _account_json(request, account_id)), ("checkpoint", shown)], status
    )


async def _account_json(request: web.Request, account_id: int) -> str:
    account = await request.app[DATABASE].read(
        accounts.fetch_account, caller(request), provider_of(request), account_id
    )
    if account is None:
        raise NotFound
    return account


@contextmanager
def _told_to_caller() -> Iterator[None]:
    """Turn UniPile's failures into the contract's: 404 unknown there, 504 no answer, 502 everything else."""
    try:
        yield
    except OutcomeUnknown as error:
        is_late = error.type == "timeout" or error.status == HTTPStatus.GATEWAY_TIMEOUT
        raise ConfabError("provider_timeout" if is_late else "provider_failed") from error
    except Rejected as error:
        if error.is_gone:
            raise NotFound("UniPile does not know this account.") from error
        if error.status in (HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY):
            # A newer attempt has replaced this one, or an older one is still under way (§1.4).
            raise ConfabError("conflict", error.advice) from error
        raise ConfabError("provider_failed", error.title) from error
    except UnipileError as error:
        raise ConfabError("provider_failed", error.title) from error

"""/accounts: connect, reconnect, list, read, change, restart and remove accounts."""

import re

from aiohttp import web

from sandbox.output.serialize import account_json
from sandbox.problems import Problem, not_found, reply
from sandbox.store.entities import Account, Json
from sandbox.store.paging import cut, listing, read_page
from sandbox.web.forms import opt_text, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import (
    begin_pairing,
    existing_account,
    is_expired_pairing,
    linked_account,
    new_account,
    remove,
    restart,
)

PROVIDERS = {
    "EXCHANGE", "GOOGLE", "GOOGLE_OAUTH", "ICLOUD", "INSTAGRAM", "LINKEDIN", "MAIL",
    "MESSENGER", "OUTLOOK", "SLACK", "TELEGRAM", "TWITTER",
}  # fmt: skip
PAIRING_PHONE, COUNTRY = re.compile(r"[1-9][0-9]{6,14}"), re.compile(r"[A-Z]{2}")


async def _read_pairing(request: web.Request) -> str | None:
    """Validate a pairing request; return the phone number for a pairing code, None for a QR code."""
    body = await read_json(request)
    provider = require_text(body, "provider")
    if provider in PROVIDERS:
        raise Problem("feature_not_implemented", "The sandbox connects WhatsApp only.")
    if provider != "WHATSAPP":
        raise Problem("invalid_parameters", f"There is no provider {provider}.")
    if "sync_limit" in body:
        raise Problem("invalid_parameters", "sync_limit is not accepted for WhatsApp.")
    _check_location(body)
    phone_number = opt_text(body, "pairing_phone_number", most=40)
    if phone_number is not None and not PAIRING_PHONE.fullmatch(phone_number):
        raise Problem(
            "invalid_parameters", "pairing_phone_number must be digits, with the country code and no +."
        )
    return phone_number


def _check_location(body: Json) -> None:
    """Validate an account's country, IP address and proxy; the sandbox ignores them."""
    country, proxy = opt_text(body, "country"), body.get("proxy")
    if country is not None and not COUNTRY.fullmatch(country):
        raise Problem("invalid_parameters", "country must be a two-letter code.")
    opt_text(body, "ip", most=45)
    if proxy is None:
        return
    if not isinstance(proxy, dict) or proxy.get("protocol") not in {"http", "https", "socks5"}:
        raise Problem("invalid_parameters", "proxy.protocol must be http, https or socks5.")
    require_text(proxy, "host")
    if not isinstance(proxy.get("port"), int):
        raise Problem("invalid_parameters", "proxy.port must be an integer.")


def _checkpoint(account: Account) -> web.Response:
    checkpoint: Json = {"type": "QRCODE", "qrcode": account.qrcode}
    if account.pairing_code is not None:
        checkpoint = {
            "type": "PAIRING_CODE",
            "code": f"{account.pairing_code[:4]}-{account.pairing_code[4:]}",
        }
    return reply({"object": "Checkpoint", "account_id": account.id, "checkpoint": checkpoint}, 201)


async def connect_account(request: web.Request) -> web.Response:
    """Start pairing a new account."""
    phone_number = await _read_pairing(request)
    simulator = simulator_of(request)
    account = new_account(simulator)
    await begin_pairing(simulator, account, phone_number)
    return _checkpoint(account)


async def reconnect_account(request: web.Request) -> web.Response:
    """Issue a new code for an existing account or one that is still pairing."""
    simulator = simulator_of(request)
    account = existing_account(simulator, request.match_info["account_id"])
    await begin_pairing(simulator, account, await _read_pairing(request))
    return _checkpoint(account)


async def change_account(request: web.Request) -> web.Response:
    """Change an account's proxy, country or IP address."""
    account = existing_account(simulator_of(request), request.match_info["account_id"])
    body = await read_json(request)
    if unknown := sorted(set(body) - {"proxy", "country", "ip"}):
        raise Problem(
            "invalid_parameters", f"These fields of an account cannot be changed: {', '.join(unknown)}."
        )
    _check_location(body)
    return reply({"object": "AccountUpdated", "account_id": account.id})


async def list_accounts(request: web.Request) -> web.Response:
    """List the accounts that have been connected, newest first."""
    world = simulator_of(request).world
    page = read_page(request)
    positions = sorted(
        ((item.created_at, item.id) for item in world.accounts.values() if item.linked), reverse=True
    )
    shown, cursor = cut(page, positions)
    return reply(listing("Account", [account_json(world.accounts[id_]) for _, id_ in shown], cursor))


async def show_account(request: web.Request) -> web.Response:
    """Return an account; while it is pairing, its status is CONNECTING."""
    simulator = simulator_of(request)
    account = simulator.world.account(request.match_info["account_id"])
    hidden = simulator.dice.faults.pending_account_404 and not account.linked
    if hidden or is_expired_pairing(account, simulator):
        raise not_found("account")
    return reply(account_json(account))


async def remove_account(request: web.Request) -> web.Response:
    """Remove an account with all its chats."""
    simulator = simulator_of(request)
    remove(simulator, existing_account(simulator, request.match_info["account_id"]))
    return reply({"object": "AccountDeleted"})


async def restart_account(request: web.Request) -> web.Response:
    """Restart a stalled account."""
    simulator = simulator_of(request)
    account = linked_account(simulator, request.match_info["account_id"])
    came_up = restart(simulator, account)
    return reply({"object": "AccountRestarted" if came_up else "AccountFailedToRestart"})


async def sync_account(request: web.Request) -> web.Response:
    """Reject: only LinkedIn and Telegram accounts can be resynchronised."""
    linked_account(simulator_of(request), request.match_info["account_id"])
    raise Problem("feature_not_implemented", "WhatsApp accounts cannot be resynchronised.")


async def reject_checkpoint(request: web.Request) -> web.Response:
    """Reject: WhatsApp codes are entered on the phone, not through the API."""
    body = await read_json(request)
    existing_account(simulator_of(request), require_text(body, "account_id"))
    raise Problem("invalid_parameters", "WhatsApp checkpoints are solved on the phone.")


ROUTES = [
    web.post("/accounts", connect_account),
    web.get("/accounts", list_accounts),
    web.post("/accounts/checkpoint", reject_checkpoint),
    web.post("/accounts/checkpoint/resend", reject_checkpoint),
    web.get("/accounts/{account_id}", show_account),
    web.post("/accounts/{account_id}", reconnect_account),
    web.patch("/accounts/{account_id}", change_account),
    web.delete("/accounts/{account_id}", remove_account),
    web.post("/accounts/{account_id}/restart", restart_account),
    web.get("/accounts/{account_id}/sync", sync_account),
]

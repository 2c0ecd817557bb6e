"""/accounts: connect by a code, reconnect, list, read, change, restart, remove."""

import re

from aiohttp import web

from sandbox.accounts import (
    begin_attempt,
    existing_account,
    is_gone,
    linked_account,
    new_account,
    remove,
    restart,
)
from sandbox.entities import Account, Json
from sandbox.forms import opt_text, read_json, want_text
from sandbox.keys import simulator_of
from sandbox.paging import cut, listing, read_page
from sandbox.problems import Problem, not_found, reply
from sandbox.shapes import account_shape

PROVIDERS = {
    "EXCHANGE", "GOOGLE", "GOOGLE_OAUTH", "ICLOUD", "INSTAGRAM", "LINKEDIN", "MAIL",
    "MESSENGER", "OUTLOOK", "SLACK", "TELEGRAM", "TWITTER",
}  # fmt: skip
NUMBER, COUNTRY = re.compile(r"[1-9][0-9]{6,14}"), re.compile(r"[A-Z]{2}")


async def _read_pairing(request: web.Request) -> str | None:
    """Check what asks for a code; return the phone number that shall take it, when it is to be typed."""
    body = await read_json(request)
    provider = want_text(body, "provider")
    if provider in PROVIDERS:
        raise Problem("feature_not_implemented", "The sandbox connects WhatsApp only.")
    if provider != "WHATSAPP":
        raise Problem("invalid_parameters", f"There is no provider {provider}.")
    if "sync_limit" in body:
        raise Problem("invalid_parameters", "sync_limit is not accepted for WhatsApp.")
    _check_place(body)
    number = opt_text(body, "pairing_phone_number", most=40)
    if number is not None and not NUMBER.fullmatch(number):
        raise Problem(
            "invalid_parameters", "pairing_phone_number must be digits, with the country code and no +."
        )
    return number


def _check_place(body: Json) -> None:
    """Where an account's traffic comes from; the sandbox has only one place and keeps none of it."""
    country, proxy = opt_text(body, "country"), body.get("proxy")
    if country is not None and not COUNTRY.fullmatch(country):
        raise Problem("invalid_parameters", "country must be two letters.")
    opt_text(body, "ip", most=45)
    if proxy is None:
        return
    if not isinstance(proxy, dict) or proxy.get("protocol") not in {"http", "https", "socks5"}:
        raise Problem("invalid_parameters", "proxy must have a protocol of http, https, socks5.")
    want_text(proxy, "host")
    if not isinstance(proxy.get("port"), int):
        raise Problem("invalid_parameters", "proxy must have a port.")


def _checkpoint(account: Account) -> web.Response:
    checkpoint: Json = {"type": "QRCODE", "qrcode": account.qrcode}
    if account.pairing_code is not None:
        checkpoint = {
            "type": "PAIRING_CODE",
            "code": f"{account.pairing_code[:4]}-{account.pairing_code[4:]}",
        }
    return reply({"object": "Checkpoint", "account_id": account.id, "checkpoint": checkpoint}, 201)


async def connect_account(request: web.Request) -> web.Response:
    """Begin to connect a number."""
    number = await _read_pairing(request)
    simulator = simulator_of(request)
    account = new_account(simulator)
    await begin_attempt(simulator, account, number)
    return _checkpoint(account)


async def reconnect_account(request: web.Request) -> web.Response:
    """Show a new code for an account that exists, or that waits for its first scan."""
    simulator = simulator_of(request)
    account = existing_account(simulator, request.match_info["account_id"])
    await begin_attempt(simulator, account, await _read_pairing(request))
    return _checkpoint(account)


async def change_account(request: web.Request) -> web.Response:
    """Take another proxy, country or address for an account."""
    account = existing_account(simulator_of(request), request.match_info["account_id"])
    body = await read_json(request)
    if unknown := sorted(set(body) - {"proxy", "country", "ip"}):
        raise Problem("invalid_parameters", f"An account has no {', '.join(unknown)} to change.")
    _check_place(body)
    return reply({"object": "AccountUpdated", "account_id": account.id})


async def list_accounts(request: web.Request) -> web.Response:
    """List the accounts that were connected, newest first."""
    world = simulator_of(request).world
    page = read_page(request)
    places = sorted(
        ((item.created_at, item.id) for item in world.accounts.values() if item.linked), reverse=True
    )
    kept, cursor = cut(page, places)
    return reply(listing("Account", [account_shape(world.accounts[id_]) for _, id_ in kept], cursor))


async def show_account(request: web.Request) -> web.Response:
    """Show an account; one that waits for its scan is CONNECTING."""
    simulator = simulator_of(request)
    account = simulator.world.account(request.match_info["account_id"])
    hidden = simulator.dice.faults.pending_account_404 and not account.linked
    if hidden or is_gone(account, simulator):
        raise not_found("account")
    return reply(account_shape(account))


async def remove_account(request: web.Request) -> web.Response:
    """Remove an account with all its chats."""
    simulator = simulator_of(request)
    remove(simulator, existing_account(simulator, request.match_info["account_id"]))
    return reply({"object": "AccountDeleted"})


async def restart_account(request: web.Request) -> web.Response:
    """Kick a frozen account."""
    simulator = simulator_of(request)
    account = linked_account(simulator, request.match_info["account_id"])
    came_up = restart(simulator, account)
    return reply({"object": "AccountRestarted" if came_up else "AccountFailedToRestart"})


async def sync_account(request: web.Request) -> web.Response:
    """Refuse: resynchronising is for LinkedIn and Telegram."""
    linked_account(simulator_of(request), request.match_info["account_id"])
    raise Problem("feature_not_implemented", "WhatsApp accounts cannot be resynchronised.")


async def refuse_checkpoint(request: web.Request) -> web.Response:
    """Refuse: WhatsApp's codes are given to the phone, no call answers them."""
    body = await read_json(request)
    existing_account(simulator_of(request), want_text(body, "account_id"))
    raise Problem("invalid_parameters", "This is answered on the phone.")


ROUTES = [
    web.post("/accounts", connect_account),
    web.get("/accounts", list_accounts),
    web.post("/accounts/checkpoint", refuse_checkpoint),
    web.post("/accounts/checkpoint/resend", refuse_checkpoint),
    web.get("/accounts/{account_id}", show_account),
    web.post("/accounts/{account_id}", reconnect_account),
    web.patch("/accounts/{account_id}", change_account),
    web.delete("/accounts/{account_id}", remove_account),
    web.post("/accounts/{account_id}/restart", restart_account),
    web.get("/accounts/{account_id}/sync", sync_account),
]

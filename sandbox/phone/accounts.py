"""Controls for accounts: create one, scan its code, change its status."""

import re

import segno
from aiohttp import web

from sandbox.generators.history import generate_history, read_history
from sandbox.output.serialize import account_json
from sandbox.output.views import account_view
from sandbox.problems import Problem, not_found, reply
from sandbox.store.entities import Json
from sandbox.store.ids import phone_digits
from sandbox.web.forms import opt_text, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import (
    STATUSES,
    Scan,
    change_status,
    existing_account,
    link,
    linked_account,
    new_account,
    remove,
    scan,
)

ACCOUNT_ID = re.compile(r"[A-Za-z0-9_.!~*'()-]{1,64}")


def _read_phone(body: Json) -> str | None:
    phone_number = opt_text(body, "phone_number", most=40)
    if phone_number is not None and not 7 <= len(phone_digits(phone_number)) <= 15:
        raise Problem("invalid_parameters", "phone_number must have 7 to 15 digits.")
    return phone_number


async def make_account(request: web.Request) -> web.Response:
    """Create a connected account; an existing account is reconnected with its chats."""
    simulator = simulator_of(request)
    body = await read_json(request)
    account_id = opt_text(body, "id")
    if account_id is not None and not ACCOUNT_ID.fullmatch(account_id):
        raise Problem("invalid_parameters", "id must be 1 to 64 letters, digits or _.!~*'()- characters.")
    phone_number, name, history = (
        _read_phone(body),
        opt_text(body, "name", most=200),
        read_history(body.get("history")),
    )
    account = simulator.world.accounts.get(account_id or "") or new_account(simulator, account_id)
    account.kind = opt_text(body, "type", most=40) or account.kind
    link(simulator, account, phone_number, name)
    if history is not None:
        await generate_history(simulator, account, history)
    return reply(account_json(account), 201)


async def scan_account(request: web.Request) -> web.Response:
    """Scan the code of a pairing account; `history` is the chat history that the phone shares."""
    simulator = simulator_of(request)
    body = await read_json(request)
    account = existing_account(simulator, request.match_info["account_id"])
    history, is_new = read_history(body.get("history")), not account.linked
    scan(
        simulator, account, Scan(_read_phone(body), opt_text(body, "qrcode"), opt_text(body, "pairing_code"))
    )
    if history is not None and is_new:
        await generate_history(simulator, account, history)
    return reply(account_view(account, simulator.settings))


async def set_account_status(request: web.Request) -> web.Response:
    """Change an account's status, with the webhooks that follow."""
    simulator = simulator_of(request)
    status = require_text(await read_json(request), "status")
    account = linked_account(simulator, request.match_info["account_id"])
    if status == "DELETED":
        remove(simulator, account)
        return reply({"id": account.id, "status": status})
    if status not in STATUSES:
        raise Problem("invalid_parameters", f"status must be one of {', '.join(STATUSES)}, DELETED.")
    change_status(simulator, account, status)
    return reply(account_view(account, simulator.settings))


async def show_qr_picture(request: web.Request) -> web.Response:
    """Render the QR code of a pairing account."""
    simulator = simulator_of(request)
    account = existing_account(simulator, request.match_info["account_id"])
    if account.qrcode is None:
        raise not_found("QR code")
    picture = segno.make(account.qrcode, error="l", micro=False)
    svg = picture.svg_inline(scale=4, border=3, dark="#0b141a", light="#fff", omitsize=True)
    headers = {"Content-Type": "image/svg+xml", "Cache-Control": "no-store"}
    return web.Response(
        text=svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), headers=headers
    )


ROUTES = [
    web.post("/sandbox/accounts", make_account),
    web.post("/sandbox/accounts/{account_id}/scan", scan_account),
    web.post("/sandbox/accounts/{account_id}/status", set_account_status),
    web.get("/sandbox/accounts/{account_id}/qr.svg", show_qr_picture),
]

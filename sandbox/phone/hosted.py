"""The hosted authentication page of a link from POST /hosted/accounts/link."""

from html import escape

from aiohttp import web

from sandbox.problems import Problem, not_found
from sandbox.simulator import Simulator
from sandbox.store.entities import Account, HostedLink
from sandbox.web.forms import read_form
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import Scan, begin_pairing, linked_account, new_account, now_ms, scan

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connect WhatsApp · UniPile sandbox</title>
<link rel="icon" href="/page/icon.svg"><link rel="stylesheet" href="/page/base.css">
<link rel="stylesheet" href="/page/chat.css">
</head>
<body><main class="hosted"><div class="welcome">
<img src="/page/icon.svg" alt="" width="72" height="72">
{content}
</div></main></body></html>
"""
FORM = """<h2>{title}</h2>
<p>UniPile would show a QR code here. In the sandbox, one click scans it with the business’s phone.</p>
<form method="post">
<p><button class="primary big" name="choice" value="scan">Scan this code</button></p>
<p><button class="ghost" name="choice" value="cancel">Cancel</button></p>
</form>"""


def find_link(request: web.Request) -> HostedLink:
    """Return the link in the path, if it is unused and not expired."""
    simulator = simulator_of(request)
    link = simulator.world.links.get(request.match_info["link_id"])
    if link is None:
        raise not_found("link")
    if link.used or now_ms(simulator) >= link.expires_at:
        raise Problem("expired_link", "This link has been used or has expired.")
    return link


def page(content: str) -> web.Response:
    """Render a page."""
    return web.Response(text=PAGE.format(content=content), content_type="text/html")


async def show_link(request: web.Request) -> web.Response:
    """Show the page of a link."""
    link = find_link(request)
    title = "Connect a WhatsApp number" if link.kind == "create" else "Reconnect the number"
    return page(FORM.format(title=title))


async def follow_link(request: web.Request) -> web.Response:
    """Connect the account and call the notify_url, or cancel."""
    simulator = simulator_of(request)
    link = find_link(request)
    choice = (await read_form(request)).text("choice")
    link.used = True
    simulator.world.save(link)
    if choice == "cancel":
        return finish(link.failure_url, "Nothing was connected.")
    account = await connect(simulator, link)
    notify(simulator, link, account)
    return finish(link.success_url, "The number is connected.")


async def connect(simulator: Simulator, link: HostedLink) -> Account:
    """Connect a new account, or reconnect the link's account."""
    account = (
        new_account(simulator) if link.account_id is None else linked_account(simulator, link.account_id)
    )
    await begin_pairing(simulator, account)
    scan(simulator, account, Scan())
    return account


def notify(simulator: Simulator, link: HostedLink, account: Account) -> None:
    """Call the notify_url with three keys and no authentication."""
    status = "CREATION_SUCCESS" if link.kind == "create" else "RECONNECTED"
    if link.notify_url is not None:
        body = {"status": status, "account_id": account.id, "name": link.name}
        simulator.dispatcher.call(link.notify_url, body)


def finish(url: str | None, text: str) -> web.Response:
    """Redirect the browser, or show the result if there is no redirect URL."""
    if url is not None:
        return web.Response(status=303, headers={"Location": url})
    return page(f"<h2>{escape(text)}</h2><p>You can close this page.</p>")


ROUTES = [web.get("/hosted/{link_id}", show_link), web.post("/hosted/{link_id}", follow_link)]

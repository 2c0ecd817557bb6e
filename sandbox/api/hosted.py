"""/hosted/accounts/link: create links to the hosted authentication page."""

from urllib.parse import urlsplit

from aiohttp import web

from sandbox.problems import Problem, reply
from sandbox.store.entities import HostedLink, Json
from sandbox.store.ids import from_iso, new_id
from sandbox.web.forms import opt_text, read_json, require_text
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import linked_account, now_ms

WILDCARDS = {"*", "*:MESSAGING", "*:MAILING", "*:CALENDAR"}
PROVIDERS = {
    "WHATSAPP",
    "LINKEDIN",
    "INSTAGRAM",
    "MESSENGER",
    "TELEGRAM",
    "TWITTER",
    "GOOGLE",
    "OUTLOOK",
    "MAIL",
}


def _opt_url(body: Json, name: str) -> str | None:
    url = opt_text(body, name, most=2048)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable():
        raise Problem("invalid_parameters", f"{name} must be an http or https URL.")
    return url


def _read_expiry(body: Json) -> int:
    expires_at = from_iso(require_text(body, "expiresOn"))
    if expires_at is None:
        raise Problem("invalid_parameters", "expiresOn must have the format YYYY-MM-DDTHH:MM:SS.sssZ.")
    return expires_at


def _check_providers(body: Json) -> None:
    wanted = body.get("providers")
    if wanted in (None, "", []):
        raise Problem("missing_parameters", "providers is required.")
    if isinstance(wanted, str) and wanted in WILDCARDS:
        return
    if not isinstance(wanted, list) or not all(
        isinstance(item, str) and item in PROVIDERS for item in wanted
    ):
        raise Problem("invalid_parameters", "providers must be a wildcard or a list of known providers.")


async def make_link(request: web.Request) -> web.Response:
    """Create a link, which can be used once."""
    simulator = simulator_of(request)
    body = await read_json(request)
    kind = require_text(body, "type")
    if kind not in {"create", "reconnect"}:
        raise Problem("invalid_parameters", "type must be create or reconnect.")
    if not _opt_url(body, "api_url"):
        raise Problem("missing_parameters", "api_url is required.")
    account_id = None
    if kind == "create":
        _check_providers(body)
    else:
        account_id = linked_account(simulator, require_text(body, "reconnect_account")).id
    name = opt_text(body, "name", most=1024)
    if name == "":
        raise Problem("invalid_parameters", "name must not be empty.")
    expires_at = _read_expiry(body)
    if expires_at <= now_ms(simulator):
        raise Problem("invalid_parameters", "expiresOn is in the past.")
    link = HostedLink(
        new_id(),
        kind,
        expires_at,
        account_id,
        name,
        _opt_url(body, "notify_url"),
        _opt_url(body, "success_redirect_url"),
        _opt_url(body, "failure_redirect_url"),
    )
    simulator.world.save(link)
    return reply(
        {"object": "HostedAuthUrl", "url": f"{request.scheme}://{request.host}/hosted/{link.id}"}, 201
    )


ROUTES = [web.post("/hosted/accounts/link", make_link)]

"""The one place where the parts of the web process meet."""

from functools import cache
from pathlib import Path

import orjson
from aiohttp import web

from server.auth.tokens import Tokens
from server.config import ROOT, Config
from server.config.limits import rates_of
from server.handlers.docs import DOCS, Docs
from server.handlers.spa import ASSETS, Assets
from server.resources import CONTEXTS
from server.routes import ROUTES, add_routes
from server.routes.docs_page import STYLE, render_page
from server.routes.middlewares import MIDDLEWARES
from server.routes.openapi import build_document
from server.store.privacy.erasure_digests import NameHasher
from server.web.app_keys import CONFIG, HUB, NAME_HASHER, PROXIES, RATES, TOKENS
from server.web.client_address import Proxies
from server.web.security_headers import allow_origins

# Of a request to the API; webhooks and files have limits of their own.
MAX_BODY_BYTES = 1024 * 1024
STATIC = ROOT / "static"


def create_app(config: Config, static: Path = STATIC) -> web.Application:
    """Build the application; its resources are opened when it starts and closed when it ends."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=MAX_BODY_BYTES)
    app[CONFIG] = config
    app[NAME_HASHER] = NameHasher(config.secrets.erasure_key)
    app[TOKENS] = Tokens(
        config.secrets.jwt_secret, config.auth.access_token_seconds, config.secrets.jwt_secret_previous
    )
    app[RATES] = rates_of(config.limits)
    app[PROXIES] = Proxies(config.web.trusted_proxies)
    app[ASSETS] = Assets(static)
    app[DOCS] = _describe()
    add_routes(app)
    allow_origins(app, config.web.allowed_origins)
    app.cleanup_ctx.extend(CONTEXTS)
    app.on_shutdown.append(_close_sockets)
    return app


@cache
def _describe() -> Docs:
    document = build_document(ROUTES)
    return Docs(orjson.dumps(document), render_page(document), STYLE)


async def _close_sockets(app: web.Application) -> None:
    # Before the server waits for its open requests, which every socket is one of.
    await app[HUB].close()

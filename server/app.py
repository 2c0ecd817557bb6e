"""Builds the web application: the one place where its parts are wired together."""

from functools import cache
from pathlib import Path

import orjson
from aiohttp import web

from server import VERSION
from server.accounts.page_cache import PageCache
from server.auth.tokens import Tokens
from server.config import ROOT, Config
from server.config.limits import rates_of
from server.connections import open_vapid
from server.handlers.docs import DOCS, Docs
from server.handlers.spa import ASSETS, Assets
from server.local_jobs import LocalJobs
from server.metrics import ShowMetrics, show_own_metrics
from server.resources import CONTEXTS
from server.routes import ROUTES, add_routes
from server.routes.docs_page import STYLE, render_page
from server.routes.middlewares import MIDDLEWARES
from server.routes.openapi import build_document
from server.store.chats.chats import CHAT_FIELDS
from server.store.messages.messages import MESSAGE_FIELDS
from server.store.privacy.erasure_digests import NameHasher
from server.web.answers.entity_tags import PageTags
from server.web.app_keys import (
    APP_PAGE,
    CONFIG,
    HUB,
    LOCAL_JOBS,
    METRICS,
    NAME_HASHER,
    PAGE_TAGS,
    PAGES,
    PROXIES,
    RATES,
    READS,
    TOKENS,
    WEBPUSH_KEY,
)
from server.web.client_address import Proxies
from server.web.security_headers import allow_origins
from server.web.shedding import Reads

# For requests to the API; webhooks and uploads have their own limits.
MAX_BODY_BYTES = 1024 * 1024
STATIC = ROOT / "static"


def create_app(
    config: Config,
    static: Path = STATIC,
    show_metrics: ShowMetrics = show_own_metrics,
    local: LocalJobs | None = None,
) -> web.Application:
    """Build the application; its resources are opened on startup and closed on cleanup. `local`: where workers of this
    process take jobs.
    """
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=MAX_BODY_BYTES)
    app[CONFIG] = config
    app[NAME_HASHER] = NameHasher(config.secrets.erasure_keys)
    app[TOKENS] = Tokens(
        config.secrets.jwt_secret, config.auth.access_token_seconds, config.secrets.jwt_secret_previous
    )
    vapid = open_vapid(config)
    app[WEBPUSH_KEY] = vapid.public_key if vapid else ""
    app[METRICS] = show_metrics
    app[RATES] = rates_of(config.limits)
    app[PROXIES] = Proxies(config.web.trusted_proxies)
    app[LOCAL_JOBS] = local or LocalJobs()
    app[READS] = Reads(config.web.max_reads)
    app[PAGES] = PageCache(config.web.page_cache_bytes)
    app[PAGE_TAGS] = PageTags(config.secrets.jwt_secret, VERSION, CHAT_FIELDS, MESSAGE_FIELDS)
    app[ASSETS] = assets = _read_assets(static, config.web.asset_url)
    app[APP_PAGE] = assets.page
    app[DOCS] = _build_docs()
    add_routes(app)
    allow_origins(app, config.web.allowed_origins)
    app.cleanup_ctx.extend(CONTEXTS)
    app.on_shutdown.append(_close_sockets)
    return app


def read_shared_parts(asset_url: str, static: Path = STATIC) -> None:
    """Read now what all applications of this process and of its children have in common."""
    _read_assets(static, asset_url)
    _build_docs()


# Once per process, though a test process has a thousand applications.
@cache
def _read_assets(folder: Path, asset_url: str) -> Assets:
    return Assets(folder, asset_url)


@cache
def _build_docs() -> Docs:
    document = build_document(ROUTES)
    return Docs(orjson.dumps(document), render_page(document), STYLE)


async def _close_sockets(app: web.Application) -> None:
    # Before the server waits for open requests: every socket is one.
    await app[HUB].close()

"""The typed keys of the application's parts and of the values that middlewares put on a request."""

from collections.abc import Mapping

from aiohttp import web

from server.accounts.page_cache import PageCache
from server.accounts.page_checks import PageChecks
from server.auth.passwords import Passwords
from server.auth.tokens import Tokens
from server.config import Config
from server.config.limits import Rate
from server.event_batch import EventBatch
from server.local_jobs import LocalJobs
from server.media.storage import Storage
from server.messages.send_batcher import SendBatcher
from server.metrics import ShowMetrics
from server.plans.entitlement_cache import Entitlements
from server.plans.payer import Payer
from server.plans.ttl_cache import TTLCache
from server.realtime.hub.hub import Hub
from server.realtime.joining import Rooms
from server.realtime.presence import Presence
from server.redis.client import Client
from server.redis.rate_limiter import Limiter
from server.rules.policy import Caller, CallerRoles
from server.store.accounts.page_versions import PageVersion
from server.store.db.database import Database
from server.store.people.audit import Actor
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.client import UnipileClient
from server.web.answers.entity_tags import PageTags
from server.web.client_address import Proxies
from server.web.shedding import Reads

CONFIG = web.AppKey("config", Config)
DATABASE = web.AppKey("database", Database)
REDIS = web.AppKey("redis", Client)
EVENTS = web.AppKey("events", EventBatch)
LOCAL_JOBS = web.AppKey("local_jobs", LocalJobs)
READS = web.AppKey("reads", Reads)
SENDS = web.AppKey("sends", SendBatcher)
STORAGE = web.AppKey("storage", Storage)
HUB = web.AppKey("hub", Hub)
PRESENCE = web.AppKey("presence", Presence)
ROOMS = web.AppKey("rooms", Rooms)
UNIPILE = web.AppKey("unipile", UnipileClient)
ENTITLEMENTS = web.AppKey("entitlements", Entitlements)
TOKENS = web.AppKey("tokens", Tokens)
PASSWORDS = web.AppKey("passwords", Passwords)
LIMITER = web.AppKey("limiter", Limiter)
# (e-mail, roles) by user, provider and account.
CACHED_ROLES = web.AppKey("kept_standings", TTLCache[tuple[str, CallerRoles] | None])
# Bodies of pages by path and query; who may read them, and their versions; the tags of versions.
PAGES = web.AppKey("pages", PageCache)
PAGE_CHECKS = web.AppKey("page_checks", PageChecks)
PAGE_TAGS = web.AppKey("page_tags", PageTags)
RATES = web.AppKey("rates", Mapping[str, Rate])
NAME_HASHER = web.AppKey("seal", NameHasher)
# The public key of web push; empty where it is off.
WEBPUSH_KEY = web.AppKey("webpush_key", str)
PROXIES = web.AppKey("proxies", Proxies)
METRICS: web.AppKey[ShowMetrics] = web.AppKey("metrics")
# The app's page, whose own scripts and styles the policy allows.
APP_PAGE = web.AppKey("app_page", str)

# The caller's id; set by the middleware that reads the token.
USER_ID = web.RequestKey("user_id", int)
# The payer and what their plan allows; set where the route has an `entitlement`.
PAYER = web.RequestKey("payer", Payer)
# The values of the response headers RateLimit-Policy and RateLimit.
QUOTA = web.RequestKey("quota", tuple[str, str])
# The caller with their session or key, their roles for the route, and their entry in the audit log.
CALLER = web.RequestKey("caller", Caller)
CALLER_ROLES = web.RequestKey("standing", CallerRoles)
ACTOR = web.RequestKey("actor", Actor)
# What the page depends on; set for routes with `has_version`, except where it cannot be told.
PAGE_VERSION = web.RequestKey("page_version", PageVersion)

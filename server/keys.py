"""The typed keys under which the application keeps its parts."""

from collections.abc import Mapping

from aiohttp import web

from server.auth import Passwords, Tokens
from server.config import Config
from server.entitlements import Entitlements
from server.kept import Kept
from server.limits import Limiter
from server.paying import Payer
from server.policy import Caller, Standing
from server.proxies import Proxies
from server.queue import EventBatch
from server.rates import Rate
from server.realtime.hub import Hub
from server.realtime.presence import Presence
from server.redis_client import Client
from server.rooms import Rooms
from server.send_lines import SendLines
from server.storage import Storage
from server.store.audit import Actor
from server.store.erased import Seal
from server.store.pool import Database
from server.unipile.client import UnipileClient

CONFIG = web.AppKey("config", Config)
DATABASE = web.AppKey("database", Database)
REDIS = web.AppKey("redis", Client)
EVENTS = web.AppKey("events", EventBatch)
SENDS = web.AppKey("sends", SendLines)
STORAGE = web.AppKey("storage", Storage)
HUB = web.AppKey("hub", Hub)
PRESENCE = web.AppKey("presence", Presence)
ROOMS = web.AppKey("rooms", Rooms)
UNIPILE = web.AppKey("unipile", UnipileClient)
ENTITLEMENTS = web.AppKey("entitlements", Entitlements)
TOKENS = web.AppKey("tokens", Tokens)
PASSWORDS = web.AppKey("passwords", Passwords)
LIMITER = web.AppKey("limiter", Limiter)
# (e-mail, standing) by user, provider and number.
KEPT_STANDINGS = web.AppKey("kept_standings", Kept[tuple[str, Standing] | None])
RATES = web.AppKey("rates", Mapping[str, Rate])
SEAL = web.AppKey("seal", Seal)
PROXIES = web.AppKey("proxies", Proxies)

# The caller's id, put on the request by the middleware that reads the token.
USER_ID = web.RequestKey("user_id", int)
# Whose plan it is and what it allows, put there by the middleware where the route asks for a part of it.
PAYER = web.RequestKey("payer", Payer)
# How the caller stands with the limit that is nearest, as the answer's RateLimit-Policy and RateLimit.
QUOTA = web.RequestKey("quota", tuple[str, str])
# The caller with the session or the key, the roles that count for the route, and the name the audit log knows.
CALLER = web.RequestKey("caller", Caller)
STANDING = web.RequestKey("standing", Standing)
ACTOR = web.RequestKey("actor", Actor)

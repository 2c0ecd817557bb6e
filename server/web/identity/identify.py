"""Identifies the caller by access token or API key, for REST and the socket, and who may read metrics."""

import hmac
import secrets

from aiohttp import hdrs, web

from server.auth.tokens import bearer_token, hash_token, is_same_secret
from server.config import Config
from server.errors import ConfabError
from server.rules.policy import Caller
from server.said.said import said
from server.store.people import api_keys
from server.web.app_keys import DATABASE, TOKENS
from server.web.client_address import Networks

KEY_MARK = "cfb_"
# The beginning of a key: shown in lists, and used to find its row.
PREFIX_LENGTH = 12
KEY_LENGTH = len(KEY_MARK) + 43


def make_key() -> str:
    """A new key with 256 random bits."""
    return KEY_MARK + secrets.token_urlsafe(32)


def prefix_of(key: str) -> str:
    return key[:PREFIX_LENGTH]


def session_of_key(key_id: int) -> str:
    """The session id of a key's sockets, by which they are closed."""
    return f"key:{key_id}"


async def identify(app: web.Application, token: str) -> Caller:
    """The caller with this token or key; raises ConfabError("unauthenticated")."""
    if token.startswith(KEY_MARK):
        return await _identify_key(app, token)
    claims = app[TOKENS].read(token)
    return Caller(claims.user_id, claims.session_id, None, claims.expires_at)


async def _identify_key(app: web.Application, token: str) -> Caller:
    if len(token) != KEY_LENGTH or not token.isascii() or not token.isprintable():
        raise ConfabError("unauthenticated")
    key = await app[DATABASE].read(api_keys.fetch_key, prefix_of(token))
    if key is None or not hmac.compare_digest(key.key_hash, hash_token(token)):
        raise ConfabError("unauthenticated", said("key_wrong"))
    if key.is_use_due:
        await app[DATABASE].write(api_keys.note_use, key.rights.id)
    return Caller(key.user_id, session_of_key(key.rights.id), key.rights, key.expires_at)


def may_read_metrics(config: Config, request: web.BaseRequest) -> bool:
    """Whether this request has the token, or comes from a listed network, where either is set."""
    metrics = config.metrics
    if not metrics.is_restricted or request.remote in Networks(metrics.networks):
        return True
    try:
        given = bearer_token(request.headers.get(hdrs.AUTHORIZATION, ""))
    except ConfabError:
        return False
    return bool(metrics.token) and is_same_secret(given, metrics.token)


def require_metrics_reader(config: Config, request: web.BaseRequest) -> None:
    """Raise ConfabError unless this request may read metrics."""
    if not may_read_metrics(config, request):
        raise ConfabError(
            "unauthenticated", "Metrics need the token of CONFAB_METRICS_TOKEN, or a listed network."
        )

"""Finds out who calls, from a person's access token or a program's key, over REST and the socket alike."""

import hmac
import secrets

from aiohttp import web

from server.auth.tokens import hash_token
from server.errors import ConfabError
from server.rules.policy import Caller
from server.store.people import api_keys
from server.web.app_keys import DATABASE, TOKENS

KEY_MARK = "cfb_"
# Of the key's text: what is shown in lists and finds the row.
PREFIX_LENGTH = 12
KEY_LENGTH = len(KEY_MARK) + 43


def make_key() -> str:
    """A new key: 256 bits of chance."""
    return KEY_MARK + secrets.token_urlsafe(32)


def prefix_of(key: str) -> str:
    return key[:PREFIX_LENGTH]


def session_of_key(key_id: int) -> str:
    """Under which name the sockets of a key are ended."""
    return f"key:{key_id}"


async def identify(app: web.Application, token: str) -> Caller:
    """Who this token stands for; raises ConfabError("unauthenticated")."""
    if token.startswith(KEY_MARK):
        return await _identify_key(app, token)
    claims = app[TOKENS].read(token)
    return Caller(claims.user_id, claims.session_id, None, claims.expires_at)


async def _identify_key(app: web.Application, token: str) -> Caller:
    if len(token) != KEY_LENGTH or not token.isascii() or not token.isprintable():
        raise ConfabError("unauthenticated")
    known = await app[DATABASE].read(api_keys.fetch_key, prefix_of(token))
    if known is None or not hmac.compare_digest(known.key_hash, hash_token(token)):
        raise ConfabError("unauthenticated", "The API key is wrong, revoked or expired.")
    if known.is_use_due:
        await app[DATABASE].write(api_keys.note_use, known.rights.id)
    return Caller(known.user_id, session_of_key(known.rights.id), known.rights, known.expires_at)

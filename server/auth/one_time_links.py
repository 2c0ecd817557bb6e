"""The tokens of one-time links: whoever has the server's secret makes one again from its nonce, to mail it."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import NamedTuple

from server.auth.tokens import hash_token

NONCE_BYTES = 32


class NewLink(NamedTuple):
    """A link that is being made; nobody has to remember the token to mail it."""

    token: str
    nonce: bytes
    is_mailed: bool


def make_link(secret: str, *, is_mailed: bool) -> NewLink:
    """256 bits of chance, which only this server can turn into the token."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return NewLink(_token_of(secret, nonce), nonce, is_mailed)


def find_token(secrets_: Iterable[str], nonce: bytes, token_hash: bytes) -> str | None:
    """The token that belongs to this hash; None when it was made with a secret that is none of these."""
    tokens = (_token_of(secret, nonce) for secret in secrets_ if secret)
    return next((token for token in tokens if hmac.compare_digest(hash_token(token), token_hash)), None)


def _token_of(secret: str, nonce: bytes) -> str:
    key = hashlib.sha256(b"confab one-time links\n" + secret.encode()).digest()
    return urlsafe_b64encode(hmac.digest(key, nonce, "sha256")).rstrip(b"=").decode()

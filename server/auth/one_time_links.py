"""The tokens of one-time links. A token is derived from the server's secret and a stored nonce, so that a worker can
mail a link although only the token's hash is stored.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import NamedTuple

from server.auth.tokens import hash_token

NONCE_BYTES = 32


class NewLink(NamedTuple):
    """A link before it is stored."""

    token: str
    nonce: bytes
    is_mailed: bool


def make_link(secret: str, *, is_mailed: bool) -> NewLink:
    """A new link with a random nonce of 256 bits; deriving its token takes the server's secret."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return NewLink(_token_of(secret, nonce), nonce, is_mailed)


def find_token(secrets_: Iterable[str], nonce: bytes, token_hash: bytes) -> str | None:
    """The token with this hash; None if it was derived from none of these secrets."""
    tokens = (_token_of(secret, nonce) for secret in secrets_ if secret)
    return next((token for token in tokens if hmac.compare_digest(hash_token(token), token_hash)), None)


def _token_of(secret: str, nonce: bytes) -> str:
    key = hashlib.sha256(b"confab one-time links\n" + secret.encode()).digest()
    return urlsafe_b64encode(hmac.digest(key, nonce, "sha256")).rstrip(b"=").decode()

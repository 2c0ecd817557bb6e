"""The tokens in mails that end these mails: signed, without expiry, and good for nothing else."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from server.auth.tokens import USER_ID

SIGNATURE_CHARACTERS = 32


def make_unsubscribe_token(secret: str, user_id: int) -> str:
    """A token that names its user; only the server's secret signs it."""
    return f"{user_id}-{_sign(secret, user_id)}"


def read_unsubscribe_token(secrets: Iterable[str], token: str) -> int | None:
    """The token's user; None if none of these secrets has signed it."""
    user, _, signature = token.partition("-")
    if not USER_ID.fullmatch(user) or not signature.isascii():
        return None
    user_id = int(user)
    signed = [
        hmac.compare_digest(signature.encode(), _sign(secret, user_id).encode())
        for secret in secrets
        if secret
    ]
    return user_id if any(signed) else None


def _sign(secret: str, user_id: int) -> str:
    key = hashlib.sha256(b"confab unsubscribing\n" + secret.encode()).digest()
    digest = hmac.digest(key, str(user_id).encode(), "sha256")
    return urlsafe_b64encode(digest).decode()[:SIGNATURE_CHARACTERS]

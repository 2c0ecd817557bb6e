"""The server's key of web push: its public half for browsers, and the header that proves it (RFC 8292)."""

import time
from base64 import urlsafe_b64encode
from functools import cached_property
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# The longest that push services accept is a day.
TOKEN_SECONDS = 12 * 3600
# A token is signed again when it has less than this left.
MARGIN_SECONDS = 3600


class Vapid:
    """Signs one token for each push service, and uses it for hours."""

    def __init__(self, private_value: int, subject: str) -> None:
        """`subject` is where push services reach the operator."""
        self._key = ec.derive_private_key(private_value, ec.SECP256R1())
        self._subject = subject
        self._tokens: dict[str, tuple[str, float]] = {}

    @cached_property
    def public_key(self) -> str:
        """As browsers want it, to subscribe: an uncompressed point in base64url."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    def authorization(self, endpoint: str) -> str:
        """The value of the header `Authorization` for this endpoint."""
        parts = urlsplit(endpoint)
        return f"vapid t={self._token(f'{parts.scheme}://{parts.netloc}')}, k={self.public_key}"

    def _token(self, audience: str) -> str:
        now = time.time()
        token, until = self._tokens.get(audience, ("", 0.0))
        if until - now < MARGIN_SECONDS:
            until = now + TOKEN_SECONDS
            claims = {"aud": audience, "exp": int(until), "sub": self._subject}
            token = jwt.encode(claims, self._key, algorithm="ES256")
            self._tokens[audience] = (token, until)
        return token

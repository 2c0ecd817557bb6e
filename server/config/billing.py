"""The `[billing]` setting, and the check of Standard Webhooks signatures (standardwebhooks.com).

The library `standardwebhooks` 1.1 was tried with the inputs of this module's tests and is not used: a body that is not
UTF-8, a signature without a comma and one that is not base64 each raise another error than its own (a 500 instead of a
401), it signs and verifies a timestamp other than the one that was sent ("1.7e9", "1700000000.5"), and it accepts ids
of any length with control characters. Wrapping all this takes as many lines as the check itself.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from server.config.reader import ConfigError, key

PREFIX, VERSION = "whsec_", "v1,"
MIN_SECRET_BYTES, MAX_SECRET_BYTES = 24, 64
NEW_SECRET_BYTES = 32
TOLERANCE_SECONDS = 300
MAX_ID_LENGTH = 255


class SignatureError(Exception):
    """The secret or the signature is invalid; the message says why, without the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    # In the format of Standard Webhooks: whsec_ and base64. Empty: no billing system.
    secret: str = key(secret=True, default="")
    # Accepted too, while the billing system's secret is rotated.
    secret_previous: str = key(secret=True, default="")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those with which the billing system may sign; empty: no billing system."""
        return tuple(filter(None, (self.secret, self.secret_previous))) if self.secret else ()


def check_billing(billing: Billing) -> None:
    """Raise ConfigError for an invalid secret."""
    given = {
        "CONFAB_BILLING_SECRET": billing.secret,
        "CONFAB_BILLING_SECRET_PREVIOUS": billing.secret_previous,
    }
    for name, secret in given.items():
        try:
            if secret:
                read_secret(secret)
        except SignatureError as error:
            raise ConfigError(f"{name} {error}.") from error


def make_secret() -> str:
    """A new secret in the format of Standard Webhooks."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_SECRET_BYTES)).decode()


def read_secret(text: str) -> bytes:
    """The bytes of a `whsec_…` secret."""
    try:
        secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("must be whsec_ followed by base64") from error
    if not text.startswith(PREFIX) or not MIN_SECRET_BYTES <= len(secret) <= MAX_SECRET_BYTES:
        raise SignatureError(
            f"must be whsec_ followed by the base64 of {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes"
        )
    return secret


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The signature `v1,<base64>` of id, timestamp and body."""
    digest = hmac.digest(read_secret(secret), f"{webhook_id}.{timestamp}.".encode() + body, sha256)
    return VERSION + base64.b64encode(digest).decode()


def check_signature(
    known: Sequence[str], webhook_id: str, timestamp: str, signatures: str, body: bytes, now: float
) -> None:
    """Raise SignatureError unless one of the signatures is valid with one of our secrets and the timestamp is recent.
    The sender puts several side by side while it rotates its secret.
    """
    if not 1 <= len(webhook_id) <= MAX_ID_LENGTH or not webhook_id.isascii() or not webhook_id.isprintable():
        raise SignatureError("The header webhook-id is missing or invalid")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureError("The header webhook-timestamp is missing or is not a Unix time in seconds")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureError("The time in webhook-timestamp differs from ours by more than five minutes")
    expected = [sign(secret, webhook_id, int(timestamp), body).encode() for secret in known]
    given = list(_v1_signatures(signatures))
    # All are compared, in constant time each, so that the duration reveals nothing about them.
    if not sum(hmac.compare_digest(signature, ours) for signature in given for ours in expected):
        raise SignatureError("No signature in webhook-signature matches the billing secret")


def _v1_signatures(signatures: str) -> Iterator[bytes]:
    for part in signatures.split(" ")[:20]:
        if part.startswith(VERSION):
            yield part.encode("utf-8", "surrogateescape")

"""Signatures of Standard Webhooks (standardwebhooks.com): who sent this body, and when."""

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from server.config.reader import ConfigError, key

PREFIX, VERSION = "whsec_", "v1,"
MIN_SECRET_BYTES, MAX_SECRET_BYTES = 24, 64
TOLERANCE_SECONDS = 300
MAX_ID_LENGTH = 255


class SignatureError(Exception):
    """The secret cannot be used, or the signature is not good; the message says why, without the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    # As Standard Webhooks writes it: whsec_ and base64. Empty: there is no billing system.
    secret: str = key(secret=True, default="")


def check_billing(billing: Billing) -> None:
    """Raise ConfigError for a secret that cannot be used."""
    try:
        if billing.secret:
            read_secret(billing.secret)
    except SignatureError as error:
        raise ConfigError(f"CONFAB_BILLING_SECRET {error}.") from error


def read_secret(text: str) -> bytes:
    """The bytes of a `whsec_…` secret."""
    try:
        known = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("must be whsec_ and base64") from error
    if not text.startswith(PREFIX) or not MIN_SECRET_BYTES <= len(known) <= MAX_SECRET_BYTES:
        raise SignatureError(
            f"must be whsec_ and the base64 of {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes"
        )
    return known


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` over id, time and body."""
    digest = hmac.digest(read_secret(secret), f"{webhook_id}.{timestamp}.".encode() + body, sha256)
    return VERSION + base64.b64encode(digest).decode()


def check_signature(
    secret: str, webhook_id: str, timestamp: str, signatures: str, body: bytes, now: float
) -> None:
    """Raise SignatureError unless one of the signatures is ours and the time is now; several stand side by side
    while a secret is being replaced.
    """
    if not 1 <= len(webhook_id) <= MAX_ID_LENGTH or not webhook_id.isascii() or not webhook_id.isprintable():
        raise SignatureError("webhook-id is missing or no id")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureError("webhook-timestamp is missing or no time")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureError("webhook-timestamp is too far from now")
    expected = sign(secret, webhook_id, int(timestamp), body).encode()
    # Every one is compared to the end: how long it took tells nothing of which is near.
    if not sum(hmac.compare_digest(given, expected) for given in _given(signatures)):
        raise SignatureError("webhook-signature fits no secret of ours")


def _given(signatures: str) -> Iterator[bytes]:
    for part in signatures.split(" ")[:20]:
        if part.startswith(VERSION):
            yield part.encode("utf-8", "surrogateescape")

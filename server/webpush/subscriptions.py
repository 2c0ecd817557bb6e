"""A browser's subscription to web push: read from what the browser gives, and encrypted for (RFC 8291)."""

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

POINT_BYTES, AUTH_BYTES = 65, 16
TOPIC_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser gets its notifications, and the keys that only it can decrypt with."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def read_point(text: str) -> bytes | None:
    """A public key in base64url; None unless it is a point of the curve."""
    decoded = _decode(text, POINT_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded or b"")
    except ValueError:
        return None
    return decoded


def read_auth(text: str) -> bytes | None:
    """The shared secret of a subscription in base64url."""
    return _decode(text, AUTH_BYTES)


def _decode(text: str, size: int) -> bytes | None:
    bare = text.rstrip("=")
    try:
        decoded = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded) == size else None


def encrypt(subscription: Subscription, payload: bytes) -> bytes:
    """For this browser only: a fresh key and salt for each message."""
    return bytes(
        http_ece.encrypt(
            payload,
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=subscription.p256dh,
            auth_secret=subscription.auth,
            version="aes128gcm",
        )
    )


def topic_of(subscription: Subscription, subject: str) -> str:
    """What replaces an older notification that was not delivered yet; says nothing to the push service."""
    digest = sha256(f"{subscription.endpoint}\n{subject}".encode()).digest()
    return urlsafe_b64encode(digest).decode()[:TOPIC_CHARACTERS]

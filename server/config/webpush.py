"""The key and subject of web push: `VAPID_PRIVATE_KEY`, and `[webpush]` of config.toml."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from secrets import randbelow

from server.config.reader import ConfigError, key

# The order of the curve P-256: a private key is a number below it (FIPS 186-5).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY_BYTES = 32
SUBJECT_SCHEMES = ("mailto:", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webpush:
    private_key: str | None = key(env="VAPID_PRIVATE_KEY", secret=True, default=None)
    subject: str = key(env="VAPID_SUBJECT", default="")
    private_endpoints: bool

    @property
    def is_on(self) -> bool:
        return self.private_key is not None

    @property
    def private_value(self) -> int | None:
        """The number that is the private key."""
        return None if self.private_key is None else read_private_key(self.private_key)


def make_private_key() -> str:
    """A new private key, in unpadded base64url."""
    value = randbelow(ORDER - 1) + 1
    return urlsafe_b64encode(value.to_bytes(KEY_BYTES, "big")).rstrip(b"=").decode()


def read_private_key(text: str) -> int:
    """The number that is the private key; raises ConfigError, which does not quote it."""
    bare = text.rstrip("=")
    try:
        decoded = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        decoded = b""
    value = int.from_bytes(decoded, "big")
    if len(decoded) != KEY_BYTES or not 0 < value < ORDER:
        raise ConfigError("VAPID_PRIVATE_KEY is not a key: make one with `python run.py vapid`.")
    return value


def check_webpush(webpush: Webpush, *, is_https: bool) -> None:
    """Raise ConfigError for a wrong key or subject, and for private endpoints where strangers can sign in."""
    if webpush.private_key is None:
        return
    read_private_key(webpush.private_key)
    if webpush.subject and not webpush.subject.startswith(SUBJECT_SCHEMES):
        raise ConfigError(
            "VAPID_SUBJECT must be where push services can reach you: mailto:you@example.com or https://…."
        )
    if webpush.private_endpoints and is_https:
        raise ConfigError(
            "CONFAB_WEBPUSH_PRIVATE_ENDPOINTS must not be on while PUBLIC_URL is https: turn it off."
        )

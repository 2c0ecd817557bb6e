"""Access, media and refresh tokens and secrets in URLs; knows secrets and claims, no rows and no requests."""

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

import jwt

from server.errors import ConfabError
from server.said.said import said

ALGORITHM = "HS256"
ISSUER, AUDIENCE = "confab", "confab-api"
REQUIRED_CLAIMS = ["exp", "iat", "nbf", "sub", "sid", "jti", "iss", "aud", "typ"]
TEXT_CLAIMS = ("sub", "sid", "jti", "iss", "aud", "typ")
TIME_CLAIMS = ("exp", "iat", "nbf")
# What a token is for, its claim `typ`: a token of one kind is not valid as one of another.
ACCESS, MEDIA = "access", "media"
MAX_TOKEN_LENGTH = 4096
# Verifying a signature takes 47 µs, a lookup in this cache less than 1 µs. Expiry is checked at every use.
CACHED_TOKENS = 4096
LEEWAY_SECONDS = 5
# A row id as we write it: no sign, no space, no digits of other scripts.
USER_ID = re.compile(r"[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token: user, session, and expiry in Unix seconds."""

    user_id: int
    session_id: str
    expires_at: float


class Tokens:
    """Issues and verifies access and media tokens. Tokens of sessions passed to `end_sessions` are rejected."""

    def __init__(self, secret: str, lifetime_seconds: int, previous: str = "") -> None:
        """With `previous`, tokens signed with the previous secret are accepted too."""
        self._secret = secret
        self._readable = [secret, previous] if previous else [secret]
        self._lifetime = lifetime_seconds
        self._verified: OrderedDict[tuple[str, str], Claims] = OrderedDict()
        self._ended: dict[str, float] = {}  # session -> when its last token has expired anyway

    @property
    def lifetime_seconds(self) -> int:
        return self._lifetime

    def issue(self, user_id: int, session_id: str, kind: str = ACCESS) -> tuple[str, float]:
        """(token, expiry in Unix seconds)."""
        now = time.time()
        expires_at = now + self._lifetime
        claims = {
            "sub": str(user_id),
            "sid": session_id,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": kind,
            "iat": int(now),
            "nbf": int(now),
            "exp": int(expires_at),
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), float(int(expires_at))

    def read(self, token: str, kind: str = ACCESS) -> Claims:
        """The claims of a valid token of this kind; raises ConfabError("unauthenticated") otherwise."""
        claims = self._verified.get((kind, token))
        if claims is None:
            claims = self._verify(token, kind)
            self._verified[kind, token] = claims
            if len(self._verified) > CACHED_TOKENS:
                self._verified.popitem(last=False)
        if claims.expires_at <= time.time():
            self._verified.pop((kind, token), None)
            raise ConfabError("unauthenticated")
        if claims.session_id in self._ended:
            raise ConfabError("unauthenticated", said("session_ended"))
        return claims

    def end_sessions(self, session_ids: Iterable[str]) -> None:
        """Reject the tokens of these sessions from now on; idempotent."""
        now = time.time()
        for session_id in session_ids:
            self._ended.setdefault(session_id, now + self._lifetime + LEEWAY_SECONDS)
        for session_id in [known for known, until in self._ended.items() if until <= now]:
            del self._ended[session_id]

    def _verify(self, token: str, kind: str) -> Claims:
        if len(token) > MAX_TOKEN_LENGTH:
            raise ConfabError("unauthenticated")
        for secret in self._readable[:-1]:
            with suppress(ConfabError):
                return _read_signed(token, secret, kind)
        return _read_signed(token, self._readable[-1], kind)


def _read_signed(token: str, secret: str, kind: str) -> Claims:
    """Verify a token with one secret, and that each claim has the type that we issue."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED_CLAIMS},
        )
        is_ours = (
            claims["typ"] == kind
            and all(type(claims[name]) is str for name in TEXT_CLAIMS)
            and all(type(claims[name]) is int for name in TIME_CLAIMS)
        )
        if not is_ours or not USER_ID.fullmatch(claims["sub"]):
            raise ConfabError("unauthenticated")
        return Claims(int(claims["sub"]), claims["sid"], float(claims["exp"]))
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ConfabError("unauthenticated") from error


def bearer_token(authorization: str) -> str:
    """The token of an Authorization header; raises ConfabError("unauthenticated") if there is none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ConfabError("unauthenticated")
    return token.strip()


def is_same_secret(given: str, expected: str) -> bool:
    """Compare in constant time; header values may contain any bytes."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def hash_token(token: str) -> bytes:
    """The stored hash of a token; tokens are random, so a fast hash is sufficient."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def make_refresh_token() -> str:
    """A refresh token with 256 random bits."""
    return secrets.token_urlsafe(32)


def link_url(public_url: str, token: str) -> str:
    """The URL of a one-time link. Browsers do not send the fragment, so the token appears in no log on the way."""
    return f"{public_url}/welcome#{token}"

"""Who is asking: access tokens, refresh tokens and passwords. Knows secrets and claims, no rows and no requests."""

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from server.errors import ConfabError

ALGORITHM = "HS256"
ISSUER, AUDIENCE = "confab", "confab-api"
REQUIRED_CLAIMS = ["exp", "iat", "nbf", "sub", "sid", "jti", "iss", "aud", "typ"]
TEXT_CLAIMS = ("sub", "sid", "jti", "iss", "aud", "typ")
TIME_CLAIMS = ("exp", "iat", "nbf")
MAX_TOKEN_LENGTH = 4096
# Checking a signature costs 47 µs, a look into this table less than one; expiry is checked at every use.
CACHED_TOKENS = 4096
LEEWAY_SECONDS = 5
# A row's number as we write it: no sign, no blank, no digit of another script.
USER_ID = re.compile(r"[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: who, by which session, and until when (Unix seconds)."""

    user_id: int
    session_id: str
    expires_at: float


class Tokens:
    """Makes and reads access tokens. One lives as long as its session: those that ended are told to it."""

    def __init__(self, secret: str, lifetime_seconds: int, previous: str = "") -> None:
        """With `previous`, tokens that were signed with the secret before this one are read too."""
        self._secret = secret
        self._readable = [secret, previous] if previous else [secret]
        self._lifetime = lifetime_seconds
        self._known: OrderedDict[str, Claims] = OrderedDict()
        self._ended: dict[str, float] = {}  # session -> when its last token has expired by itself

    @property
    def lifetime_seconds(self) -> int:
        return self._lifetime

    def issue(self, user_id: int, session_id: str) -> tuple[str, float]:
        """(token, when it expires in Unix seconds)."""
        now = time.time()
        expires_at = now + self._lifetime
        claims = {
            "sub": str(user_id),
            "sid": session_id,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": "access",
            "iat": int(now),
            "nbf": int(now),
            "exp": int(expires_at),
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), float(int(expires_at))

    def read(self, token: str) -> Claims:
        """The claims of a valid token; raises ConfabError("unauthenticated") for every other one."""
        claims = self._known.get(token)
        if claims is None:
            claims = self._check(token)
            self._known[token] = claims
            if len(self._known) > CACHED_TOKENS:
                self._known.popitem(last=False)
        if claims.expires_at <= time.time():
            self._known.pop(token, None)
            raise ConfabError("unauthenticated")
        if claims.session_id in self._ended:
            raise ConfabError("unauthenticated", "This session has ended: sign in again.")
        return claims

    def end_sessions(self, session_ids: Iterable[str]) -> None:
        """Refuse these sessions' tokens from now on; safe to be told again."""
        now = time.time()
        for session_id in session_ids:
            self._ended.setdefault(session_id, now + self._lifetime + LEEWAY_SECONDS)
        for session_id in [known for known, until in self._ended.items() if until <= now]:
            del self._ended[session_id]

    def _check(self, token: str) -> Claims:
        if len(token) > MAX_TOKEN_LENGTH:
            raise ConfabError("unauthenticated")
        for secret in self._readable[:-1]:
            with suppress(ConfabError):
                return _read_signed(token, secret)
        return _read_signed(token, self._readable[-1])


def _read_signed(token: str, secret: str) -> Claims:
    """The claims of a token that this secret has signed, each of the kind that we write."""
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
            claims["typ"] == "access"
            and all(type(claims[name]) is str for name in TEXT_CLAIMS)
            and all(type(claims[name]) is int for name in TIME_CLAIMS)
        )
        if not is_ours or not USER_ID.fullmatch(claims["sub"]):
            raise ConfabError("unauthenticated")
        return Claims(int(claims["sub"]), claims["sid"], float(claims["exp"]))
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ConfabError("unauthenticated") from error


def bearer_token(authorization: str) -> str:
    """The token of an Authorization header; raises ConfabError("unauthenticated") when there is none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ConfabError("unauthenticated")
    return token.strip()


def is_same_secret(given: str, expected: str) -> bool:
    """Compare in constant time; header values may hold any byte."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def hash_token(token: str) -> bytes:
    """What is kept of a refresh token: it is random, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def make_refresh_token() -> str:
    """256 bits of chance; one-time links are made of the same."""
    return secrets.token_urlsafe(32)


def link_url(public_url: str, token: str) -> str:
    """The address of a one-time link. What stands behind the # stays in the browser: no log on the way sees it."""
    return f"{public_url}/welcome#{token}"


HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _decoy() -> str:
    """The hash of a password that nobody knows."""
    return HASHER.hash(secrets.token_urlsafe(16))


class Passwords:
    """argon2id off the event loop (200 ms of a core), a few at a time so that logins cannot starve the rest."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        _decoy()  # now, and not in the first login's time

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, HASHER.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Check a password; without a hash the same time is spent, so that unknown users cannot be told apart."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verify, password, password_hash
        )

    def _verify(self, password: str, password_hash: str | None) -> bool:
        try:
            return HASHER.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

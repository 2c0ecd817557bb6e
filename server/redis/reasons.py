"""Explains Redis errors in one sentence each, with what to do, and without secrets of the address.

The client library raises the same few classes for most errors, and its messages quote what was sent. The reason is
therefore taken from the underlying system error, or from the error code that a Redis response begins with.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import redis.exceptions as library
from redis.exceptions import RedisError

from server.said.said import Said, said

# All exceptions that a Redis command raises when it fails.
UNREACHABLE = (RedisError, OSError, asyncio.TimeoutError)

# What our own errors say, which follow Sentinel to the primary.
NO_SENTINEL, NOT_MONITORED = "no Sentinel has answered", "Sentinel monitors no primary of this name"


class Reason(NamedTuple):
    """The rest of a sentence that begins with "Redis at …"; `passes` if a retry may succeed in a moment."""

    sentence: Said
    passes: bool = False


def _reason(key: str, *, passes: bool) -> Reason:
    return Reason(said(f"redis_{key.lower()}"), passes)


# Those that may be over in a moment, and those that an operator has to end.
_PASSING = (
    "READONLY",
    "LOADING",
    "MASTERDOWN",
    "NOREPLICAS",
    "MISCONF",
    "OOM",
    "BUSY",
    "MAXCLIENTS",
    "NAME",
    "REFUSED",
    "SOCKET",
    "CLOSED",
    "CLOSED_TLS",
    "SLOW",
    "SLOW_TLS",
    "UNREACHED",
    "NO_SENTINEL",
)
_LASTING = (
    "CLUSTERDOWN",
    "NOAUTH",
    "WRONGPASS",
    "NOPASSWORD",
    "NOPERM",
    "DENIED",
    "DB",
    "RIGHTS",
    "TLS",
    "CLIENT_CERTIFICATE",
    "CERTIFICATE",
    "CERTIFICATE_NAME",
    "CERTIFICATE_DATE",
    "NOT_REDIS",
    "NOT_MONITORED",
)
REASONS: Mapping[str, Reason] = {key: _reason(key, passes=key in _PASSING) for key in (*_PASSING, *_LASTING)}
UNKNOWN = _reason("UNKNOWN", passes=False)
# The library removes the error code where it has a class for it.
CLASSES: Mapping[type[Exception], str] = {
    library.ReadOnlyError: "READONLY",
    library.BusyLoadingError: "LOADING",
    library.OutOfMemoryError: "OOM",
    library.NoPermissionError: "NOPERM",
    library.InvalidResponse: "NOT_REDIS",
}
# Anywhere in the text: older Redis versions wrap it in the error of a script.
ERROR_CODE = re.compile(
    r"\b(READONLY|LOADING|MASTERDOWN|NOREPLICAS|MISCONF|OOM|BUSY|NOAUTH|WRONGPASS|NOPERM|DENIED)\b"
)
CLUSTER = re.compile(r"\b(CLUSTERDOWN|CROSSSLOT|MOVED|ASK|TRYAGAIN)\b|same slot")
TEXTS = (
    ("max number of clients", "MAXCLIENTS"),
    ("DB index", "DB"),
    ("protected mode", "DENIED"),
    ("without any password", "NOPASSWORD"),
    ("no password is set", "NOPASSWORD"),
    ("Authentication required", "NOAUTH"),
    ("CERTIFICATE_REQUIRED", "CLIENT_CERTIFICATE"),
    ("Connection refused", "REFUSED"),
    ("closed by server", "CLOSED"),
    (NO_SENTINEL, "NO_SENTINEL"),
    (NOT_MONITORED, "NOT_MONITORED"),
)
NAME_MISMATCH = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
DATES = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED


def reason_of(error: BaseException, *, is_tls: bool = False) -> Reason:
    """The reason why a command or connection failed."""
    key = next((found for cause in _causes(error) if (found := _reason_key(cause))), None)
    if is_tls and key in ("CLOSED", "SLOW"):
        key += "_TLS"
    return REASONS.get(key or "", UNKNOWN)


def is_away(error: BaseException) -> bool:
    """Whether a retry on a new connection may succeed in a moment: after a failover, a restart, a short outage."""
    return (
        isinstance(error, (library.ConnectionError, library.TimeoutError, OSError)) or reason_of(error).passes
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The chain of causes, from the root cause to the error itself."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return reversed(chain)


def _reason_key(error: BaseException) -> str | None:
    text = str(error)
    if isinstance(error, RedisError) and CLUSTER.search(text):
        return "CLUSTERDOWN"
    if found := next((key for part, key in TEXTS if part in text), None):
        return found
    if isinstance(error, OSError):
        return _os_error_key(error)
    if isinstance(error, RedisError):
        return _response_key(error, text)
    return "NAME" if isinstance(error, UnicodeError) else None


def _response_key(error: RedisError, text: str) -> str | None:
    if found := next((key for kind, key in CLASSES.items() if isinstance(error, kind)), None):
        return found
    if named := ERROR_CODE.search(text):
        return named[1]
    if isinstance(error, library.AuthenticationError):
        return "WRONGPASS"
    return "SLOW" if isinstance(error, library.TimeoutError) else None


def _os_error_key(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        named = dict.fromkeys(NAME_MISMATCH, "CERTIFICATE_NAME") | dict.fromkeys(DATES, "CERTIFICATE_DATE")
        return named.get(error.verify_code, "CERTIFICATE")
    kinds: tuple[tuple[type[OSError], str], ...] = (
        (ssl.SSLEOFError, "CLOSED"),
        (ssl.SSLError, "TLS"),
        (socket.gaierror, "NAME"),
        (TimeoutError, "SLOW"),
        (ConnectionRefusedError, "REFUSED"),
        (ConnectionError, "CLOSED"),
        (FileNotFoundError, "SOCKET"),
        (PermissionError, "RIGHTS"),
    )
    return next((key for kind, key in kinds if isinstance(error, kind)), "UNREACHED")

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

# All exceptions that a Redis command raises when it fails.
UNREACHABLE = (RedisError, OSError, asyncio.TimeoutError)


class Reason(NamedTuple):
    """The rest of a sentence that begins with "Redis at …"; `passes` if a retry may succeed in a moment."""

    sentence: str
    passes: bool = False


SPEAKS_TLS = "if it uses TLS, begin REDIS_URL with rediss://"
SPEAKS_NO_TLS = "if it does not use TLS, begin REDIS_URL with redis://"
REASONS: Mapping[str, Reason] = {
    "READONLY": Reason(
        "is a read-only replica: point REDIS_URL at the primary, or wait for the failover", True
    ),
    "LOADING": Reason("is loading its data: wait until it has started", True),
    "MASTERDOWN": Reason("is a replica that has lost its primary: point REDIS_URL at the primary", True),
    "NOREPLICAS": Reason(
        "accepts no writes because it has too few replicas: restart them, or lower min-replicas-to-write",
        True,
    ),
    "MISCONF": Reason("accepts no writes because it cannot save its data: check its disk and its log", True),
    "OOM": Reason("is out of memory: raise maxmemory, and keep the policy noeviction", True),
    "BUSY": Reason("is busy with a script: wait, or end it with SCRIPT KILL", True),
    "MAXCLIENTS": Reason("has no connections left: raise maxclients, or run fewer processes", True),
    "CLUSTERDOWN": Reason("is in cluster mode, which Confab does not support: use one without cluster mode"),
    "NOAUTH": Reason("requires a password: put it into REDIS_URL, as in redis://:password@host:6379/0"),
    "WRONGPASS": Reason(
        "rejects the user name or the password: check REDIS_URL (the password must be percent-encoded)"
    ),
    "NOPASSWORD": Reason("has no password, but REDIS_URL has one: remove it, or set requirepass"),
    "NOPERM": Reason(
        "denies its user a command, key or channel: grant the user ~confab:* ~arq:* &confab:* +@all"
    ),
    "DENIED": Reason(
        "is in protected mode and accepts connections from its own machine only: set a password there"
    ),
    "DB": Reason("has no database with that number: use database 0 in REDIS_URL, with /0 or ?db=0"),
    "NAME": Reason("has a host name that cannot be resolved: check the host in REDIS_URL", True),
    "REFUSED": Reason("refuses the connection: start it, or check host and port in REDIS_URL", True),
    "SOCKET": Reason("has no socket there: start it, or check the path in REDIS_URL", True),
    "RIGHTS": Reason("may not be opened by this user: check the permissions of its socket (unixsocketperm)"),
    "TLS": Reason(f"failed the TLS handshake: {SPEAKS_NO_TLS}"),
    "CLIENT_CERTIFICATE": Reason(
        "requires a client certificate: set ssl_certfile and ssl_keyfile in REDIS_URL"
    ),
    "CERTIFICATE": Reason(
        "has a certificate that no trusted authority signed: set its authority with ?ssl_ca_certs=/path/ca.pem, "
        "or accept any certificate with ?ssl_cert_reqs=none"
    ),
    "CERTIFICATE_NAME": Reason(
        "has a certificate for another name: use that name in REDIS_URL, or do not check the name with "
        "?ssl_check_hostname=false"
    ),
    "CERTIFICATE_DATE": Reason(
        "has a certificate that is expired or not yet valid: renew it, or check the clocks"
    ),
    "NOT_REDIS": Reason(f"does not respond like Redis: check host and port in REDIS_URL; {SPEAKS_TLS}"),
    "CLOSED": Reason(f"closed the connection without a response: {SPEAKS_TLS}", True),
    "CLOSED_TLS": Reason(
        f"closed the connection without a response: {SPEAKS_NO_TLS}; if it requires a client certificate, set "
        "?ssl_certfile= and &ssl_keyfile=",
        True,
    ),
    "SLOW": Reason("did not respond in time: check the network, firewalls and the load of its machine", True),
    "SLOW_TLS": Reason(f"did not respond in time: check the network and its load; {SPEAKS_NO_TLS}", True),
    "UNREACHED": Reason("cannot be reached: check the network, and host and port in REDIS_URL", True),
}
UNKNOWN = Reason("cannot be used: look into its log for the reason")
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

"""Says why Redis could not be used: one sentence in our own words, without an address's secrets, with what to do.

The client library raises the same few classes for most failures and its texts quote what was sent, so a failure is
known by the system's error underneath it or by the word that a Redis answer begins with.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import redis.exceptions as library
from redis.exceptions import RedisError

# Everything that a Redis command raises when it could not be done.
UNREACHABLE = (RedisError, OSError, asyncio.TimeoutError)


class Reason(NamedTuple):
    """Why, to be read after "Redis at …"; `passes` when it may be over in a moment, also on another connection."""

    sentence: str
    passes: bool = False


SPEAKS_TLS = "if it speaks TLS, begin REDIS_URL with rediss://"
SPEAKS_NO_TLS = "if it does not speak TLS, begin REDIS_URL with redis://"
REASONS: Mapping[str, Reason] = {
    "READONLY": Reason(
        "is a read-only replica: point REDIS_URL at the primary, or wait for the failover", True
    ),
    "LOADING": Reason("is loading its data: wait until it has started", True),
    "MASTERDOWN": Reason("is a replica that has lost its primary: point REDIS_URL at the primary", True),
    "NOREPLICAS": Reason(
        "takes no writes, having too few replicas: bring them back, or lower min-replicas", True
    ),
    "MISCONF": Reason("takes no writes, as it cannot save its data: look at its disk and its log", True),
    "OOM": Reason("is out of memory: raise maxmemory, with the policy noeviction", True),
    "BUSY": Reason("is busy with a script: wait, or end it with SCRIPT KILL", True),
    "MAXCLIENTS": Reason("has no connection left: raise maxclients, or run fewer processes", True),
    "CLUSTERDOWN": Reason("is in cluster mode, which Confab does not support: use one without cluster mode"),
    "NOAUTH": Reason("asks for a password: put it into REDIS_URL, as in redis://:password@host:6379/0"),
    "WRONGPASS": Reason(
        "refuses the user name or the password: look at REDIS_URL (a password is percent-encoded)"
    ),
    "NOPASSWORD": Reason("has no password set, and REDIS_URL gives one: take it out, or set requirepass"),
    "NOPERM": Reason(
        "does not allow its user a command, key or channel: give them ~confab:* ~arq:* &confab:* +@all"
    ),
    "DENIED": Reason(
        "is in protected mode and takes connections from its own machine only: set a password there"
    ),
    "DB": Reason("has no database of that number: name database 0 in REDIS_URL, with /0 or ?db=0"),
    "NAME": Reason("cannot be found: its host name is unknown here; look at the host in REDIS_URL", True),
    "REFUSED": Reason("refuses the connection: start it, or look at host and port in REDIS_URL", True),
    "SOCKET": Reason("has no socket there: start it, or look at the path in REDIS_URL", True),
    "RIGHTS": Reason("may not be opened by this user: look at the rights of its socket (unixsocketperm)"),
    "TLS": Reason(f"does not agree on TLS: {SPEAKS_NO_TLS}"),
    "CLIENT_CERTIFICATE": Reason(
        "asks for a client certificate: give ssl_certfile and ssl_keyfile in REDIS_URL"
    ),
    "CERTIFICATE": Reason(
        "has a certificate that no known authority has signed: name its authority with ?ssl_ca_certs=/path/ca.pem, "
        "or take any certificate with ?ssl_cert_reqs=none"
    ),
    "CERTIFICATE_NAME": Reason(
        "has a certificate for another name: use that name in REDIS_URL, or leave the name unchecked with "
        "?ssl_check_hostname=false"
    ),
    "CERTIFICATE_DATE": Reason(
        "has a certificate that is expired or not yet valid: renew it, or look at the clocks"
    ),
    "NOT_REDIS": Reason(f"does not answer as Redis does: look at host and port in REDIS_URL; {SPEAKS_TLS}"),
    "CLOSED": Reason(f"closed the connection without an answer: {SPEAKS_TLS}", True),
    "CLOSED_TLS": Reason(
        f"closed the connection without an answer: {SPEAKS_NO_TLS}; if it asks for a client certificate, give "
        "?ssl_certfile= and &ssl_keyfile=",
        True,
    ),
    "SLOW": Reason(
        "did not answer in time: look at the network, firewalls and the load of its machine", True
    ),
    "SLOW_TLS": Reason(f"did not answer in time: look at the network and its load; {SPEAKS_NO_TLS}", True),
    "UNREACHED": Reason("cannot be reached: look at the network, and at host and port in REDIS_URL", True),
}
UNKNOWN = Reason("cannot be used: its log may say why")
# The library takes the word away where it has a class of its own for it.
CLASSES: Mapping[type[Exception], str] = {
    library.ReadOnlyError: "READONLY",
    library.BusyLoadingError: "LOADING",
    library.OutOfMemoryError: "OOM",
    library.NoPermissionError: "NOPERM",
    library.InvalidResponse: "NOT_REDIS",
}
# In any place of the text: an older Redis quotes the answer inside that of a script.
WORD = re.compile(
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
    """Why a command or a connection failed."""
    word = next((found for cause in _causes(error) if (found := _word(cause))), None)
    if is_tls and word in ("CLOSED", "SLOW"):
        word += "_TLS"
    return REASONS.get(word or "", UNKNOWN)


def is_away(error: BaseException) -> bool:
    """Whether the same command may succeed in a moment on a new connection: a failover, a restart, a blip."""
    return (
        isinstance(error, (library.ConnectionError, library.TimeoutError, OSError)) or reason_of(error).passes
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """From what lies deepest to the error itself."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return reversed(chain)


def _word(error: BaseException) -> str | None:
    text = str(error)
    if isinstance(error, RedisError) and CLUSTER.search(text):
        return "CLUSTERDOWN"
    if found := next((word for part, word in TEXTS if part in text), None):
        return found
    if isinstance(error, OSError):
        return _system_word(error)
    if isinstance(error, RedisError):
        return _answer_word(error, text)
    return "NAME" if isinstance(error, UnicodeError) else None


def _answer_word(error: RedisError, text: str) -> str | None:
    if found := next((word for kind, word in CLASSES.items() if isinstance(error, kind)), None):
        return found
    if named := WORD.search(text):
        return named[1]
    if isinstance(error, library.AuthenticationError):
        return "WRONGPASS"
    return "SLOW" if isinstance(error, library.TimeoutError) else None


def _system_word(error: OSError) -> str:
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
    return next((word for kind, word in kinds if isinstance(error, kind)), "UNREACHED")

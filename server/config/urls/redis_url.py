"""Parses REDIS_URL into options of the client library; raises ConfigError that says what is wrong with it."""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TypedDict, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from server.config.reader import ConfigError

DEFAULT_PORT = 6379
MAX_PORT = 65535
TCP, TLS = ("redis", "valkey"), ("rediss", "valkeys")
# Other option names are not quoted: if a password was not percent-encoded, they are part of it.
NAME = re.compile(r"\w{1,40}", re.ASCII)
BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on", "t", "y"), True),
    **dict.fromkeys(("0", "false", "no", "off", "f", "n"), False),
}
ENCODE = "a password must be percent-encoded (@ as %40, / as %2F, ? as %3F, # as %23, % as %25)"
UNREADABLE = f"is not a valid URL: {ENCODE}"


class RedisOptions(TypedDict, total=False):
    """Keyword arguments of redis-py's connections; times are in seconds."""

    host: str
    port: int
    path: str
    db: int
    username: str
    password: str
    client_name: str
    socket_timeout: float
    socket_connect_timeout: float
    socket_keepalive: bool
    health_check_interval: float
    ssl_cert_reqs: str
    ssl_check_hostname: bool
    ssl_ca_certs: str
    ssl_ca_data: str
    ssl_certfile: str
    ssl_keyfile: str


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where Redis is, and how to connect."""

    location: str  # host:port or socket path, for messages: without user and password
    options: RedisOptions
    is_tls: bool
    is_socket: bool


class _UrlError(ValueError):
    """What is wrong with the URL, without quoting it."""


def read_redis_url(url: str, cert_reqs: str = "required") -> RedisAddress:
    """Parse a URL that begins with redis://, rediss:// or unix://; `cert_reqs` is the default of ?ssl_cert_reqs=."""
    try:
        address = _read(url, cert_reqs)
        _check_files(address.options)
    except _UrlError as wrong:
        raise ConfigError(f"REDIS_URL {wrong}.") from None
    return address


def _read(url: str, cert_reqs: str) -> RedisAddress:
    parts = _split(url)
    is_tls, is_socket = parts.scheme in TLS, parts.scheme == "unix"
    options = _query(parts.query)
    if not is_tls and any(name.startswith("ssl_") for name in options):
        raise _UrlError("has TLS options (ssl_…), which need a URL that begins with rediss://")
    options |= _credentials(parts)
    if is_socket:
        options["path"] = _socket_path(parts)
        return RedisAddress(options["path"], options, is_tls=False, is_socket=True)
    options |= {"host": unquote(parts.hostname or ""), "port": _port(parts), "db": _db(parts, options)}
    if is_tls:
        options = _with_tls(options, cert_reqs)
    host = f"[{options['host']}]" if ":" in options["host"] else options["host"]
    return RedisAddress(f"{host}:{options['port']}", options, is_tls=is_tls, is_socket=False)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _UrlError(UNREADABLE) from None
    if parts.scheme not in (*TCP, *TLS, "unix"):
        raise _UrlError("must be a URL that begins with redis://, rediss:// or unix://")
    if parts.fragment or "@" in parts.path + parts.query or url.endswith("#"):
        raise _UrlError(UNREADABLE)
    if parts.scheme != "unix" and not parts.hostname:
        raise _UrlError("has no host: it must look like redis://user:password@host:6379/0")
    return parts


def _credentials(parts: SplitResult) -> RedisOptions:
    given = RedisOptions()
    if parts.username:
        given["username"] = _decoded(parts.username)
    if parts.password:
        given["password"] = _decoded(parts.password)
    return given


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _UrlError("has a percent-encoded byte in the user name or password that is not UTF-8") from None


def _socket_path(parts: SplitResult) -> str:
    if parts.netloc.rpartition("@")[2] or not parts.path.startswith("/") or parts.path.endswith("/"):
        raise _UrlError("must name a socket by its absolute path, as in unix:///run/redis/redis.sock?db=0")
    return unquote(parts.path)


def _port(parts: SplitResult) -> int:
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not 0 < port <= MAX_PORT:
        # If a password was not percent-encoded, part of it is parsed as the port.
        raise _UrlError(f"must have a port from 1 to {MAX_PORT} after the host; {ENCODE}")
    return port


def _db(parts: SplitResult, options: RedisOptions) -> int:
    path = unquote(parts.path).strip("/")
    if not path:
        return int(options.get("db", 0))
    database = _database(path)
    if options.get("db", database) != database:
        raise _UrlError("names two databases, one in the path and another as ?db=: remove one")
    return database


def _database(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise _UrlError("must name the database by its number, as in redis://host:6379/0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not (isfinite(seconds) and seconds > 0):
        raise _UrlError("must be a number of seconds above zero")
    return seconds


def _interval(text: str) -> float:
    return 0.0 if text == "0" else _seconds(text)


def _boolean(text: str) -> bool:
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise _UrlError("must be true or false") from None


def _cert_reqs(text: str) -> str:
    # Some libraries use the name of Python's constant, CERT_NONE.
    value = text.lower().removeprefix("cert_")
    if value not in ("none", "optional", "required"):
        raise _UrlError("must be none, optional or required")
    return value


def _text(text: str) -> str:
    return text


OPTIONS: Mapping[str, Callable[[str], str | float]] = {
    "db": _database,
    "username": _text,
    "password": _text,
    "client_name": _text,
    "socket_timeout": _seconds,
    "socket_connect_timeout": _seconds,
    "socket_keepalive": _boolean,
    "health_check_interval": _interval,
    "ssl_cert_reqs": _cert_reqs,
    "ssl_check_hostname": _boolean,
    "ssl_ca_certs": _text,
    "ssl_ca_data": _text,
    "ssl_certfile": _text,
    "ssl_keyfile": _text,
}


def _query(query: str) -> RedisOptions:
    options: dict[str, str | float] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in OPTIONS:
            shown = f"the option {name}" if NAME.fullmatch(name) else "an option"
            raise _UrlError(f"has {shown}, which Confab does not know: use only {', '.join(OPTIONS)}")
        if name in options:
            raise _UrlError(f"has the option {name} twice: remove one")
        if not text:
            raise _UrlError(f"has the option {name} without a value: add one, or remove it")
        try:
            options[name] = OPTIONS[name](text)
        except _UrlError as wrong:
            raise wrong if name == "db" else _UrlError(f"has the option {name}, which {wrong}") from None
    return cast(RedisOptions, options)


def _with_tls(options: RedisOptions, cert_reqs: str) -> RedisOptions:
    """Check the host name in the certificate unless the operator names their own CA, which signs nothing else."""
    reqs = options.get("ssl_cert_reqs", cert_reqs)
    has_own_ca = "ssl_ca_certs" in options or "ssl_ca_data" in options
    by_name = options.get("ssl_check_hostname", reqs != "none" and not has_own_ca)
    if by_name and reqs == "none":
        raise _UrlError("has ssl_check_hostname=true, which needs ssl_cert_reqs=required")
    if "ssl_keyfile" in options and "ssl_certfile" not in options:
        raise _UrlError("has the option ssl_keyfile without ssl_certfile: add it")
    tls: RedisOptions = {"ssl_cert_reqs": reqs, "ssl_check_hostname": by_name}
    if "ssl_certfile" in options:
        # One file may contain both; without ssl_keyfile the library ignores the certificate.
        tls["ssl_keyfile"] = options.get("ssl_keyfile", options["ssl_certfile"])
    return {**options, **tls}


def _check_files(options: RedisOptions) -> None:
    """Load the files now: the library loads them when it connects, and its errors do not name the file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if "ssl_ca_certs" in options:
        path = options["ssl_ca_certs"]
        _load("ssl_ca_certs", "certificates", partial(context.load_verify_locations, cafile=path))
    if "ssl_ca_data" in options:
        text = options["ssl_ca_data"]
        _load("ssl_ca_data", "certificates", partial(context.load_verify_locations, cadata=text))
    if "ssl_certfile" in options:
        files = options["ssl_certfile"], options["ssl_keyfile"]
        # Without the last argument OpenSSL would prompt for the key's password on the terminal.
        _load("ssl_certfile", "a certificate and its key", partial(context.load_cert_chain, *files, str))


def _load(name: str, wanted: str, load: Callable[[], None]) -> None:
    try:
        load()
    except ssl.SSLError:
        raise _UrlError(f"has the option {name}, which must hold {wanted} in PEM, unencrypted") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not PEM"
        raise _UrlError(f"has the option {name}, whose file cannot be read ({reason})") from None

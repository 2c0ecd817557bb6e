"""Reads REDIS_URL into the client library's options, or raises ConfigError with the one thing that is wrong with it."""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from server.config.reader import ConfigError

DEFAULT_PORT = 6379
MAX_PORT = 65535
TCP, TLS = ("redis", "valkey"), ("rediss", "valkeys")
# Any other name is not repeated: where a password was not encoded, it is a part of the password.
NAME = re.compile(r"\w{1,40}", re.ASCII)
BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on", "t", "y"), True),
    **dict.fromkeys(("0", "false", "no", "off", "f", "n"), False),
}
ENCODE = "a password must be percent-encoded (@ as %40, / as %2F, ? as %3F, # as %23, % as %25)"
UNREADABLE = f"cannot be read as an address: {ENCODE}"


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where Redis is, and how to connect: `options` are keyword arguments of redis-py's connections."""

    place: str  # for people; without user and password
    options: Mapping[str, Any]
    is_tls: bool
    is_socket: bool


class _Wrong(ValueError):
    """Carries what is wrong, without the value."""


def read_redis_url(url: str, cert_reqs: str = "required") -> RedisAddress:
    """Read an address that begins with redis://, rediss:// or unix://; `cert_reqs` counts where it says nothing."""
    try:
        address = _read(url, cert_reqs)
        _check_files(address.options)
    except _Wrong as wrong:
        raise ConfigError(f"REDIS_URL {wrong}.") from None
    return address


def _read(url: str, cert_reqs: str) -> RedisAddress:
    parts = _split(url)
    is_tls, is_socket = parts.scheme in TLS, parts.scheme == "unix"
    options = _query(parts.query)
    if not is_tls and any(name.startswith("ssl_") for name in options):
        raise _Wrong("has TLS options (ssl_…), which only an address that begins with rediss:// takes")
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
        raise _Wrong(UNREADABLE) from None
    if parts.scheme not in (*TCP, *TLS, "unix"):
        raise _Wrong("must be an address that begins with redis://, rediss:// or unix://")
    if parts.fragment or "@" in parts.path + parts.query or url.endswith("#"):
        raise _Wrong(UNREADABLE)
    if parts.scheme != "unix" and not parts.hostname:
        raise _Wrong("has no host: it must look like redis://user:password@host:6379/0")
    return parts


def _credentials(parts: SplitResult) -> dict[str, str]:
    given = {"username": parts.username, "password": parts.password}
    return {name: _decoded(text) for name, text in given.items() if text}


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _Wrong("has a percent-encoded byte in the user name or password that is not UTF-8") from None


def _socket_path(parts: SplitResult) -> str:
    if parts.netloc.rpartition("@")[2] or not parts.path.startswith("/") or parts.path.endswith("/"):
        raise _Wrong("must name a socket by its absolute path, as in unix:///run/redis/redis.sock?db=0")
    return unquote(parts.path)


def _port(parts: SplitResult) -> int:
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not 0 < port <= MAX_PORT:
        # Where a password was not encoded, a part of it stands in the port's place.
        raise _Wrong(f"must have a port from 1 to {MAX_PORT} after the host; {ENCODE}")
    return port


def _db(parts: SplitResult, options: Mapping[str, Any]) -> int:
    path = unquote(parts.path).strip("/")
    if not path:
        return int(options.get("db", 0))
    number = _database(path)
    if options.get("db", number) != number:
        raise _Wrong("names two databases: one after the host and another as ?db=")
    return number


def _database(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise _Wrong("must name the database by its number, as in redis://host:6379/0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not (isfinite(seconds) and seconds > 0):
        raise _Wrong("must be a number of seconds above zero")
    return seconds


def _interval(text: str) -> float:
    return 0.0 if text == "0" else _seconds(text)


def _truth(text: str) -> bool:
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise _Wrong("must be true or false") from None


def _cert_reqs(text: str) -> str:
    # Python's own constant (CERT_NONE) is how some libraries write it.
    value = text.lower().removeprefix("cert_")
    if value not in ("none", "optional", "required"):
        raise _Wrong("must be none, optional or required")
    return value


def _text(text: str) -> str:
    return text


OPTIONS: Mapping[str, Callable[[str], Any]] = {
    "db": _database,
    "username": _text,
    "password": _text,
    "client_name": _text,
    "socket_timeout": _seconds,
    "socket_connect_timeout": _seconds,
    "socket_keepalive": _truth,
    "health_check_interval": _interval,
    "ssl_cert_reqs": _cert_reqs,
    "ssl_check_hostname": _truth,
    "ssl_ca_certs": _text,
    "ssl_ca_data": _text,
    "ssl_certfile": _text,
    "ssl_keyfile": _text,
}


def _query(query: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in OPTIONS:
            shown = f"the option {name}" if NAME.fullmatch(name) else "an option"
            raise _Wrong(f"has {shown}, which Confab does not know; it takes {', '.join(OPTIONS)}")
        if name in options:
            raise _Wrong(f"has the option {name} twice")
        if not text:
            raise _Wrong(f"has the option {name} without a value")
        try:
            options[name] = OPTIONS[name](text)
        except _Wrong as wrong:
            raise wrong if name == "db" else _Wrong(f"has the option {name}, which {wrong}") from None
    return options


def _with_tls(options: Mapping[str, Any], cert_reqs: str) -> dict[str, Any]:
    """The name in a certificate counts unless the operator has named the authority: theirs signs for nobody else."""
    reqs = options.get("ssl_cert_reqs", cert_reqs)
    has_own_ca = "ssl_ca_certs" in options or "ssl_ca_data" in options
    by_name = options.get("ssl_check_hostname", reqs != "none" and not has_own_ca)
    if by_name and reqs == "none":
        raise _Wrong("has ssl_check_hostname=true, which needs ssl_cert_reqs=required")
    if "ssl_keyfile" in options and "ssl_certfile" not in options:
        raise _Wrong("has the option ssl_keyfile without ssl_certfile")
    tls = {"ssl_cert_reqs": reqs, "ssl_check_hostname": by_name}
    if "ssl_certfile" in options:
        # One file may hold both; the library would ignore a certificate without the name of its key's file.
        tls["ssl_keyfile"] = options.get("ssl_keyfile", options["ssl_certfile"])
    return {**options, **tls}


def _check_files(options: Mapping[str, Any]) -> None:
    """The library reads these files when it connects, and says of them only that something was wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name, kind in (("ssl_ca_certs", "cafile"), ("ssl_ca_data", "cadata")):
        if name in options:
            _load(name, "certificates", partial(context.load_verify_locations, **{kind: options[name]}))
    if "ssl_certfile" in options:
        files = options["ssl_certfile"], options["ssl_keyfile"]
        # Without the last argument the key's password would be asked for on the terminal.
        _load("ssl_certfile", "a certificate and its key", partial(context.load_cert_chain, *files, str))


def _load(name: str, wanted: str, load: Callable[[], None]) -> None:
    try:
        load()
    except ssl.SSLError:
        raise _Wrong(f"has the option {name}, which must hold {wanted} in PEM, unencrypted") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not PEM"
        raise _Wrong(f"has the option {name}, whose file cannot be read ({reason})") from None

"""Parses REDIS_URL into options of the client library; raises ConfigError that says what is wrong with it."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from server.config.reader import ConfigError
from server.config.urls.redis_options import RedisOptions, UrlError, read_database, read_options

DEFAULT_PORT, SENTINEL_PORT = 6379, 26379
MAX_PORT = 65535
TCP, TLS = ("redis", "valkey"), ("rediss", "valkeys")
SENTINEL = "+sentinel"
# Options that are not the client library's: how to sign in at Sentinel, and how many replicas an event must reach.
OF_SENTINEL = {"sentinel_username": "username", "sentinel_password": "password"}
EXAMPLE = "redis+sentinel://:password@host1:26379,host2:26379/mymaster/0"
ENCODE = "a password must be percent-encoded (@ as %40, / as %2F, ? as %3F, # as %23, % as %25)"
UNREADABLE = f"is not a valid URL: {ENCODE}"


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where Redis is, and how to connect."""

    location: str  # host:port or socket path, for messages: without user and password
    options: RedisOptions
    is_tls: bool
    is_socket: bool
    wait_replicas: int = 0
    sentinel: "SentinelAddress | None" = None


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Which servers know where the primary is: `options` has `username` and `password`, where they ask for them."""

    service: str
    hosts: tuple[tuple[str, int], ...]
    options: RedisOptions


def read_redis_url(url: str, cert_reqs: str = "required") -> RedisAddress:
    """Parse a URL that begins with redis://, rediss://, redis+sentinel://, rediss+sentinel:// or unix://; `cert_reqs`
    is the default of ?ssl_cert_reqs=.
    """
    try:
        address = _read(url, cert_reqs)
        _check_files(address.options)
    except UrlError as wrong:
        raise ConfigError(f"REDIS_URL {wrong}.") from None
    return address


def _read(url: str, cert_reqs: str) -> RedisAddress:
    parts = _split(url)
    scheme, is_socket = parts.scheme.removesuffix(SENTINEL), parts.scheme == "unix"
    is_tls, follows_sentinel = scheme in TLS, parts.scheme.endswith(SENTINEL)
    options = read_options(parts.query)
    if not is_tls and any(name.startswith("ssl_") for name in options):
        raise UrlError(
            "has TLS options (ssl_…), which need a URL that begins with rediss:// or rediss+sentinel://"
        )
    if not follows_sentinel and (wrong := OF_SENTINEL.keys() & options.keys()):
        raise UrlError(f"has the option {min(wrong)}, which needs a URL like {EXAMPLE}")
    wait_replicas = options.pop("wait_replicas", 0)
    options |= _credentials(parts)
    if is_socket:
        options["path"] = _socket_path(parts)
        return RedisAddress(
            options["path"], options, is_tls=False, is_socket=True, wait_replicas=wait_replicas
        )
    sentinel = _sentinel(parts, options) if follows_sentinel else None
    location = _sentinel_location(sentinel) if sentinel else _take_host(parts, options)
    if is_tls:
        options = _with_tls(options, cert_reqs)
    return RedisAddress(location, options, is_tls, is_socket, wait_replicas, sentinel)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UrlError(UNREADABLE) from None
    if parts.scheme.removesuffix(SENTINEL) not in (*TCP, *TLS) and parts.scheme != "unix":
        raise UrlError(
            "must be a URL that begins with redis://, rediss:// or unix://, or with redis+sentinel://"
        )
    if parts.fragment or "@" in parts.path + parts.query or url.endswith("#"):
        raise UrlError(UNREADABLE)
    if parts.scheme != "unix" and not parts.hostname:
        raise UrlError("has no host: it must look like redis://user:password@host:6379/0")
    return parts


def _take_host(parts: SplitResult, options: RedisOptions) -> str:
    """Add host, port and database to the options; returns host:port."""
    if "," in (parts.hostname or ""):
        raise UrlError(f"has several hosts, which needs Sentinel: it must look like {EXAMPLE}")
    host, port = unquote(parts.hostname or ""), _port(parts, DEFAULT_PORT)
    options |= {"host": host, "port": port, "db": _db(unquote(parts.path).strip("/"), options)}
    return _shown(host, port)


def _sentinel(parts: SplitResult, options: RedisOptions) -> SentinelAddress:
    """Take from the options what belongs to Sentinel, and add the database."""
    hosts = []
    for text in parts.netloc.rpartition("@")[2].split(","):
        host = _split_host(text)
        hosts.append((unquote(host.hostname or ""), _port(host, SENTINEL_PORT)))
    service, _, database = unquote(parts.path).strip("/").partition("/")
    if not service or not all(name for name, _ in hosts):
        raise UrlError(f"must name Sentinel's hosts and the primary that they monitor, as in {EXAMPLE}")
    own = {name: options.pop(given) for given, name in OF_SENTINEL.items() if given in options}  # type: ignore[misc]
    options["db"] = _db(database, options)
    return SentinelAddress(service, tuple(hosts), cast(RedisOptions, own))


def _split_host(text: str) -> SplitResult:
    try:
        return urlsplit(f"//{text}")
    except ValueError:
        raise UrlError(UNREADABLE) from None


def _sentinel_location(sentinel: SentinelAddress) -> str:
    return f"{sentinel.service} (Sentinel at {', '.join(_shown(*host) for host in sentinel.hosts)})"


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


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
        raise UrlError("has a percent-encoded byte in the user name or password that is not UTF-8") from None


def _socket_path(parts: SplitResult) -> str:
    if parts.netloc.rpartition("@")[2] or not parts.path.startswith("/") or parts.path.endswith("/"):
        raise UrlError("must name a socket by its absolute path, as in unix:///run/redis/redis.sock?db=0")
    return unquote(parts.path)


def _port(parts: SplitResult, default: int) -> int:
    try:
        port = default if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not 0 < port <= MAX_PORT:
        # If a password was not percent-encoded, part of it is parsed as the port.
        raise UrlError(f"must have a port from 1 to {MAX_PORT} after the host; {ENCODE}")
    return port


def _db(text: str, options: RedisOptions) -> int:
    if not text:
        return int(options.get("db", 0))
    database = read_database(text)
    if options.get("db", database) != database:
        raise UrlError("names two databases, one in the path and another as ?db=: remove one")
    return database


def _with_tls(options: RedisOptions, cert_reqs: str) -> RedisOptions:
    """Check the host name in the certificate unless the operator names their own CA, which signs nothing else."""
    reqs = options.get("ssl_cert_reqs", cert_reqs)
    has_own_ca = "ssl_ca_certs" in options or "ssl_ca_data" in options
    by_name = options.get("ssl_check_hostname", reqs != "none" and not has_own_ca)
    if by_name and reqs == "none":
        raise UrlError("has ssl_check_hostname=true, which needs ssl_cert_reqs=required")
    if "ssl_keyfile" in options and "ssl_certfile" not in options:
        raise UrlError("has the option ssl_keyfile without ssl_certfile: add it")
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
        raise UrlError(f"has the option {name}, which must hold {wanted} in PEM, unencrypted") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not PEM"
        raise UrlError(f"has the option {name}, whose file cannot be read ({reason})") from None

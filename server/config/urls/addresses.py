"""Validates web addresses of the configuration: schemes, origins, networks, loopback, and UNIPILE_DSN."""

import re
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from yarl import URL

from server.config.reader import ConfigError

_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")

_ASSET_PATH = re.compile(r"(/(?!\.)[\w.-]+)*", re.ASCII)


def check_scheme(name: str, url: str | None, schemes: tuple[str, ...]) -> None:
    """Raise ConfigError for an invalid URL or one with another scheme; None is allowed."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname or parts.path.strip("/")) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{name} must be a URL that begins with {' or '.join(f'{s}://' for s in schemes)}.")


def web_origin(name: str, url: str) -> str:
    """The origin of a web address as browsers send it (https://html.spec.whatwg.org, "serialization of an origin"):
    scheme and host in lower case, a non-ASCII host in its IDNA form, no default port.

    Raises ConfigError, which does not quote the URL, if it is not http(s) or contains more than an origin.
    """
    try:
        parts = URL(url)
        host, is_web = _web_host(parts.raw_host or ""), parts.scheme in ("http", "https")
    except ValueError:
        host, is_web = None, False
    if host is None or not is_web:
        raise ConfigError(f"{name} must be an address like https://inbox.example.com.")
    for part, given in (
        ("a user name or password", parts.raw_user is not None or parts.raw_password is not None),
        ("a path", parts.raw_path.strip("/") != ""),
        ("a query", "?" in url),
        ("a fragment", "#" in url),
    ):
        if given:
            raise ConfigError(
                f"{name} must not contain {part}: write only https://host or https://host:port."
            )
    if parts.explicit_port == 0:
        raise ConfigError(f"{name} must not name port 0.")
    port = "" if parts.is_default_port() or parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{bracketed(host)}{port}"


def asset_address(name: str, url: str, public_url: str) -> str:
    """Where browsers load files with a hash in their name, without the slash at the end; empty: from us.

    A path is allowed, of letters that mean nothing in a policy. Raises ConfigError.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigError(f"{name} must be an address like https://cdn.example.com.") from None
    path = parts.path.rstrip("/")
    origin = web_origin(name, parts._replace(path="").geturl())
    if not _ASSET_PATH.fullmatch(path):
        raise ConfigError(
            f"{name} must have a path of letters, digits, '-', '_' and '.' only, if it has one."
        )
    if path.endswith("/assets"):
        raise ConfigError(f"{name} must name the folder above: /assets is appended to it.")
    if public_url.startswith("https://") and not origin.startswith("https://"):
        raise ConfigError(f"{name} must begin with https://, because PUBLIC_URL does.")
    return f"{origin}{path}"


def _web_host(host: str) -> str | None:
    """The host as browsers spell it, or None if it is invalid."""
    host = host.removesuffix(".")
    try:
        return str(ip_address(host))
    except ValueError:
        is_name = _HOST_NAME.fullmatch(host) is not None and not host.rpartition(".")[2].isdigit()
        return host if is_name else None


def bracketed(host: str) -> str:
    """The host as written in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def check_networks(name: str, networks: tuple[str, ...]) -> None:
    """Raise ConfigError unless each is an IP address or a network that does not include everything."""
    for network in networks:
        try:
            is_all = ip_network(network, strict=False).prefixlen == 0
        except ValueError as error:
            raise ConfigError(f"{name} must list networks like 10.0.0.0/8, not {network}.") from error
        if is_all:
            raise ConfigError(f"{name} must not include all addresses ({network}): list your own proxies.")


def is_loopback(address: str | None) -> bool:
    """Whether the URL's host is this machine."""
    host = urlsplit(address or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        # RFC 6761, section 6.3: names under localhost resolve to loopback.
        return host == "localhost" or host.endswith(".localhost")


def unipile_address(dsn: str | None) -> str | None:
    """UniPile's base URL, with the `?port=` that replaces its port where a network allows only 443
    (unipile-api.md §1.1); raises ConfigError if it is invalid.
    """
    if dsn is None:
        return None
    # The dashboard shows a bare host:port; the service behind it is https.
    dsn = dsn if "://" in dsn else f"https://{dsn}"
    check_scheme("UNIPILE_DSN", dsn, ("http", "https"))
    parts = urlsplit(dsn)
    if parts.username is not None or parts.fragment:
        raise ConfigError("UNIPILE_DSN must be like https://api1.unipile.com:13111.")
    if parts.query and not re.fullmatch(r"port=\d{1,5}", parts.query):
        raise ConfigError("UNIPILE_DSN must have no query but ?port=13111.")
    origin = web_origin("UNIPILE_DSN", f"{parts.scheme}://{parts.netloc}")
    path = parts.path.rstrip("/").removesuffix("/api/v1")
    return f"{origin}{path}{'?' + parts.query if parts.query else ''}"

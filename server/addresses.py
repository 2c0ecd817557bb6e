"""Looks at addresses of the configuration: schemes, origins, networks, and whether they are of this machine."""

from ipaddress import ip_network
from urllib.parse import urlsplit

from server.sources import ConfigError

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def check_scheme(name: str, url: str | None, schemes: tuple[str, ...]) -> None:
    """Raise ConfigError for an address that is no usable one of these schemes; None is none."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname or parts.path.strip("/")) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"{name} must be an address that begins with {' or '.join(f'{s}://' for s in schemes)}."
        )


def check_origins(name: str, origins: tuple[str, ...]) -> None:
    """Raise ConfigError unless each is what a browser sends as Origin; a star would let every page in."""
    for origin in origins:
        check_scheme(name, origin, ("http", "https"))
        parts = urlsplit(origin)
        if origin != f"{parts.scheme}://{parts.netloc}".lower() or "*" in origin or "@" in origin:
            raise ConfigError(f"{name} must list origins like https://inbox.example, not {origin}.")


def check_networks(name: str, networks: tuple[str, ...]) -> None:
    """Raise ConfigError unless each is an address or a network."""
    for network in networks:
        try:
            is_all = ip_network(network, strict=False).prefixlen == 0
        except ValueError as error:
            raise ConfigError(f"{name} must list addresses like 10.0.0.0/8, not {network}.") from error
        if is_all:
            raise ConfigError(f"{name} must not trust everybody ({network}).")


def is_loopback(address: str | None) -> bool:
    """Whether an address is of this very machine."""
    return address is not None and urlsplit(address).hostname in LOOPBACK_HOSTS


def database_address(url: str | None) -> str | None:
    """The address of Postgres in one spelling; raises ConfigError when it is none."""
    check_scheme("DATABASE_URL", url, ("postgres", "postgresql"))
    # Platforms hand out postgres://, which not every library takes.
    return url and url.replace("postgres://", "postgresql://", 1)


def unipile_address(dsn: str | None) -> str | None:
    """UniPile's base address; raises ConfigError when it is none."""
    if dsn is None:
        return None
    # The dashboard shows a bare host:port; the service behind it is https.
    dsn = dsn if "://" in dsn else f"https://{dsn}"
    check_scheme("UNIPILE_DSN", dsn, ("http", "https"))
    return dsn.rstrip("/").removesuffix("/api/v1")

"""The `[web]` settings: listen address, public URL, allowed origins and trusted proxies."""

from dataclasses import dataclass, replace
from ipaddress import ip_address

from server.config.reader import ConfigError, key
from server.config.urls.addresses import asset_address, bracketed, check_networks, web_origin

# More is a mistake: each takes memory and connections.
MOST_PROCESSES = 64
ANY_IPV6 = "::"
ANY_ADDRESS = ("0.0.0.0", ANY_IPV6)  # noqa: S104 - compared, not bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    host: str = key(env="HOST")
    port: int = key(env="PORT")
    public_url: str = key(env="PUBLIC_URL", default="")
    asset_url: str = key(env="ASSET_URL", default="")
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    access_log: bool = False
    max_reads: int = key(may_be_zero=True)
    page_cache_bytes: int = key(may_be_zero=True)
    # Platforms set the short name by a dyno's memory; the long one overrides it.
    processes: int = key(env="WEB_CONCURRENCY")

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.public_url.startswith("https://")


def listen_host(web: Web) -> str | None:
    """The address to listen on; None means all IPv4 and IPv6 addresses."""
    return None if web.host == ANY_IPV6 else web.host


def local_url(web: Web) -> str:
    """The address at which a process on this machine reaches us."""
    host = "127.0.0.1" if web.host in ANY_ADDRESS else web.host
    return f"http://{bracketed(host)}:{web.port}"


def settle_web(web: Web) -> Web:
    """Validate the section and normalise PUBLIC_URL, ASSET_URL and the allowed origins; raises ConfigError."""
    if web.port > 65535:
        raise ConfigError(f"PORT must be at most 65535, not {web.port}.")
    if web.processes > MOST_PROCESSES:
        raise ConfigError(
            f"CONFAB_WEB_PROCESSES (or WEB_CONCURRENCY, or config.toml: [web] processes) must be at most "
            f"{MOST_PROCESSES}, not {web.processes}."
        )
    web = replace(web, host=_plain_host(web.host))
    check_networks("[web] trusted_proxies", web.trusted_proxies)
    public_url = web_origin("PUBLIC_URL", web.public_url or local_url(web))
    return replace(
        web,
        public_url=public_url,
        asset_url=asset_address("ASSET_URL", web.asset_url, public_url),
        allowed_origins=tuple(web_origin("[web] allowed_origins", origin) for origin in web.allowed_origins),
    )


def _plain_host(host: str) -> str:
    """An IP address in canonical form without brackets; a host name unchanged."""
    text = host.removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(text))
    except ValueError:
        return host

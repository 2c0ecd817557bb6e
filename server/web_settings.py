"""The `[web]` settings: where the web process listens, what the outside calls it, and whom it believes."""

from dataclasses import dataclass, replace

from server.addresses import check_networks, check_origins, check_scheme
from server.sources import ConfigError, key

ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    host: str = key(env="HOST")
    port: int = key(env="PORT")
    public_url: str = key(env="PUBLIC_URL", default="")
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    access_log: bool = False


def settle_web(web: Web) -> Web:
    """Check the section and settle PUBLIC_URL; raises ConfigError."""
    if web.port > 65535:
        raise ConfigError(f"PORT must be at most 65535, not {web.port}.")
    host = "127.0.0.1" if web.host in ANY_ADDRESS else web.host
    host = f"[{host}]" if ":" in host else host
    url = web.public_url.rstrip("/") or f"http://{host}:{web.port}"
    check_scheme("PUBLIC_URL", url, ("http", "https"))
    check_origins("[web] allowed_origins", web.allowed_origins)
    check_networks("[web] trusted_proxies", web.trusted_proxies)
    return replace(web, public_url=url)

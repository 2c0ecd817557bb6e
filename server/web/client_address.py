"""Finds the client's address: the peer, or what trusted proxies report in X-Forwarded-For. Others are not believed."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

FORWARDED_FOR = "X-Forwarded-For"
MAX_FORWARDED = 2000


class Networks:
    """Addresses and networks of the settings."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(network, strict=False) for network in networks)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, client: str | None) -> bool:
        address = _read_address(client or "")
        return address is not None and any(
            address in network for network in self._networks if network.version == address.version
        )


class Proxies:
    """The networks of trusted proxies; each proxy appends its peer to X-Forwarded-For."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = Networks(networks)
        self._has_warned = False

    def __bool__(self) -> bool:
        return bool(self._networks)

    def client_of(self, peer: str | None, forwarded: Iterable[str]) -> str | None:
        """The nearest address that is not a trusted proxy, from the right: only that end is written by our proxies."""
        client = peer
        for entry in reversed(",".join(forwarded)[-MAX_FORWARDED:].split(",")):
            if client not in self._networks:
                return client
            address = _read_address(entry)
            if address is None:
                return client
            client = str(address)
        return client

    def is_unlisted_proxy(self, peer: str | None) -> bool:
        """True once per process, for a peer in a private network that forwards requests without being trusted. All its
        clients count as one address then, so that one client guessing passwords locks out every user.
        """
        address = _read_address(peer or "")
        # From a public address the header may be forged by the client.
        if self._has_warned or address is None or not address.is_private or peer in self._networks:
            return False
        self._has_warned = True
        return True


def _read_address(entry: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without port and brackets; None if it is not one."""
    text = entry.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A dual-stack socket reports 10.0.0.1 as ::ffff:10.0.0.1.
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


# Asked for each request, of clients who come again: reading an address takes 10 µs.
@lru_cache(maxsize=2000)
def network_of(address: str | None) -> str:
    """The key under which an address is counted; the /64 for IPv6, since a customer is assigned all of it."""
    found = _read_address(address or "")
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, 64), strict=False))
    return str(found) if found is not None else "unknown"

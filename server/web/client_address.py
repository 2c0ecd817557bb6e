"""Who a request came from: the peer, or what listed proxies say about it. Nobody else's word about it counts."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

FORWARDED_FOR = "X-Forwarded-For"
MAX_FORWARDED = 2000


class Proxies:
    """The networks whose machines are ours; each tells in X-Forwarded-For whom it has heard."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ip_network(network, strict=False) for network in networks)
        self._has_warned = False

    def __bool__(self) -> bool:
        return bool(self._networks)

    def client_of(self, peer: str | None, forwarded: Iterable[str]) -> str | None:
        """The nearest address that is none of ours: read from the right, since only that end was written by us."""
        client = peer
        for entry in reversed(",".join(forwarded)[-MAX_FORWARDED:].split(",")):
            if not self._is_ours(client):
                return client
            address = _read(entry)
            if address is None:
                return client
            client = str(address)
        return client

    def is_unlisted_proxy(self, peer: str | None) -> bool:
        """True once a process, for a machine of a private network that forwards requests without being listed: all its
        clients then count as one address, and one guesser of passwords locks every user out.
        """
        address = _read(peer or "")
        # From anywhere else the header may be the caller's invention.
        if self._has_warned or address is None or not address.is_private or self._is_ours(peer):
            return False
        self._has_warned = True
        return True

    def _is_ours(self, client: str | None) -> bool:
        address = _read(client or "")
        return address is not None and any(
            address in network for network in self._networks if network.version == address.version
        )


def _read(entry: str) -> IPv4Address | IPv6Address | None:
    """The address, also with a port or in brackets; None for what is none."""
    text = entry.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # ::ffff:10.0.0.1 is what a socket of both families calls 10.0.0.1
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def network_of(address: str | None) -> str:
    """Under which name an address is counted: an IPv6 customer has a whole /64 to call from."""
    known = _read(address or "")
    if isinstance(known, IPv6Address):
        return str(IPv6Network((known, 64), strict=False))
    return str(known) if known is not None else "unknown"

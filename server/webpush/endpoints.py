"""Which addresses may be push services: users name them, so none may lead into our own network."""

import socket
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

MAX_ENDPOINT = 1024
NAT64 = "64:ff9b::"


class PrivateAddress(OSError):
    """The host has no public address."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's; those of IPv4 within IPv6 count as what they stand for."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        within = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if within is not None:
            found = within
        elif str(found).startswith(NAT64):
            return False
    return found.is_global and not found.is_multicast


def endpoint_problem(endpoint: str, *, allows_private: bool) -> str | None:
    """What is wrong with the address of a push service, or None. Names are resolved when something is sent."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "Must be a URL."
    if not host or parts.username is not None or len(endpoint) > MAX_ENDPOINT or not endpoint.isascii():
        return "Must be the URL of a push service."
    if allows_private and parts.scheme in ("http", "https"):
        return None
    if parts.scheme != "https" or port not in (None, 443):
        return "Must be an https URL."
    return None if _may_be_public(host) else "Must not be an address of a private network."


def _may_be_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        # A name. One without a dot, and other ways to write an IPv4 address, lead into a network of ours.
        return "." in host.strip(".") and not host.rstrip(".").rpartition(".")[2].isdigit()


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, when the connection is made: a name that changes later helps no one."""

    def __init__(self) -> None:
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = [one for one in await self._resolver.resolve(host, port, family) if is_public(one["host"])]
        if not found:
            raise PrivateAddress("no public address")
        return found

    async def close(self) -> None:
        await self._resolver.close()

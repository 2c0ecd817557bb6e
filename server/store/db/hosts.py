"""Splits a DATABASE_URL with several hosts into one connection string per host; `HostPool` tries them in turn.

libpq would try all of them in a single connect, on one socket each; aiopg watches only the first socket and would wait
forever for what arrives on the next.
"""

from collections.abc import Iterator
from typing import NamedTuple

from psycopg2.extensions import make_dsn, parse_dsn


class ReachedHost(NamedTuple):
    """The host that accepted a connection, and whether the connection was encrypted."""

    host: str
    port: int
    is_encrypted: bool


def dsns_of(dsn: str, reached: ReachedHost) -> list[str]:
    """A connection string per host, the host that accepted a connection first."""
    dsns = one_per_host(dsn if reached.is_encrypted else _without_tls(dsn))
    return sorted(dsns, key=lambda each: _host_and_port(each) != (reached.host, str(reached.port)))


def _host_and_port(dsn: str) -> tuple[str | None, str]:
    given = parse_dsn(dsn)
    return given.get("host"), given.get("port") or "5432"


def _without_tls(dsn: str) -> str:
    """Where TLS is optional and the server has none, do not ask for it again: libpq would retry on another socket."""
    is_optional = parse_dsn(dsn).get("sslmode", "prefer") in ("prefer", "allow")
    return make_dsn(dsn, sslmode="disable") if is_optional else dsn


def one_per_host(dsn: str) -> Iterator[str]:
    """A connection string per host of this one; ports and addresses belong to the hosts in their order."""
    given = parse_dsn(dsn)
    lists = {name: given[name].split(",") for name in ("host", "hostaddr", "port") if name in given}
    count = max([1, *map(len, lists.values())])
    for n in range(count):
        yield make_dsn(**given | {name: values[n % len(values)] for name, values in lists.items()})

"""Several hosts in one DATABASE_URL: each is tried by itself, in turn, until one takes connections.

libpq would go through them in a single connect, on a socket for each; aiopg watches the first socket only, and waits in
vain for what comes on the next.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import aiopg
import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn


class Answered(NamedTuple):
    """The host that took a connection, and whether it was encrypted."""

    host: str
    port: int
    is_encrypted: bool


class HostPool(aiopg.Pool):
    """Goes to the next host when the present one refuses, and stays with one that does not."""

    def __init__(self, dsn: str, answered: Answered, *args: Any, **kwargs: Any) -> None:
        dsns = one_per_host(dsn if answered.is_encrypted else _without_tls(dsn))
        # The one that answered comes first.
        self.dsns = deque(sorted(dsns, key=lambda each: _place(each) != (answered.host, str(answered.port))))
        super().__init__(self.dsns[0], *args, **kwargs)

    async def _fill_free_pool(self, override_min: bool) -> None:
        errors: list[Exception] = []
        while True:
            try:
                await super()._fill_free_pool(override_min)
                return
            except psycopg2.OperationalError as error:
                errors.append(error)
                self._turn()
                if len(errors) == len(self.dsns):
                    raise psycopg2.OperationalError("\n".join(map(str, errors))) from error
            except BaseException:  # the pool's own time limit is a cancellation in here
                self._turn()
                raise

    def _turn(self) -> None:
        self.dsns.rotate(-1)
        self._dsn = self.dsns[0]


def _place(dsn: str) -> tuple[str | None, str]:
    given = parse_dsn(dsn)
    return given.get("host"), given.get("port") or "5432"


def _without_tls(dsn: str) -> str:
    """Where TLS is optional and was not had, it is not asked for again: libpq would come back on another socket."""
    is_optional = parse_dsn(dsn).get("sslmode", "prefer") in ("prefer", "allow")
    return make_dsn(dsn, sslmode="disable") if is_optional else dsn


def one_per_host(dsn: str) -> Iterator[str]:
    """A connection string for each host of one; ports and addresses belong to the hosts in their order."""
    given = parse_dsn(dsn)
    lists = {name: given[name].split(",") for name in ("host", "hostaddr", "port") if name in given}
    count = max([1, *map(len, lists.values())])
    for place in range(count):
        yield make_dsn(**given | {name: many[place % len(many)] for name, many in lists.items()})

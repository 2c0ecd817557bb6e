"""Prepared statements: each connection parses and plans them once, because planning the busy ones costs more than
running them (docs/adr/0005-statements-are-prepared-per-connection.md).
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from aiopg import Connection, Cursor

from server.store.db.transaction import execute_later

PARAMETER = re.compile(r"%\((\w+)\)s")

# A plan made while the tables are small suits sizes that are soon wrong, and Postgres keeps it until it has analyzed
# the tables, which it first does after a minute or two. So a connection discards its plans at these ages, in seconds.
RENEWAL_AGES = (0.5, 1.5, 4.0, 10.0, 30.0, 90.0)


@dataclass(slots=True)
class PreparedStatements:
    """What a connection has prepared, and how often it has discarded its plans."""

    names: set[str] = field(default_factory=set)
    since: float = field(default_factory=lambda: time.monotonic())
    renewals: int = 0

    def is_stale(self) -> bool:
        """Whether the plans must be discarded; True once per age."""
        before, age = self.renewals, time.monotonic() - self.since
        while self.renewals < len(RENEWAL_AGES) and age >= RENEWAL_AGES[self.renewals]:
            self.renewals += 1
        return self.renewals > before


# A connection that is missing here (behind a pooler that assigns connections per transaction) gets plain text each
# time.
_prepared: WeakKeyDictionary[Connection, PreparedStatements] = WeakKeyDictionary()


async def enable(connection: Connection) -> None:
    """Let a new connection prepare statements; the pool calls this for each."""
    _prepared[connection] = PreparedStatements()


class Prepared:
    """A statement with named parameters, `%(name)s`, whose types Postgres can infer."""

    def __init__(self, name: str, sql: str) -> None:
        names = list(dict.fromkeys(PARAMETER.findall(sql)))
        positional = PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", sql)
        self._name = f"confab_{name}"
        self._plain = sql
        self._prepare = f"prepare {self._name} as {positional}"
        arguments = ", ".join(f"%({parameter})s" for parameter in names)
        self._execute = f"execute {self._name} ({arguments})" if names else f"execute {self._name}"

    async def execute(self, cursor: Cursor, parameters: Mapping[str, object]) -> None:
        """Run the statement; the first time on a connection, prepare it before."""
        await cursor.execute(await self._text(cursor), parameters)

    async def execute_later(self, cursor: Cursor, parameters: Mapping[str, object]) -> None:
        """Run the statement for its effect only, together with the transaction's next one."""
        await execute_later(cursor, await self._text(cursor), parameters)

    async def _text(self, cursor: Cursor) -> str:
        """The text to send on this connection."""
        prepared = _prepared.get(cursor.connection)
        if prepared is None:
            return self._plain
        if prepared.is_stale():
            await execute_later(cursor, "discard plans", {})
        if self._name not in prepared.names:
            await cursor.execute(self._prepare)
            prepared.names.add(self._name)
        return self._execute

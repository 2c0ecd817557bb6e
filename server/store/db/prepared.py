"""Statements that each connection parses and plans once: planning costs the busy ones more than running does."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from aiopg import Connection, Cursor

from server.store.db.transaction import execute_later

PARAMETER = re.compile(r"%\((\w+)\)s")

# Plans made while the tables were young choose by sizes that are soon wrong, and Postgres keeps them until it has
# analysed the tables, which it first does after a minute or two. So they are thrown away at these ages, in seconds.
RENEWAL_AGES = (0.5, 1.5, 4.0, 10.0, 30.0, 90.0)


@dataclass(slots=True)
class PreparedStatements:
    """What one connection has prepared, and how often its plans were renewed."""

    names: set[str] = field(default_factory=set)
    since: float = field(default_factory=lambda: time.monotonic())
    renewals: int = 0

    def is_stale(self) -> bool:
        """Whether the plans are due to be made anew; says so once an age."""
        before, age = self.renewals, time.monotonic() - self.since
        while self.renewals < len(RENEWAL_AGES) and age >= RENEWAL_AGES[self.renewals]:
            self.renewals += 1
        return self.renewals > before


# A connection that is not in here (behind a pooler that deals out connections per transaction) gets the plain text
# every time.
_known: WeakKeyDictionary[Connection, PreparedStatements] = WeakKeyDictionary()


async def enable(connection: Connection) -> None:
    """Let a fresh connection keep what it has planned; the pool calls this for each."""
    _known[connection] = PreparedStatements()


class Prepared:
    """One statement with named parameters, `%(name)s`, whose types Postgres can infer."""

    def __init__(self, name: str, sql: str) -> None:
        names = list(dict.fromkeys(PARAMETER.findall(sql)))
        numbered = PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", sql)
        self._name = f"confab_{name}"
        self._plain = sql
        self._prepare = f"prepare {self._name} as {numbered}"
        arguments = ", ".join(f"%({parameter})s" for parameter in names)
        self._execute = f"execute {self._name} ({arguments})" if names else f"execute {self._name}"

    async def execute(self, cursor: Cursor, parameters: Mapping[str, object]) -> None:
        """Run it; prepared first if this connection sees it for the first time."""
        await cursor.execute(await self._text(cursor), parameters)

    async def execute_later(self, cursor: Cursor, parameters: Mapping[str, object]) -> None:
        """Run it for its effect only, together with the transaction's next statement."""
        await execute_later(cursor, await self._text(cursor), parameters)

    async def _text(self, cursor: Cursor) -> str:
        """What to send to this connection."""
        known = _known.get(cursor.connection)
        if known is None:
            return self._plain
        if known.is_stale():
            await execute_later(cursor, "discard plans", {})
        if self._name not in known.names:
            await cursor.execute(self._prepare)
            known.names.add(self._name)
        return self._execute

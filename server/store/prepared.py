"""Statements that each connection parses and plans once: planning costs the busy ones more than running does."""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from aiopg import Connection, Cursor

from server.store.transactions import execute_later

PARAMETER = re.compile(r"%\((\w+)\)s")

# The statements each connection knows; one that is not in here (behind a pooler that deals out connections per
# transaction) gets the plain text every time.
_known: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()


async def enable(connection: Connection) -> None:
    """Let a fresh connection keep what it has planned; the pool calls this for each."""
    _known[connection] = set()


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

    async def execute(self, cursor: Cursor, parameters: Mapping[str, Any]) -> None:
        """Run it; prepared first if this connection sees it for the first time."""
        await cursor.execute(await self._text(cursor), parameters)

    async def execute_later(self, cursor: Cursor, parameters: Mapping[str, Any]) -> None:
        """Run it for its effect only, together with the transaction's next statement."""
        await execute_later(cursor, await self._text(cursor), parameters)

    async def _text(self, cursor: Cursor) -> str:
        """What to send to this connection."""
        known = _known.get(cursor.connection)
        if known is None:
            return self._plain
        if self._name not in known:
            await cursor.execute(self._prepare)
            known.add(self._name)
        return self._execute

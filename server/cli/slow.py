"""`run.py doctor --slow`: the statements that take the most of Postgres's time."""

import asyncio
import json

from server.config import Config
from server.connections import open_database
from server.errors import Unavailable
from server.store.db.checkup import SlowStatement, list_slow_statements

HOW_TO = (
    "pg_stat_statements cannot be read: add it to shared_preload_libraries, restart Postgres, and run "
    "`create extension pg_stat_statements` in Confab's database (hosted Postgres has a switch for it)."
)


def show_slow_statements(config: Config, *, as_json: bool) -> int:
    """Print the ten statements that took the most time in all; returns the exit code."""
    found = asyncio.run(_read(config))
    if found is None:
        raise Unavailable(HOW_TO)
    if as_json:
        print(json.dumps({"statements": [statement._asdict() for statement in found]}, indent=2))
    else:
        print("\n".join([f"{'seconds':>10} {'mean ms':>9} {'calls':>10}  statement", *map(_line, found)]))
    return 0


async def _read(config: Config) -> list[SlowStatement] | None:
    database = await open_database(config, size=1)
    try:
        return await database.read(list_slow_statements)
    finally:
        await database.close()


def _line(statement: SlowStatement) -> str:
    return f"{statement.seconds:>10.1f} {statement.mean_ms:>9.2f} {statement.calls:>10}  {statement.text}"

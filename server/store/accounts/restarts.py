"""Counts the restarts of numbers that broke off, in their rows: neither a new process nor a second worker adds one."""

from dataclasses import dataclass

from aiopg import Cursor


@dataclass(frozen=True, slots=True)
class RestartLimits:
    """At most so many, the first after `first_seconds`, each pause `growth` times the one before."""

    most: int
    first_seconds: float
    growth: float


# The pause after so many restarts; after the last one, the same again until it is given up.
DUE = """status = 'degraded' and coalesce(last_restart_at, status_since) < now() - make_interval(secs =>
    %(first_seconds)s * power(%(growth)s, least(restarts, %(most)s - 1)))"""


def _values(limits: RestartLimits) -> dict[str, float]:
    return {"most": limits.most, "first_seconds": limits.first_seconds, "growth": limits.growth}


async def list_due(cursor: Cursor, limits: RestartLimits) -> list[int]:
    await cursor.execute(f"select id from channels_account where {DUE} order by id", _values(limits))
    return [row[0] for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Turn:
    """A restart that this worker, and nobody else, asks for now; without one left, `external_account_id` is None."""

    external_account_id: str | None
    restarts: int


async def take_turn(cursor: Cursor, account_id: int, limits: RestartLimits) -> Turn | None:
    """Count a restart before it is asked for; None when none is due."""
    await cursor.execute(
        f"""select external_account_id, restarts from channels_account
            where id = %(account_id)s and {DUE} for no key update""",
        _values(limits) | {"account_id": account_id},
    )
    row = await cursor.fetchone()
    if row is None or row[1] >= limits.most:
        return row and Turn(None, row[1])
    await cursor.execute(
        "update channels_account set restarts = restarts + 1, last_restart_at = now() where id = %s",
        (account_id,),
    )
    return Turn(row[0], row[1] + 1)


async def forgive(cursor: Cursor, seconds: float) -> None:
    """A number that has held for so long starts anew."""
    await cursor.execute(
        """update channels_account set restarts = 0, last_restart_at = null
           where restarts > 0 and status = 'connected' and status_since < now() - make_interval(secs => %s)""",
        (seconds,),
    )

"""Restarts of degraded accounts, counted in their rows, so that neither a new process nor a second worker adds one."""

from dataclasses import dataclass

from aiopg import Cursor


@dataclass(frozen=True, slots=True)
class RestartLimits:
    """At most `most` restarts: the first after `first_seconds`, then with exponential backoff by `growth`."""

    most: int
    first_seconds: float
    growth: float


# The pause grows with the number of restarts; after the last one it passes once more before we give up.
DUE = """status = 'degraded' and coalesce(last_restart_at, status_since) < now() - make_interval(secs =>
    %(first_seconds)s * power(%(growth)s, least(restarts, %(most)s - 1)))"""


def _limit_parameters(limits: RestartLimits) -> dict[str, float]:
    return {"most": limits.most, "first_seconds": limits.first_seconds, "growth": limits.growth}


async def list_due(cursor: Cursor, limits: RestartLimits) -> list[int]:
    """The accounts whose restart is due, by id."""
    await cursor.execute(
        f"select id from channels_account where {DUE} order by id", _limit_parameters(limits)
    )
    return [row[0] for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class RestartTurn:
    """A restart that only this worker requests now; `external_account_id` is None if no restart is left."""

    external_account_id: str | None
    restarts: int


async def take_turn(cursor: Cursor, account_id: int, limits: RestartLimits) -> RestartTurn | None:
    """Count a restart before it is requested; None if none is due. Locks the account."""
    await cursor.execute(
        f"""select external_account_id, restarts from channels_account
            where id = %(account_id)s and {DUE} for no key update""",
        _limit_parameters(limits) | {"account_id": account_id},
    )
    row = await cursor.fetchone()
    if row is None or row[1] >= limits.most:
        return row and RestartTurn(None, row[1])
    await cursor.execute(
        "update channels_account set restarts = restarts + 1, last_restart_at = now() where id = %s",
        (account_id,),
    )
    return RestartTurn(row[0], row[1] + 1)


async def reset_stable(cursor: Cursor, seconds: float) -> None:
    """Set the count of accounts that have been connected for `seconds` to zero."""
    await cursor.execute(
        """update channels_account set restarts = 0, last_restart_at = null
           where restarts > 0 and status = 'connected' and status_since < now() - make_interval(secs => %s)""",
        (seconds,),
    )

"""The office hours of numbers."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

import orjson
from aiopg import Cursor

from server.rules.hours import Hours

# As stored and shown: {"time_zone": "Europe/Berlin", "week": [[[540, 1020]], ...], "holidays": [{"date": "2026-12-25",
# "name": "Christmas Day", "spans": []}]}. Spans are minutes of the local day.
HOURS_JSON = """
    row_to_json((select x from (select h.account_id, h.time_zone, h.week, h.holidays,
        rfc3339(h.updated_at) as updated_at) x))::text"""


async def put_hours(cursor: Cursor, account_id: int, time_zone: str, week: object, holidays: object) -> bool:
    """Store the hours of a number; False if they are stored already. The caller authorises."""
    await cursor.execute(
        """insert into account_hours as h (account_id, time_zone, week, holidays) values (%s, %s, %s, %s)
           on conflict (account_id) do update set time_zone = excluded.time_zone, week = excluded.week,
               holidays = excluded.holidays, updated_at = now()
           where (h.time_zone, h.week, h.holidays)
               is distinct from (excluded.time_zone, excluded.week, excluded.holidays)
           returning true""",
        (account_id, time_zone, orjson.dumps(week).decode(), orjson.dumps(holidays).decode()),
    )
    return await cursor.fetchone() is not None


async def delete_hours(cursor: Cursor, account_id: int) -> bool:
    """The number is always open; False if it was before."""
    await cursor.execute("delete from account_hours where account_id = %s returning true", (account_id,))
    return await cursor.fetchone() is not None


async def fetch_hours_json(cursor: Cursor, account_id: int) -> str | None:
    """The hours of a number; None if it is always open. The caller authorises."""
    await cursor.execute(f"select {HOURS_JSON} from account_hours h where h.account_id = %s", (account_id,))
    row = await cursor.fetchone()
    return row and str(row[0])


async def fetch_hours(cursor: Cursor, account_ids: Collection[int]) -> dict[int, Hours]:
    """The hours of these numbers, without those that are always open."""
    await cursor.execute(
        "select account_id, time_zone, week, holidays from account_hours where account_id = any(%s)",
        (list(account_ids),),
    )
    return {
        account_id: Hours(
            ZoneInfo(time_zone),
            [[(start, end) for start, end in spans] for spans in week],
            {date.fromisoformat(day["date"]): [tuple(span) for span in day["spans"]] for day in holidays},
        )
        for account_id, time_zone, week, holidays in await cursor.fetchall()
    }


async def fetch_shown_hours(cursor: Cursor, account_id: int) -> tuple[str, Hours] | None:
    """The hours of a number as JSON and as rules; None if it is always open. The caller authorises."""
    shown = await fetch_hours_json(cursor, account_id)
    rules = await fetch_hours(cursor, [account_id])
    return (shown, rules[account_id]) if shown is not None and account_id in rules else None

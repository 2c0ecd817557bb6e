"""Usage counters: how many messages a user's numbers sent and received in a month."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiopg import Cursor

from server.store.prepared import Prepared

RAISE_USAGE = Prepared(
    "raise_usage",
    """
    insert into channels_usage as known (user_id, provider, period_ym, messages_sent, messages_rcvd)
    select x.user_id, %(provider)s::text, to_char(now() at time zone 'UTC', 'YYYY-MM'), x.sent, x.received
    from jsonb_to_recordset(%(rows)s::jsonb) as x (user_id bigint, sent bigint, received bigint)
    order by x.user_id
    on conflict (user_id, provider, period_ym) do update set
        messages_sent = known.messages_sent + excluded.messages_sent,
        messages_rcvd = known.messages_rcvd + excluded.messages_rcvd,
        updated_at = now()""",
)


async def raise_usage(cursor: Cursor, provider: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add {user_id, sent, received}, one row a user, in the transaction that stores what is counted."""
    await RAISE_USAGE.execute_later(cursor, {"provider": provider, "rows": orjson.dumps(rows).decode()})


async def lower_sent(cursor: Cursor, user_id: int, provider: str, period_ym: str) -> None:
    """Give one sent message back: it definitely did not go out."""
    await cursor.execute(
        """update channels_usage set messages_sent = messages_sent - 1, updated_at = now()
           where user_id = %s and provider = %s and period_ym = %s and messages_sent > 0""",
        (user_id, provider, period_ym),
    )


async def raise_sent(cursor: Cursor, user_id: int, provider: str, period_ym: str) -> None:
    """Count a message again, in the month it belongs to: it failed, gave its count back, and is tried once more."""
    await cursor.execute(
        """update channels_usage set messages_sent = messages_sent + 1, updated_at = now()
           where user_id = %s and provider = %s and period_ym = %s""",
        (user_id, provider, period_ym),
    )


async def fetch_usage(cursor: Cursor, user_id: int, provider: str, period_ym: str) -> tuple[int, int]:
    """(sent, received) of the month; (0, 0) when nothing was counted."""
    await cursor.execute(
        """select messages_sent, messages_rcvd from channels_usage
           where user_id = %s and provider = %s and period_ym = %s""",
        (user_id, provider, period_ym),
    )
    row = await cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)

"""Office hours around the present moment, whatever the time of the test is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.accounts.answering import set_auto_replies, set_hours
from server.store.people.audit import OPERATOR
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness

NOON = 12 * 60
WELCOME, AWAY = "Hello {{contact.first_name | default: 'you'}}", "We are closed"


def zone_at_noon(now: datetime) -> str:
    """A zone in which it is between 12:00 and 13:00."""
    east = NOON // 60 - now.hour
    return f"Etc/GMT{-east:+d}"  # signs are the other way round there


def closed_for(hours: int) -> dict[str, Any]:
    """Hours that ended so many whole hours before this noon; on other days it is open all day."""
    now = datetime.now(UTC)
    zone = zone_at_noon(now)
    today = (now + timedelta(hours=NOON // 60 - now.hour)).date().isoformat()
    span = [[0, NOON - hours * 60]]
    holidays = [{"date": today, "name": "", "spans": span}]
    return {"time_zone": zone, "week": [[[0, 1440]]] * 7, "holidays": holidays}


async def open_or_close(harness: WorkerHarness, account_id: int, hours: dict[str, Any]) -> None:
    await harness.parts.database.write(
        set_hours, account_id, hours["time_zone"], hours["week"], hours["holidays"], OPERATOR
    )


async def switch(
    harness: WorkerHarness, account_id: int, *, welcome: str | None = None, away: str | None = None
) -> None:
    """Turn the texts on that are given, and the others off."""
    texts: Any = {
        kind: {"is_on": text is not None, "text": text or ""}
        for kind, text in (("welcome", welcome), ("away", away))
    }
    await harness.parts.database.write(set_auto_replies, account_id, texts, OPERATOR)


def written_now(text: str = "Oi", *, ago: float = 0, **changes: Any) -> dict[str, Any]:
    """A contact's message of this moment, or of so many seconds ago."""
    sent = datetime.now(UTC) - timedelta(seconds=ago)
    stamp = sent.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return message_received("acc-1", text, timestamp=stamp, **changes)


# As if all that has happened had happened earlier.
PASS_TIME = """
    with m as (update channels_message set sent_at = sent_at - %(passed)s,
            attempted_at = attempted_at - %(passed)s),
        y as (update channels_activity set at = at - %(passed)s)
    update channels_conversation set opened_at = opened_at - %(passed)s, closed_at = closed_at - %(passed)s"""


async def pass_time(harness: WorkerHarness, hours: float) -> None:
    await harness.execute(PASS_TIME, passed=timedelta(hours=hours))

"""The week behind a number: a whole Confab is given one, and its reports have it."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from aiopg import Cursor

from sandbox.generators.team.hiring import AGENTS
from sandbox.generators.week_plan import DAYS, Visit, plan_week
from server.web.app_keys import DATABASE
from tests.browser.screens import sign_in_demo_user
from tests.sandbox.driver import Driver, Receiver
from tests.sandbox.test_team_day import team_stack
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

__all__ = ["team_stack"]
SEED = 4
# The survey is due a minute after the closing, which followed the answer.
MINUTE_LATER = """
    with due as (
        update channels_survey set due_at = now() where due_at > now() returning conversation_id, chat_id
    ), answered as (
        update channels_message set sent_at = sent_at - interval '1 minute'
        where author_kind = 'user' and chat_id in (select chat_id from due)
    )
    update channels_conversation set closed_at = closed_at - interval '1 minute'
    where id in (select conversation_id from due)"""


async def measured(owner: Peer, by: str = "") -> dict[str, Any]:
    """The report of the week, by measure."""
    today = datetime.now(UTC).date()
    period = f"since={today - timedelta(days=6)}&until={today}"
    answer = await owner.ok("GET", f"/api/reports?{period}{by}")
    return {item["measure"]: item for item in answer["measures"]}


def turns_of(visits: list[Visit]) -> Counter[str]:
    """How many answers of the phone followed a question, by day."""
    pairs = [pair for visit in visits for pair in pairwise(visit.lines)]
    return Counter(
        later.at.date().isoformat() for asked, later in pairs if later.is_answer and not asked.is_answer
    )


async def test_reports_have_a_week_soon_after_the_press(team_stack: Stack) -> None:
    owner = await sign_in_demo_user(team_stack)
    account_id = (await team_stack.make_account(owner))["id"]
    visits = plan_week(SEED, datetime.now(UTC))
    body = {"account_id": "acc-1", "speed": 1e9, "seed": SEED, "steps": 1, "week": True}
    await team_stack.sandbox.ok("POST", "/sandbox/script", body)

    begun = Counter(visit.lines[0].at.date().isoformat() for visit in visits)

    async def has_all() -> bool:
        """All were opened, on their days, and most are closed; the reports follow in pages."""
        found = await measured(owner)
        opened = {step["first_day"]: step["n"] for step in found["opened"]["steps"]}
        assert len(opened) == DAYS
        # The day itself is played today too.
        is_opened = all(opened[day] >= n for day, n in begun.items())
        return is_opened and found["resolution"]["now"]["n"] > len(visits) // 2

    async def has_answers() -> bool:
        """The one step of the day may be a message from the phone."""
        replies = (await measured(owner, "&user_id=0"))["reply"]["steps"]
        counted = {step["first_day"]: step["n"] for step in replies[:-1] if step["n"]}
        return counted == {day: n for day, n in turns_of(visits).items() if day < replies[-1]["first_day"]}

    await eventually(has_all)
    await eventually(has_answers)
    for by, names in (("user", {None, *AGENTS}), ("label", {"Order", "Complaint"})):

        async def has_groups(path: str = f"/api/reports/groups?by={by}", names: set[Any] = names) -> bool:
            return {group["name"] for group in (await owner.ok("GET", path))["items"]} == names

        await eventually(has_groups)

    async def rated() -> float | None:
        """They are asked a minute after the closing; that minute is made over."""
        await team_stack.app[DATABASE].write(make_surveys_due)
        figures = (await owner.ok("GET", f"{CHANNELS}/surveys/summary?account_id={account_id}"))["total"]
        return figures["average"] if figures["answered"] >= 2 else None

    assert 1 <= await eventually(rated, 60.0) <= 5


async def make_surveys_due(cursor: Cursor) -> None:
    await cursor.execute(MINUTE_LATER)


async def test_a_number_has_a_week_once_and_without_a_team_too(sandbox: Driver, receiver: Receiver) -> None:
    await sandbox.register(receiver)
    # Of two messages in a chat, the later one would overtake the other unless it waits.
    await sandbox.control("PUT", "/faults", json={"reorder": 1})
    account_id = await sandbox.account()
    body = {"account_id": account_id, "speed": 1e9, "steps": 1, "week": True}

    async def played() -> dict[str, Any]:
        await sandbox.control("POST", "/script", 201, json=body)

        async def ended() -> dict[str, Any] | None:
            week = (await sandbox.control("GET", "/script"))["script"]["week"]
            return None if week["running"] else dict(week)

        return dict(await eventually(ended, 30.0))

    first = await played()
    assert first["written"] == first["messages"] > 100 and first["team"] is None
    times: dict[str, list[str]] = defaultdict(list)
    for body_of in (item.body for item in receiver.deliveries):
        if body_of["event"] == "message_received":
            times[body_of["chat_id"]].append(body_of["timestamp"])
    past = [own for own in times.values() if own[0] < "2026-03-01"]
    assert len(past) > 60 and all(own == sorted(own) for own in past)
    again = await played()
    assert (again["written"], again["messages"]) == (0, 0)

"""Messages in and out over REST: by day, number and user, compared with the period before, and as CSV."""

import csv
import io
from typing import Any

from aiopg import Cursor

from server.web.app_keys import DATABASE
from tests.server.handlers.test_audit import lines
from tests.server.handlers.test_reports import MARCH, World, world
from tests.support.factories import add_member, make_account, make_chat, set_role, sign_in_as
from tests.support.peers import Peer
from tests.support.reports import store_chat_days

__all__ = ["world"]
VOLUME = "/api/reports/volume"


async def store(world: World, *rows: tuple[int, str, int, int, int]) -> None:
    await store_chat_days(world.stack, rows)


async def volume(peer: Peer, query: str = MARCH) -> dict[str, Any]:
    return dict(await peer.ok("GET", f"{VOLUME}?{query}"))


def pair(received: int, sent: int) -> dict[str, int]:
    return {"received": received, "sent": sent}


async def test_messages_are_counted_by_step_user_and_number(world: World) -> None:
    me, stack = world.admin.user_id, world.stack
    other_id = await make_account(stack, world.admin, "acc-2")
    other_chat = await make_chat(stack, other_id, "chat-2")
    await store(
        world,
        (world.chat_id, "2026-03-02", 0, 5, 1),
        (world.chat_id, "2026-03-02", me, 0, 4),
        (other_chat, "2026-03-08", 0, 7, 0),
        (world.chat_id, "2026-03-01", 0, 3, 2),
        (world.chat_id, "2026-02-22", 0, 100, 100),
    )
    found = await volume(world.admin)
    assert (found["now"], found["before"]) == (
        {"since": "2026-03-02", "until": "2026-03-08"},
        {"since": "2026-02-23", "until": "2026-03-01"},
    )
    assert found["total"] == {"now": pair(12, 5), "before": pair(3, 2)}
    steps = {step["first_day"]: (step["received"], step["sent"]) for step in found["steps"]}
    assert len(steps) == 7 and {day: n for day, n in steps.items() if any(n)} == {
        "2026-03-02": (5, 5),
        "2026-03-08": (7, 0),
    }
    assert [(user["id"], user["now"], user["before"]) for user in found["users"]] == [
        (0, pair(12, 1), pair(3, 2)),
        (me, pair(0, 4), pair(0, 0)),
    ]
    assert [(account["id"], account["now"]) for account in found["accounts"]] == [
        (world.account_id, pair(5, 5)),
        (other_id, pair(7, 0)),
    ]
    assert (await volume(world.admin, f"{MARCH}&user_id={me}"))["total"]["now"] == pair(0, 4)
    assert (await volume(world.admin, f"{MARCH}&account_id={other_id}"))["total"]["now"] == pair(7, 0)
    year = await volume(world.admin, "since=2025-03-15&until=2026-03-07")
    assert (year["step"], year["total"]["now"]) == ("month", pair(108, 107))


async def test_what_is_counted_no_more_is_taken_away(world: World) -> None:
    await store(world, (world.chat_id, "2026-03-02", 0, 5, 1), (world.chat_id, "2026-03-03", 0, 1, 1))

    async def change(cursor: Cursor) -> None:
        await cursor.execute("update report_chat_day set received = 2 where day = '2026-03-02'")
        await cursor.execute("delete from report_chat_day where day = '2026-03-03'")

    await world.stack.app[DATABASE].write(change)
    assert (await volume(world.admin))["total"]["now"] == pair(2, 1)

    async def forget(cursor: Cursor) -> None:
        await cursor.execute("delete from channels_chat where id = %s", (world.chat_id,))

    await world.stack.app[DATABASE].write(forget)
    assert (await volume(world.admin))["total"]["now"] == pair(0, 0)


async def test_the_file_has_a_line_for_each_day_number_and_user(world: World) -> None:
    me = world.admin.user_id
    await store(world, (world.chat_id, "2026-03-02", 0, 5, 1), (world.chat_id, "2026-03-03", me, 0, 4))
    answer = await world.admin.call("GET", f"{VOLUME}/export?{MARCH}")
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"))))
    assert [(row["day"], row["user_id"], row["received"], row["sent"]) for row in rows] == [
        ("2026-03-02", "0", "5", "1"),
        ("2026-03-03", str(me), "0", "4"),
    ]
    assert any(line["action"] == "report.exported" for line in await lines(world.admin))


async def test_a_long_file_is_read_in_pages(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("server.handlers.reports.LINES_PER_READ", 2)
    days = [f"2026-03-{day:02}" for day in range(2, 9)]
    await store(world, *((world.chat_id, day, user, 1, 1) for day in days for user in (0, 1)))
    answer = await world.admin.call("GET", f"{VOLUME}/export?{MARCH}")
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"))))
    assert [(row["day"], row["user_id"]) for row in rows] == [(day, user) for day in days for user in "01"]


async def test_messages_are_counted_for_admins_of_numbers_they_see_as_a_whole(world: World) -> None:
    await store(world, (world.chat_id, "2026-03-02", 0, 5, 1))
    agent = await sign_in_as(world.stack, "agent")
    await add_member(world.stack, world.account_id, agent, "agent")
    for path in (VOLUME, f"{VOLUME}/export"):
        assert (await agent.call("GET", f"{path}?{MARCH}")).status == 403
    stranger = await world.stack.sign_in("stranger")
    await set_role(world.stack, stranger, "admin")
    assert (await volume(stranger))["total"]["now"] == pair(0, 0)
    foreign = f"{MARCH}&account_id={world.account_id}"
    for path in (VOLUME, f"{VOLUME}/export"):
        assert (await stranger.call("GET", f"{path}?{foreign}")).status == 404
        for query in ("since=2026-03-02", f"{MARCH}&user_id=-1", f"{MARCH}&label_id=1"):
            assert (await world.admin.call("GET", f"{path}?{query}")).status == 422

"""Reports say how many targets were met and breached: in each breakdown, down to the chats, and in the file."""

import csv
import io
from typing import Any

from server.rules.answering.target_clocks import Promises
from server.store.reports import stored_facts
from server.web.app_keys import DATABASE
from tests.server.handlers.test_reports import MARCH, REPORTS, World, at, of, report, world
from tests.support.factories import make_label
from tests.support.reports import store_conversation

__all__ = ("world",)

PROMISED = Promises(10, 5, 60, False)


async def store(world: World, day: int, first: int, *more: int, **given: Any) -> int:
    me = world.admin.user_id
    replies = [(seconds, me) for seconds in (first, *more)]
    values = {"closed_at": at(day, 10, 30), "promises": PROMISED, **given}
    opened_at = given.pop("opened_at", at(day))
    values.pop("opened_at", None)
    return await store_conversation(
        world.stack, world.account_id, world.chat_id, opened_at, replies, **values
    )


def outcome(figures: dict[str, Any]) -> tuple[int, int]:
    return figures["met"], figures["breached"]


async def test_met_and_breached_are_counted_and_compared(world: World) -> None:
    await store(world, 2, 599, 899)
    await store(world, 3, 600)
    await store(world, 3, 60, closed_at=at(3, 11))
    await store(world, 4, 60, promises=None)
    await store(world, 1, 60)
    found = await report(world.admin)
    first, reply, resolution = (of(found, name) for name in ("first_reply", "reply", "resolution"))
    assert (outcome(first["now"]), outcome(first["before"])) == ((2, 1), (1, 0))
    assert first["now"]["n"] == 4
    # The first reply has a target of its own.
    assert outcome(reply["now"]) == (0, 1)
    assert outcome(resolution["now"]) == (2, 1)
    assert outcome(of(found, "opened")["now"]) == (0, 0)
    steps = {step["first_day"]: outcome(step) for step in first["steps"] if step["n"]}
    assert steps == {"2026-03-02": (1, 0), "2026-03-03": (1, 1), "2026-03-04": (0, 0)}


async def test_users_numbers_labels_and_teams_are_compared(world: World) -> None:
    label_id = await make_label(world.admin, "Sale")
    team_id = (await world.admin.ok("POST", "/api/teams", {"name": "Shop"}))["team"]["id"]
    await store(world, 2, 60, label_ids=(label_id,), team_id=team_id)
    await store(world, 3, 900, team_id=team_id)
    await store(world, 4, 900)

    async def groups(by: str) -> list[tuple[Any, ...]]:
        items = (await world.admin.ok("GET", f"{REPORTS}/groups?{MARCH}&by={by}"))["items"]
        return [(item["id"], item["name"], *outcome(of(item, "first_reply")["now"])) for item in items]

    assert await groups("team") == [(team_id, "Shop", 1, 1)]
    assert await groups("label") == [(label_id, "Sale", 1, 0)]
    assert (await groups("user"))[0][2:] == (1, 2)
    assert [row[2:] for row in await groups("account")] == [(1, 2)]
    only = of(await report(world.admin, f"{MARCH}&team_id={team_id}"), "first_reply")["now"]
    assert (only["n"], *outcome(only)) == (2, 1, 1)
    items = (await world.admin.ok("GET", f"{REPORTS}/groups?{MARCH}&by=account&team_id={team_id}"))["items"]
    assert outcome(of(items[0], "first_reply")["now"]) == (1, 1)


async def test_each_of_the_figures_leads_to_its_chats(world: World) -> None:
    met = await store(world, 2, 60)
    breached = await store(world, 3, 900)
    await store(world, 4, 60, promises=None)
    own = [await store(world, 5, 700 + n, team_id=7) for n in range(3)]

    async def ids(more: str) -> list[int]:
        items = (await world.admin.ok("GET", f"{REPORTS}/facts?{MARCH}&measure=first_reply&{more}"))["items"]
        return [item["conversation_id"] for item in items]

    assert await ids("target=met") == [met]
    assert await ids("target=breached") == [*own[::-1], breached]
    assert await ids("target=any") == [*own[::-1], breached, met]
    assert await ids("target=breached&team_id=7") == own[::-1]
    assert await ids("target=breached&at_least=702&below=900") == [own[2]]
    assert await ids("target=met&at_least=61") == []
    pages, cursor = list[int](), ""
    while cursor is not None:
        path = f"{REPORTS}/facts?{MARCH}&measure=first_reply&target=breached&limit=1{cursor}"
        page = await world.admin.ok("GET", path)
        pages += [item["conversation_id"] for item in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert pages == [*own[::-1], breached]


async def test_the_file_says_what_was_promised(world: World) -> None:
    await store(world, 2, 60)
    await store(world, 3, 900)
    await store(world, 4, 60, promises=None)
    answer = await world.admin.call("GET", f"{REPORTS}/export?{MARCH}&measure=first_reply")
    head, *rows = csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline=""))
    columns = [head.index(name) for name in ("target", "target_minutes", "target_office_hours")]
    assert [[row[n] for n in columns] for row in rows] == [
        ["", "", ""],
        ["breached", "10", "false"],
        ["met", "10", "false"],
    ]


async def test_an_erased_contact_leaves_no_figure_behind(world: World) -> None:
    await store(world, 2, 60)
    await world.stack.execute(
        """insert into report_promise (conversation_id, account_id, chat_id, since, office_hours)
           select v.id, v.account_id, v.chat_id, now(), false from channels_conversation v"""
    )
    await world.stack.app[DATABASE].write(stored_facts.delete_of_chats, [world.chat_id])
    assert outcome(of(await report(world.admin), "first_reply")["now"]) == (0, 0)
    assert await world.stack.execute("select id from report_promise") == []

"""Reports over REST: figures, groups, backlog, the facts behind them, and who may see them."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiopg import Cursor

from server.store.reports import recounts
from server.web.app_keys import DATABASE
from tests.server.handlers.test_audit import lines
from tests.support.factories import (
    CHANNELS,
    add_member,
    make_account,
    make_chat,
    make_label,
    set_role,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.reports import store_conversation

REPORTS = "/api/reports"
MARCH = "since=2026-03-02&until=2026-03-08"


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@dataclass
class World:
    """An admin with an account, and conversations whose facts are stored as the consumer stores them."""

    stack: Stack
    admin: Peer
    account_id: int
    chat_id: int

    async def conversation(
        self,
        opened_at: datetime,
        *replies: tuple[int, int | None],
        closed_at: datetime | None = None,
        label_ids: tuple[int, ...] = (),
    ) -> int:
        return await store_conversation(
            self.stack,
            self.account_id,
            self.chat_id,
            opened_at,
            replies,
            closed_at=closed_at,
            label_ids=label_ids,
        )


@pytest.fixture
async def world(web_only: Stack) -> World:
    admin = await sign_in_as(web_only, "admin")
    account_id = await make_account(web_only, admin)
    await web_only.app[DATABASE].write(recounts.begin_reports, account_id)
    chat_id = await make_chat(web_only, account_id)

    async def forget(cursor: Cursor) -> None:
        await cursor.execute("delete from channels_conversation")
        await cursor.execute("update report_recount set next_id = null")

    await web_only.app[DATABASE].write(forget)
    return World(web_only, admin, account_id, chat_id)


async def report(peer: Peer, query: str = MARCH) -> dict[str, Any]:
    found: dict[str, Any] = await peer.ok("GET", f"{REPORTS}?{query}")
    return found


def of(found: dict[str, Any], measure: str) -> dict[str, Any]:
    (own,) = [item for item in found["measures"] if item["measure"] == measure]
    return dict(own)


async def test_a_period_is_counted_by_when_it_happened_and_compared(world: World) -> None:
    me = world.admin.user_id
    await world.conversation(at(2), (20, me), (600, me), closed_at=at(4))
    await world.conversation(at(3), (60, None))
    await world.conversation(datetime(2026, 2, 27, 10, tzinfo=UTC), (40, me), closed_at=at(2, 12))
    found = await report(world.admin)
    assert (found["before"], found["step"]) == ({"since": "2026-02-23", "until": "2026-03-01"}, "day")
    assert found["is_complete"]
    opened, first, reply, resolution = (
        of(found, name) for name in ("opened", "first_reply", "reply", "resolution")
    )
    assert [item["now"]["n"] for item in (opened, first, reply, resolution)] == [2, 2, 3, 2]
    assert [item["before"]["n"] for item in (opened, first, reply, resolution)] == [1, 1, 1, 0]
    assert first["now"]["mean"] == 40
    assert first["now"]["buckets"] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert (reply["now"]["mean"], reply["before"]["mean"], resolution["before"]["mean"]) == (227, 40, None)
    steps = {step["first_day"]: step["n"] for step in reply["steps"]}
    assert steps == {"2026-03-02": 2, "2026-03-03": 1} | {f"2026-03-{day:02}": 0 for day in range(4, 9)}


async def test_long_periods_have_weeks_and_months_and_each_step_says_its_days(world: World) -> None:
    await world.conversation(at(2), (20, None))
    found = await report(world.admin, "since=2026-02-25&until=2026-05-10")
    days = [(step["first_day"], step["last_day"], step["n"]) for step in of(found, "reply")["steps"]]
    assert found["step"] == "week"
    assert days[:2] == [("2026-02-25", "2026-03-01", 0), ("2026-03-02", "2026-03-08", 1)]
    assert days[-1][:2] == ("2026-05-04", "2026-05-10")
    found = await report(world.admin, "since=2025-03-15&until=2026-04-02")
    assert [(s["first_day"], s["n"]) for s in of(found, "reply")["steps"] if s["n"]] == [("2026-03-01", 1)]


async def test_users_labels_and_accounts_are_compared(world: World) -> None:
    me = world.admin.user_id
    label_id = await make_label(world.admin, "Sale")
    await world.conversation(at(2), (20, me), (30, me), label_ids=(label_id,))
    await world.conversation(at(3), (60, None))

    async def groups(by: str, more: str = "") -> list[tuple[Any, ...]]:
        items = (await world.admin.ok("GET", f"{REPORTS}/groups?{MARCH}&by={by}{more}"))["items"]
        return [(item["id"], item["name"], of(item, "reply")["now"]["n"]) for item in items]

    name = (await world.admin.ok("GET", "/api/auth/me"))["user"]["name"]
    assert sorted(await groups("user")) == [(0, None, 1), (me, name, 2)]
    assert await groups("label") == [(label_id, "Sale", 2)]
    assert [(row[0], row[2]) for row in await groups("account", f"&user_id={me}")] == [(world.account_id, 2)]
    assert of(await report(world.admin, f"{MARCH}&user_id={me}"), "reply")["now"]["n"] == 2
    assert of(await report(world.admin, f"{MARCH}&user_id=0"), "reply")["now"]["n"] == 1
    assert of(await report(world.admin, f"{MARCH}&label_id={label_id}"), "first_reply")["now"]["n"] == 1


async def test_each_figure_leads_to_its_chats(world: World) -> None:
    me = world.admin.user_id
    first = await world.conversation(at(2), (20, me), (600, me), closed_at=at(4))
    second = await world.conversation(at(3), (60, None))
    facts_path = f"{REPORTS}/facts?{MARCH}"
    pages, cursor = [], ""
    while cursor is not None:
        page = await world.admin.ok("GET", f"{facts_path}&measure=reply&limit=1{cursor}")
        pages.append(page["items"])
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert [len(items) for items in pages] == [1, 1, 1]
    replies = [item for items in pages for item in items]
    assert [(item["conversation_id"], item["seconds"]) for item in replies] == [
        (second, 60),
        (first, 600),
        (first, 20),
    ]
    assert {item["chat_id"] for item in replies} == {world.chat_id}
    assert replies[0]["user_id"] is None and replies[1]["user_name"] is not None

    async def count(more: str) -> int:
        return len((await world.admin.ok("GET", f"{facts_path}&{more}"))["items"])

    slow = ("at_least=30", "at_least=30&below=120", f"user_id={me}", "user_id=0")
    assert [await count(f"measure=reply&{more}") for more in slow] == [2, 1, 2, 1]
    moments = ("2026-03-02T09:00:00Z", "2026-03-03T12:00:00Z", "2026-03-05T12:00:00Z")
    assert [await count(f"measure=opened&open_at={moment}") for moment in moments] == [0, 2, 1]


async def test_the_backlog_counts_what_is_open_by_hour(world: World) -> None:
    await world.conversation(datetime(2026, 2, 1, 10, tzinfo=UTC))
    await world.conversation(at(2, 10, 5), closed_at=at(2, 10, 50))
    await world.conversation(at(2, 10, 10), closed_at=at(4, 9))
    found = await world.admin.ok("GET", f"{REPORTS}/backlog?{MARCH}")
    assert [(item["hour"], item["open"], item["opened"], item["closed"]) for item in found["items"]] == [
        ("2026-03-02T00:00:00+00:00", 1, 0, 0),
        ("2026-03-02T10:00:00+00:00", 2, 2, 1),
        ("2026-03-04T09:00:00+00:00", 1, 0, 1),
    ]
    found = await world.admin.ok("GET", f"{REPORTS}/backlog?{MARCH}&time_zone=America/Sao_Paulo")
    assert found["since"] == "2026-03-02T00:00:00-03:00"


async def test_the_file_has_the_facts_without_formulas_and_is_in_the_audit_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.handlers.reports.LINES_PER_READ", 2)
    label_id = await make_label(world.admin, "=SUM(1)")
    await world.conversation(at(2), (20, None), (30, None), (40, None), label_ids=(label_id,))
    answer = await world.admin.call("GET", f"{REPORTS}/export?{MARCH}&measure=reply")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reply-2026-03-02-2026-03-08.csv"'
    head, *rows = csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline=""))
    assert [row[head.index("seconds")] for row in rows] == ["40", "30", "20"]
    assert {row[head.index("labels")] for row in rows} == {"'=SUM(1)"}
    await set_role(world.stack, world.admin, "owner")
    assert (await lines(world.admin))[0]["action"] == "report.exported"


async def test_only_accounts_seen_as_a_whole_are_reported(world: World) -> None:
    await world.conversation(at(2), (20, None))
    colleague = await world.stack.sign_in("colleague")
    await set_role(world.stack, colleague, "admin")
    assert of(await report(colleague), "reply")["now"]["n"] == 0
    one = f"{MARCH}&account_id={world.account_id}"
    for path in ("", "/groups", "/backlog", "/facts", "/export"):
        assert (await colleague.call("GET", f"{REPORTS}{path}?{one}")).status == 404
    assert (await colleague.ok("GET", f"{REPORTS}/facts?{MARCH}"))["items"] == []
    await add_member(world.stack, world.account_id, colleague, "agent")
    assert of(await report(colleague, one), "reply")["now"]["n"] == 1
    member = f"{CHANNELS}/{world.account_id}/members/{colleague.user_id}"
    await world.admin.ok("PUT", member, {"role": "agent", "restricted": True})
    assert (await colleague.call("GET", f"{REPORTS}?{one}")).status == 404
    assert of(await report(colleague), "reply")["now"]["n"] == 0


async def test_a_key_reports_its_accounts_only_and_an_agent_none(world: World) -> None:
    await world.conversation(at(2), (20, None))
    other = await make_account(world.stack, world.admin, "acc-other")
    for account_ids, n in (([other], 0), ([world.account_id], 1), (None, 1)):
        body = {"name": "program", "scopes": ["read"], "account_ids": account_ids}
        secret = (await world.admin.ok("POST", "/api/keys", body))["secret"]
        key = Peer(world.admin.session, world.admin.url, secret, world.admin.user_id)
        assert of(await report(key), "reply")["now"]["n"] == n
    agent = await world.stack.sign_in("agent")
    await add_member(world.stack, world.account_id, agent, "owner")
    assert (await agent.call("GET", f"{REPORTS}?{MARCH}")).status == 403


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-03-02",
        "since=2026-03-08&until=2026-03-02",
        "since=2020-01-01&until=2026-03-02",
        "since=yesterday&until=today",
        f"{MARCH}&user_id=1&label_id=2",
        f"{MARCH}&user_id=1&team_id=2",
        f"{MARCH}&clock=both",
        f"{MARCH}&unknown=1",
    ],
)
async def test_a_query_that_makes_no_sense_is_rejected(world: World, query: str) -> None:
    assert (await world.admin.call("GET", f"{REPORTS}?{query}")).status == 422


@pytest.mark.parametrize(
    "path",
    [
        "groups?by=user&label_id=1",
        "groups?by=hour",
        "groups?by=team&label_id=1",
        "facts?measure=opened&target=met",
        "facts?measure=reply&target=late",
        "backlog?time_zone=Mars",
        "facts?measure=program_reply",
        "facts?measure=reply&open_at=2026-03-02T09:00:00Z",
        "facts?cursor=nonsense",
    ],
)
async def test_a_detail_that_makes_no_sense_is_rejected(world: World, path: str) -> None:
    assert (await world.admin.call("GET", f"{REPORTS}/{path}")).status == 422


async def test_the_last_four_weeks_are_shown_by_default(world: World) -> None:
    found = await world.admin.ok("GET", REPORTS)
    days = date.fromisoformat(found["now"]["until"]) - date.fromisoformat(found["now"]["since"])
    assert days == timedelta(days=27)

"""Surveys over REST: a number's settings, the ratings of all numbers with filters, averages, and the CSV file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from server.routes import ROUTES
from server.rules.answering.surveys import DEFAULTS
from tests.server.handlers.test_audit import lines
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, add_member, make_account, make_chat, set_role, walk
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.restricted import make_restricted
from tests.support.survey_rows import ANSWERED, make_survey

ALL = f"{CHANNELS}/surveys"
ANSWERS = {route.name: route.answer for route in ROUTES}


def checked(name: str, body: Any) -> Any:
    answer = ANSWERS[name]
    assert answer is not None
    assert answer().validate(body) == {}
    return body


async def scores(peer: Peer, query: str = "") -> list[int]:
    found = checked("list_surveys", await peer.ok("GET", ALL + query))
    return [item["score"] for item in found["items"]]


async def summary(peer: Peer, query: str = "") -> Any:
    return checked("summarise_surveys", await peer.ok("GET", f"{ALL}/summary{query}"))


async def test_a_number_asks_for_nothing_until_its_owner_switches_it_on(web_only: Stack) -> None:
    owner, ana, account_id, _, _ = await make_pair(web_only)
    path = f"{CHANNELS}/{account_id}/survey"
    shown = checked("show_survey_settings", await owner.ok("GET", path))["settings"]
    assert shown["defaults"] == DEFAULTS[shown["defaults"]["language"]]._asdict()
    assert {name: shown[name] for name in ("is_on", "question", "thanks", "delay_minutes", "pause_days")} == {
        "is_on": False,
        "question": None,
        "thanks": None,
        "delay_minutes": 5,
        "pause_days": 30,
    }
    body = {"is_on": True, "question": "Nota?", "thanks": "", "delay_minutes": 10, "pause_days": 7}
    stored = await owner.ok("PUT", path, body)
    assert stored == {"settings": {**body, "defaults": shown["defaults"]}}
    assert await owner.ok("GET", path) == stored
    for method in ("GET", "PUT"):
        assert (await ana.call(method, path, body)).status == 403
    assert (await web_only.stranger.call("GET", path)).status == 401


async def test_each_change_is_in_the_audit_log_once(web_only: Stack) -> None:
    owner, _, account_id, _, _ = await make_pair(web_only)
    await set_role(web_only, owner, "owner")
    path = f"{CHANNELS}/{account_id}/survey"
    for _ in range(2):
        await owner.ok("PUT", path, {"is_on": True})
    await owner.ok("PUT", path, {"is_on": False})
    changes = [line["details"] for line in await lines(owner) if line["action"] == "survey.changed"]
    assert [change["is_on"] for change in changes] == [False, True]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"is_on": 1},
        {"is_on": True, "question": ""},
        {"is_on": True, "question": " \n"},
        {"is_on": True, "question": "x" * 1001},
        {"is_on": True, "thanks": "x" * 1001},
        {"is_on": True, "delay_minutes": 0},
        {"is_on": True, "delay_minutes": 1441},
        {"is_on": True, "pause_days": 0},
        {"is_on": True, "pause_days": 366},
        {"is_on": True, "colour": "red"},
    ],
)
async def test_settings_that_are_none(web_only: Stack, body: dict[str, Any]) -> None:
    owner, _, account_id, _, _ = await make_pair(web_only)
    answer = await owner.call("PUT", f"{CHANNELS}/{account_id}/survey", body)
    assert (answer.status, answer.body["error"]["code"]) == (422, "invalid")


async def rated(stack: Stack) -> tuple[Peer, Peer, int, int]:
    """Two agents of one account with four ratings, and a second account of the first with one."""
    agent, ana, account_id, chat_id, _ = await make_pair(stack)
    for n, (score, user_id) in enumerate([(5, ana.user_id), (4, ana.user_id), (1, agent.user_id), (3, None)]):
        await make_survey(
            stack,
            account_id,
            chat_id,
            score,
            user_id=user_id,
            answered_at=ANSWERED + timedelta(days=n),
            comment="=SUM(1)" if score == 1 else None,
        )
    await make_survey(stack, account_id, chat_id, None, user_id=ana.user_id)
    other = await make_account(stack, agent, "acc-2")
    await make_survey(stack, other, await make_chat(stack, other, "chat-2"), 2, user_id=agent.user_id)
    return agent, ana, account_id, other


async def test_ratings_of_all_numbers_newest_first_with_filters(web_only: Stack) -> None:
    agent, ana, account_id, other = await rated(web_only)
    assert await scores(agent) == [3, 1, 4, 2, 5]
    for limit in (1, 2):
        assert [item["score"] for item in await walk(agent, ALL, limit)] == [3, 1, 4, 2, 5]
    assert await scores(agent, f"?account_id={other}") == [2]
    assert await scores(agent, f"?user_id={ana.user_id}") == [4, 5]
    assert await scores(agent, "?user_id=0") == [3]
    assert await scores(agent, "?score=1") == [1]
    assert await scores(agent, "?since=2026-03-03T12:00:00Z&until=2026-03-04T12:00:00Z") == [4]
    assert await scores(ana) == [3, 1, 4, 5]
    assert await scores(ana, f"?account_id={other}") == []
    assert await scores(await web_only.sign_in("stranger")) == []
    (worst,) = (await agent.ok("GET", ALL + "?score=1"))["items"]
    assert (worst["comment"], worst["user"]["id"]) == ("=SUM(1)", agent.user_id)
    for wrong in ("?score=6", "?score=0", "?user_id=-1", "?since=yesterday", "?limit=101", "?cursor=x"):
        assert (await agent.call("GET", ALL + wrong)).status == 422
    made = await agent.ok("POST", "/api/keys", {"name": "k", "scopes": ["read"], "account_ids": [other]})
    key = Peer(agent.session, agent.url, made["secret"], agent.user_id)
    assert await scores(key) == [2]
    assert [item["account_id"] for item in (await summary(key))["accounts"]] == [other]
    assert account_id not in [item["account_id"] for item in (await summary(key))["accounts"]]


async def test_averages_of_numbers_and_users(web_only: Stack) -> None:
    agent, ana, account_id, other = await rated(web_only)
    found = await summary(agent)
    assert found["total"] == {"asked": 6, "answered": 5, "average": 3.0, "scores": [1, 1, 1, 1, 1]}
    assert {item["account_id"]: (item["asked"], item["average"]) for item in found["accounts"]} == {
        account_id: (5, 3.25),
        other: (1, 2.0),
    }
    users = {item["user"] and item["user"]["id"]: (item["asked"], item["average"]) for item in found["users"]}
    assert users == {ana.user_id: (3, 4.5), agent.user_id: (2, 1.5), None: (1, 3.0)}
    assert (await summary(agent, "?since=2026-03-03T00:00:00Z&until=2026-03-04T00:00:00Z"))["total"] == {
        "asked": 1,
        "answered": 1,
        "average": 4.0,
        "scores": [0, 0, 0, 1, 0],
    }
    assert (await summary(agent, f"?user_id={ana.user_id}"))["total"]["average"] == 4.5
    assert (await summary(ana, f"?account_id={other}"))["total"] == {
        "asked": 0,
        "answered": 0,
        "average": None,
        "scores": [0] * 5,
    }


async def test_ratings_as_a_csv_file(web_only: Stack) -> None:
    agent, _, account_id, _ = await rated(web_only)
    answer = await agent.call("GET", f"{ALL}/export?account_id={account_id}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"))))
    assert [row["score"] for row in rows] == ["3", "1", "4", "5"]
    # A spreadsheet evaluates nothing.
    assert (rows[1]["comment"], rows[0]["user"]) == ("'=SUM(1)", "phone")


async def test_restricted_agents_see_the_ratings_of_their_own_chats(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    target = case.target
    await make_survey(web_only, target.account_id, target.chat_id, 5, comment="Segredo")
    for owner, seen in (("colleague", []), ("mine", [5]), ("unassigned", []), ("team", [5])):
        await case.assign(owner)
        assert await scores(case.agent) == seen
        exported = await case.agent.call("GET", f"{ALL}/export")
        assert (b"Segredo" in exported.raw) is bool(seen)
        # An average would tell of the others.
        assert (await summary(case.agent))["accounts"] == []
    assert await scores(target.peer) == [5]


async def test_who_leaves_the_number_sees_no_more_of_it(web_only: Stack) -> None:
    agent, ana, account_id, _ = await rated(web_only)
    await agent.ok("DELETE", f"{CHANNELS}/{account_id}/members/{ana.user_id}")
    assert (await scores(ana), (await summary(ana))["accounts"]) == ([], [])
    await add_member(web_only, account_id, ana, "viewer")
    assert await scores(ana) == [3, 1, 4, 5]

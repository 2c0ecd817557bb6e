"""Office hours and auto-replies over REST: stored, pushed, audited, and rejected where they make no sense."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.server.handlers.test_audit import lines
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, make_account, sign_in_as
from tests.support.fixtures_stack import Stack

OFFICE = [[[540, 720], [780, 1020]]] * 5 + [[], []]
HOURS: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "week": OFFICE,
    "holidays": [
        {"date": "2026-12-31", "name": "New Year's Eve", "spans": [[540, 720]]},
        {"date": "2026-12-25", "name": "", "spans": []},
    ],
}
OFF = {"is_on": False, "text": ""}
WELCOME = {"is_on": True, "text": "Oi {{contact.first_name | default: 'you'}}, it is {{today}}"}


async def test_hours_are_stored_pushed_and_audited(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    agent, ana, account_id, *_ = await make_pair(web_only)
    path = f"{CHANNELS}/{account_id}/hours"
    always = {"hours": None, "is_open": True, "changes_at": None}
    assert await ana.ok("GET", path) == always
    socket = await ana.listen()
    put = await agent.ok("PUT", path, HOURS)
    assert put == await ana.ok("GET", path)
    hours = put["hours"]
    assert (hours["account_id"], hours["time_zone"], hours["week"]) == (account_id, "Europe/Berlin", OFFICE)
    # By date.
    assert hours["holidays"] == HOURS["holidays"][::-1]
    (pushed,) = await socket.wait_for_event("account:updated", hours_changed_at=hours["updated_at"])
    assert pushed["data"]["auto_replies_changed_at"] is None
    shown = (await ana.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    assert shown["hours_changed_at"] == hours["updated_at"]
    assert shown["seq"] == pushed["seq"]
    # The same again is no change.
    assert await agent.ok("PUT", path, HOURS) == put
    assert (await agent.call("DELETE", path)).status == 204
    await socket.wait_for_event("account:updated", hours_changed_at=None)
    assert await ana.ok("GET", path) == always
    assert (await agent.call("DELETE", path)).status == 204
    assert len(socket.events("account:updated")) == 2
    (changed,) = await lines(owner, action="account.hours_changed")
    assert changed["actor_id"] == agent.user_id
    assert changed["details"] == {"time_zone": "Europe/Berlin", "holidays": 2}
    assert len(await lines(owner, action="account.hours_removed")) == 1


async def test_changes_replay_the_account_with_its_hours(web_only: Stack) -> None:
    agent, _, account_id, *_ = await make_pair(web_only)
    number = f"{CHANNELS}/{account_id}"
    seq = (await agent.ok("GET", number))["account"]["seq"]
    await agent.ok("PUT", f"{number}/hours", HOURS)
    (change,) = (await agent.ok("GET", f"{number}/changes?since={seq}"))["items"]
    assert (change["event"], change["seq"]) == ("account:updated", seq + 1)
    assert change["data"]["hours_changed_at"] is not None


async def test_what_is_open_now_and_until_when(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    path = f"{CHANNELS}/{account_id}/hours"
    always = {"time_zone": "UTC", "week": [[[0, 1440]]] * 7}
    put = await agent.ok("PUT", path, always)
    assert (put["is_open"], put["changes_at"]) == (True, None)
    # Closed on this day and the two around it, whatever the time is.
    now = datetime.now(UTC)
    days = [(now + timedelta(days=n)).date().isoformat() for n in (-1, 0, 1)]
    closed = await agent.ok("PUT", path, always | {"holidays": [{"date": day} for day in days]})
    assert closed["is_open"] is False
    opens = datetime.fromisoformat(closed["changes_at"])
    assert now + timedelta(days=1) < opens <= now + timedelta(days=2)
    never = await agent.ok("PUT", path, {"time_zone": "UTC", "week": [[]] * 7})
    assert (never["is_open"], never["changes_at"]) == (False, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"week": OFFICE[:6]}, "week"),
        ({"week": [[[540, 540]], *OFFICE[1:]]}, "week"),
        ({"week": [[[1320, 120]], *OFFICE[1:]]}, "week"),
        ({"week": [[[540, 1441]], *OFFICE[1:]]}, "week"),
        ({"week": [[[-1, 60]], *OFFICE[1:]]}, "week"),
        ({"week": [[[540]], *OFFICE[1:]]}, "week"),
        ({"week": [[[540, 1020.5]], *OFFICE[1:]]}, "week"),
        ({"week": [[[780, 1020], [540, 720]], *OFFICE[1:]]}, "week"),
        ({"week": [[[540, 720], [720, 1020]], *OFFICE[1:]]}, "week"),
        ({"week": [[[n * 60, n * 60 + 30] for n in range(7)], *OFFICE[1:]]}, "week"),
        ({"holidays": [{"date": "25.12.2026"}]}, "holidays"),
        ({"holidays": [{"date": "2026-02-29"}]}, "holidays"),
        ({"holidays": [{"date": "1850-01-01"}]}, "holidays"),
        ({"holidays": [{"date": "2026-12-25"}, {"date": "2026-12-25"}]}, "holidays"),
        ({"holidays": [{"date": "2026-12-25", "spans": [[60, 30]]}]}, "holidays"),
        ({"holidays": [{"date": "2026-12-25", "name": "x" * 101}]}, "holidays"),
        ({"open": True}, "open"),
    ],
)
async def test_hours_that_make_no_sense_are_rejected(
    web_only: Stack, change: dict[str, Any], field: str
) -> None:
    agent = await web_only.sign_in()
    path = f"{CHANNELS}/{await make_account(web_only, agent)}/hours"
    answer = await agent.call("PUT", path, HOURS | change)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field])
    assert (await agent.ok("GET", path))["hours"] is None


async def test_auto_replies_are_stored_pushed_and_audited(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    agent, ana, account_id, *_ = await make_pair(web_only)
    path = f"{CHANNELS}/{account_id}/auto-replies"
    none = {"welcome": OFF | {"updated_at": None}, "away": OFF | {"updated_at": None}}
    assert (await ana.ok("GET", path))["auto_replies"] == none
    socket = await ana.listen()
    # Nothing is not a change.
    assert (await agent.ok("PUT", path, {"welcome": OFF, "away": OFF}))["auto_replies"] == none
    put = (await agent.ok("PUT", path, {"welcome": WELCOME, "away": OFF}))["auto_replies"]
    assert put == (await ana.ok("GET", path))["auto_replies"]
    assert put["welcome"] == WELCOME | {"updated_at": put["welcome"]["updated_at"]}
    assert put["away"] == none["away"]
    await socket.wait_for_event("account:updated", auto_replies_changed_at=put["welcome"]["updated_at"])
    await agent.ok("PUT", path, {"welcome": WELCOME, "away": OFF})
    assert len(socket.events("account:updated")) == 1
    # Off, with its text for another time.
    off = await agent.ok("PUT", path, {"welcome": WELCOME | {"is_on": False}, "away": OFF})
    assert off["auto_replies"]["welcome"]["text"] == WELCOME["text"]
    newest, first = await lines(owner, action="account.auto_replies_changed")
    assert (first["details"], newest["details"]) == (
        {"welcome": True, "away": False},
        {"welcome": False, "away": False},
    )


@pytest.mark.parametrize(
    "reply",
    [
        {"is_on": True, "text": " \n"},
        {"is_on": True, "text": "Oi {{contact.nme}}"},
        # No agent writes it, so no agent can fill in what is not known.
        {"is_on": True, "text": "{{agent.name | default: 'Ana'}}"},
        {"is_on": True, "text": "Oi {{contact.first_name}}"},
        {"is_on": True, "text": "Oi {{ account.name }}"},
        {"is_on": False, "text": "x" * 10_001},
        {"is_on": "yes", "text": "Oi"},
        {"text": "Oi"},
    ],
)
async def test_texts_that_cannot_be_sent_are_rejected(web_only: Stack, reply: dict[str, Any]) -> None:
    agent = await web_only.sign_in()
    path = f"{CHANNELS}/{await make_account(web_only, agent)}/auto-replies"
    for kind, other in (("welcome", "away"), ("away", "welcome")):
        answer = await agent.call("PUT", path, {kind: reply, other: OFF})
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [kind])


async def test_text_beside_variables_may_be_anything(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    path = f"{CHANNELS}/{await make_account(web_only, agent)}/auto-replies"
    text = "Write to agent.name@x.example {or} contact.name"
    put = await agent.ok("PUT", path, {"welcome": {"is_on": True, "text": text}, "away": OFF})
    assert put["auto_replies"]["welcome"]["text"] == text

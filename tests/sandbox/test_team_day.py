"""The team's part of a busy day: three agents work in a whole Confab through its REST API, as teams do."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.generators.team.day import SCENES
from sandbox.generators.team.hiring import AGENTS
from sandbox.generators.team.scenes import KINDS
from server.config import DEMO_EMAIL, Config
from tests.browser.screens import sign_in_demo_user
from tests.support.factories import CHANNELS, walk
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer, eventually

OF_EACH_KIND = SCENES // len(KINDS)
SEED = 4
QUICK: dict[str, Any] = {"speed": 1e9, "seed": SEED, "steps": 1}


@pytest.fixture
async def team_stack(config: Config) -> AsyncIterator[Stack]:
    """Everything in sandbox mode, with a sandbox that knows the inbox."""
    async with run_stack(config, is_demo=True, knows_inbox=True) as running:
        yield running


async def played(stack: Stack, **changes: Any) -> dict[str, Any]:
    """The progress of a day after its end."""
    await stack.sandbox.ok("POST", "/sandbox/script", {"account_id": "acc-1", **QUICK, **changes})

    async def ended() -> dict[str, Any] | None:
        day = (await stack.sandbox.ok("GET", "/sandbox/script"))["script"]
        return None if day["running"] or (day["team"] or {}).get("running") else day

    return dict(await eventually(ended, 60.0))


async def own_sends(stack: Stack) -> list[tuple[str, str]]:
    """What was sent, as WhatsApp has it: chat and text."""
    key = {"X-API-KEY": stack.config.unipile.api_key}
    path = "/api/v1/messages?account_id=acc-1&limit=250"
    items = (await stack.sandbox.ok("GET", path, headers=key))["items"]
    return sorted((item["chat_id"], item["text"]) for item in items if item["is_sender"])


async def details_of(owner: Peer, chat: dict[str, Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """The notes, planned messages and conversations of a chat."""
    path = f"{CHANNELS}/{chat['account_id']}/chats/{chat['id']}"
    notes, planned, conversations = [
        (await owner.ok("GET", f"{path}/{name}"))["items"] for name in ("notes", "planned", "conversations")
    ]
    return notes, planned, conversations


async def test_the_team_leaves_owners_notes_labels_and_closed_chats(team_stack: Stack) -> None:
    owner = await sign_in_demo_user(team_stack)
    account_id = (await team_stack.make_account(owner))["id"]
    day = await played(team_stack)
    assert day["team"] == {
        "running": False,
        "scenes": SCENES,
        "played": SCENES,
        "failed": 0,
        "collisions": OF_EACH_KIND,
        "problem": None,
    }
    users = {user["name"]: user for user in (await owner.ok("GET", "/api/users"))["items"]}
    assert {users[name]["role"] for name in AGENTS} == {"agent"}
    chats = [
        chat for chat in await owner.chats(account_id) if chat["contact"]["phone"].startswith("+5521980")
    ]
    assert len(chats) == SCENES
    assert {chat["assignee"]["name"] for chat in chats if chat["assignee"]} == set(AGENTS)
    # All but the one whose draft is shared.
    assert sum(chat["assignee"] is None for chat in chats) == OF_EACH_KIND
    assert Counter(chat["status"] for chat in chats) == {
        "open": 5 * OF_EACH_KIND,
        "closed": OF_EACH_KIND,
        "snoozed": OF_EACH_KIND,
    }
    assert sum(bool(chat["labels"]) for chat in chats) == 2 * OF_EACH_KIND
    found = [await details_of(owner, chat) for chat in chats]
    notes = [note for row in found for note in row[0]]
    assert len(notes) == 3 * OF_EACH_KIND
    assert sum(bool(note["mentions"]) for note in notes) == 2 * OF_EACH_KIND
    assert sum(len(row[1]) for row in found) == OF_EACH_KIND
    closed = [row[2][0] for row in found if row[2][0]["closed_at"]]
    assert len(closed) == OF_EACH_KIND and all(one["category"] for one in closed)
    assert len(await walk(owner, f"{CHANNELS}/drafts", 50)) == OF_EACH_KIND
    (reply,) = (await owner.ok("GET", "/api/replies"))["items"]
    assert (reply["name"], reply["uses"]) == ("Delivery time", OF_EACH_KIND)


async def test_nothing_is_sent_twice_and_the_same_seed_plays_the_same_day(team_stack: Stack) -> None:
    owner = await sign_in_demo_user(team_stack)
    account = await team_stack.make_account(owner)
    await played(team_stack)

    async def all_sent() -> bool:
        found = [
            message
            for chat in await owner.chats(account["id"])
            for message in await owner.messages(account["id"], chat["id"])
        ]
        return all(message["status"] != "sending" for message in found if message["direction"] == "out")

    await eventually(all_sent)
    first = await own_sends(team_stack)
    # One answer in five of the kinds, two where the chat was handed over, none where it is only drafted.
    assert len(first) == len(set(first)) == (5 + 2) * OF_EACH_KIND
    day = await played(team_stack)
    assert (day["team"]["failed"], day["team"]["problem"]) == (0, None)
    await eventually(all_sent)
    assert Counter(await own_sends(team_stack)) == Counter(first * 2)
    assert len((await owner.ok("GET", "/api/users"))["items"]) == 1 + len(AGENTS)


async def test_a_day_without_an_inbox_or_a_team_is_the_customers_alone(team_stack: Stack) -> None:
    owner = await sign_in_demo_user(team_stack)
    await team_stack.make_account(owner)
    assert (await played(team_stack, team=False))["team"] is None
    assert [user["email"] for user in (await owner.ok("GET", "/api/users"))["items"]] == [DEMO_EMAIL]


async def test_an_inbox_that_rejects_the_team_is_reported(team_stack: Stack) -> None:
    """The customers write all the same."""
    agent = await team_stack.sign_in()
    await team_stack.make_account(agent)
    owner = await sign_in_demo_user(team_stack)
    password = "another-password-4711"
    body = {"old_password": "open-sesame-4711", "new_password": password}
    await owner.ok("POST", "/api/auth/password", body)
    day = await played(team_stack, steps=3)
    assert (day["done"], day["team"]["played"]) == (3, 0)
    assert day["team"]["problem"] == "The e-mail address or password is wrong."

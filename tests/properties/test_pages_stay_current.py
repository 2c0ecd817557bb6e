"""Pages that were read before: after any change they are answered as a page that was never read."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from server.accounts.page_cache import PageCache
from server.handlers import chats, message_pages
from tests.support.amending import Scenario, open_scenario
from tests.support.factories import CHANNELS, make_label, make_target, set_role
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

Change = Callable[[], Awaitable[Any]]


class Reader:
    """Reads each list as browsers do, again and again, and as if for the first time."""

    def __init__(self, scenario: Scenario) -> None:
        self._agent = scenario.agent
        chats = scenario.chat_path.rpartition("/")[0]
        self._lists = [
            f"{chats}?",
            f"{chats}?filter=unread&",
            f"{chats}?assignee=me&",
            f"{chats}?sort=waiting&",
        ]
        self._lists += [f"{scenario.chat_path}/messages?{part}" for part in ("", "at=unread&")]

    async def read(self) -> list[Any]:
        return [await self._agent.ok("GET", f"{path}limit=50") for path in self._lists]

    async def read_fresh(self) -> list[Any]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(PageCache, "is_repeated", lambda *_: False)
            return await self.read()

    async def check(self, change: str) -> None:
        """What was read before is what is read afresh; workers may change the chat until then."""

        async def is_settled() -> bool:
            before, again, after = await self.read_fresh(), await self.read(), await self.read_fresh()
            assert before != after or again == after, change
            return bool(before == after)

        await eventually(is_settled)


@pytest.fixture
async def scenario(stack: Stack) -> Scenario:
    return await open_scenario(stack)


def changes_of(scenario: Scenario, label_id: int, team_id: int) -> dict[str, Change]:
    """A change of each kind, in an order in which all are possible."""
    agent, chat = scenario.agent, scenario.chat_path
    question, answer = scenario.path(scenario.question), scenario.path(scenario.answer)
    contact = f"{CHANNELS}/contacts"
    contact_path = f"{CHANNELS}/{scenario.account_id}/contacts"

    async def receive(text: str) -> None:
        await scenario.stack.write("acc-1", text)

        async def is_stored() -> bool:
            return any(message["body"] == text for message in await scenario.messages())

        await eventually(is_stored)

    async def rename_contact() -> None:
        (person,) = (await agent.ok("GET", contact))["items"]
        await agent.ok("PATCH", f"{contact_path}/{person['id']}", {"own_name": "Bia of the bakery"})

    async def send_by_program() -> None:
        made = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
        program = Peer(agent.session, agent.url, made["secret"], agent.user_id)
        await program.ok("POST", f"{chat}/send", {"text": "From the CRM"})
        await eventually(lambda: scenario.sent("From the CRM"))
        await agent.ok("DELETE", f"/api/keys/{made['key']['id']}")

    return {
        "a message": lambda: receive("Outra pergunta"),
        "an edit": lambda: agent.ok("PATCH", answer, {"text": "Tem sim."}),
        "a reaction": lambda: agent.ok("PUT", f"{question}/reaction", {"value": "👍"}),
        "read": lambda: agent.ok("PATCH", chat, {"read": True}),
        "unread": lambda: agent.ok("PATCH", chat, {"read": False}),
        "pinned": lambda: agent.ok("PATCH", chat, {"pinned": True}),
        "muted": lambda: agent.ok("PATCH", chat, {"muted_until": "2031-01-01T00:00:00Z"}),
        "labelled": lambda: agent.ok("PUT", f"{chat}/labels/{label_id}"),
        "the label deleted": lambda: agent.ok("DELETE", f"/api/labels/{label_id}"),
        "assigned": lambda: agent.ok("PUT", f"{chat}/assignee", {"user_id": agent.user_id}),
        "the user renamed": lambda: agent.ok("PATCH", "/api/auth/me", {"name": "Ana Maria"}),
        "the team": lambda: agent.ok("PUT", f"{chat}/assignee", {"user_id": None, "team_id": team_id}),
        "the team renamed": lambda: agent.ok("PATCH", f"/api/teams/{team_id}", {"name": "Sales"}),
        "the team deleted": lambda: agent.ok("DELETE", f"/api/teams/{team_id}"),
        "snoozed": lambda: agent.ok(
            "PUT", f"{chat}/status", {"status": "snoozed", "until": "2031-01-01T00:00:00Z"}
        ),
        "closed": lambda: agent.ok("PUT", f"{chat}/status", {"status": "closed"}),
        "opened again": lambda: agent.ok("PUT", f"{chat}/status", {"status": "open"}),
        "a target": lambda: make_target(agent, scenario.account_id),
        "the contact renamed": rename_contact,
        "a program": send_by_program,
        "a deleted message": lambda: agent.ok("DELETE", answer),
        "archived": lambda: agent.ok("PATCH", chat, {"archived": True}),
    }


async def test_no_change_is_missed(scenario: Scenario) -> None:
    agent = scenario.agent
    await set_role(scenario.stack, agent, "owner")
    team = {"name": "Support", "user_ids": [agent.user_id]}
    team_id = (await agent.ok("POST", "/api/teams", team))["team"]["id"]
    reader = Reader(scenario)
    for change, make in changes_of(scenario, await make_label(agent, "vip"), team_id).items():
        # Read twice, and answered from memory from then on.
        for _ in range(3):
            await reader.read()
        await make()
        await reader.check(change)


async def test_an_unchanged_page_is_not_read_again(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(scenario)
    await reader.check("nothing")
    for _ in range(2):
        pages = await reader.read()

    async def refuse(*_: Any) -> None:
        raise AssertionError("read again")

    for module in (chats, message_pages):
        monkeypatch.setattr(module, "_read_page", refuse)
    assert await reader.read() == pages

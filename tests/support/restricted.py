"""A restricted agent beside colleagues, and a chat whose owner changes."""

from dataclasses import dataclass

from aiopg import Cursor

from server.store.conversations import chat_states
from server.web.app_keys import DATABASE
from tests.support.factories import CHANNELS, add_member
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.route_cases import RouteTarget, make_route_target
from tests.support.survey_rows import make_survey

OWNERS = ("mine", "team", "colleague", "team's colleague", "other team", "unassigned")


@dataclass
class Restricted:
    """The agent, an owner who assigns the chat, and a team with and one without the agent."""

    stack: Stack
    target: RouteTarget
    agent: Peer
    team_id: int
    other_team_id: int
    secrets: tuple[str, ...] = ()
    seq: int = 0  # the account's when the agent was restricted

    @property
    def chat_path(self) -> str:
        return f"{CHANNELS}/{self.target.account_id}/chats/{self.target.chat_id}"

    def owner(self, name: str) -> dict[str, int | None]:
        """The body that assigns the chat."""
        mine, colleague = self.agent.user_id, self.target.user_id
        bodies: dict[str, dict[str, int | None]] = {
            "mine": {"user_id": mine},
            "team": {"user_id": None, "team_id": self.team_id},
            "colleague": {"user_id": colleague},
            "team's colleague": {"user_id": colleague, "team_id": self.team_id},
            "other team": {"user_id": None, "team_id": self.other_team_id},
            "unassigned": {"user_id": None},
        }
        return bodies[name]

    async def assign(self, name: str, chat_id: int | None = None) -> None:
        path = f"{CHANNELS}/{self.target.account_id}/chats/{chat_id or self.target.chat_id}/assignee"
        await self.target.peer.ok("PUT", path, self.owner(name))

    async def set_status(self, status: str) -> None:
        await self.target.peer.ok("PUT", f"{self.chat_path}/status", {"status": status})

    async def set_restricted(self, is_restricted: bool) -> None:
        path = f"{CHANNELS}/{self.target.account_id}/members/{self.agent.user_id}"
        await self.target.peer.ok("PUT", path, {"role": "agent", "restricted": is_restricted})

    async def is_restricted(self) -> bool:
        account = await self.agent.ok("GET", f"{CHANNELS}/{self.target.account_id}")
        return bool(account["account"]["restricted"])

    async def fill(self) -> None:
        """Put everything into the chat that a route could tell of, while it is the agent's."""
        await self.assign("mine")
        owner, agent, path = self.target.peer, self.agent, self.chat_path
        await owner.ok("POST", f"{path}/notes", {"text": "Segredo", "mentions": [agent.user_id]})
        await agent.ok("PUT", f"{path}/draft", {"text": "Segredo"})
        await owner.ok("POST", f"{path}/send", {"text": "Segredo"})
        private = await agent.ok("POST", "/api/labels", {"name": "Own", "colour": "red", "shared": False})
        await agent.ok("PUT", f"{path}/labels/{private['label']['id']}")
        await make_survey(self.stack, self.target.account_id, self.target.chat_id, 1, comment="Segredo")
        self.secrets = ("Segredo", "Bia Lima", "5511966660000")


async def make_restricted(stack: Stack) -> Restricted:
    """The account of `make_route_target`, with a restricted agent in it."""
    target = await make_route_target(stack)
    agent = await stack.sign_in("rita")
    await add_member(stack, target.account_id, agent, "agent")
    teams = [
        (await target.peer.ok("POST", "/api/teams", {"name": name, "user_ids": users}))["team"]["id"]
        for name, users in (("Field", [agent.user_id, target.user_id]), ("Office", [target.user_id]))
    ]
    case = Restricted(stack, target, agent, *teams)
    await case.set_restricted(True)
    account = await target.peer.ok("GET", f"{CHANNELS}/{target.account_id}")
    case.seq = account["account"]["seq"]
    return case


async def visible_ids(stack: Stack, user_id: int, account_id: int, chat_ids: list[int]) -> set[int]:
    """Those of these chats that the statements show this user, under the account's lock."""

    async def read(cursor: Cursor) -> set[int]:
        found = await chat_states.lock_states(cursor, user_id, "whatsapp", account_id, chat_ids)
        return {chat.chat_id for chat in found}

    seen: set[int] = await stack.app[DATABASE].write(read)
    return seen

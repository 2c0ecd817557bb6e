"""An agent and a customer's chat at UniPile, for tests that amend its messages."""

from typing import Any

from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

LONG_AGO = "2026-01-05T08:00:00.000Z"


class Scenario:
    """An agent with a chat at UniPile: the customer's question and the answer sent from here."""

    def __init__(self, stack: Stack, agent: Peer, account_id: int) -> None:
        self.stack = stack
        self.agent = agent
        self.account_id = account_id
        self.question: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}

    async def open(self) -> "Scenario":
        await self.stack.write("acc-1", "Tem azul?")
        (chat,) = await eventually(lambda: self.agent.chats(self.account_id))
        (self.question,) = await self.agent.messages(self.account_id, chat["id"])
        await self.agent.ok("POST", f"{self.chat_path}/send", {"text": "Tem."})
        self.answer = await eventually(lambda: self.sent("Tem."))
        return self

    @property
    def chat_path(self) -> str:
        return f"{CHANNELS}/{self.account_id}/chats/{self.question['chat_id']}"

    def path(self, message: dict[str, Any]) -> str:
        return f"{self.chat_path}/messages/{message['id']}"

    async def messages(self) -> list[dict[str, Any]]:
        return await self.agent.messages(self.account_id, self.question["chat_id"])

    async def sent(self, body: str) -> dict[str, Any] | None:
        """The message with this text, after it reached the phone."""
        return next(
            (m for m in await self.messages() if (m["body"], m["status"]) == (body, "delivered")), None
        )

    async def refused(self, body: str) -> dict[str, Any]:
        """A message that UniPile refused."""
        await self.faults(
            method="POST", path="/chats/*/messages", status=422, kind="invalid_message", times=1
        )
        sent = (await self.agent.ok("POST", f"{self.chat_path}/send", {"text": body}))["message"]

        async def failed() -> dict[str, Any] | None:
            rows = await self.messages()
            return next((m for m in rows if (m["id"], m["status"]) == (sent["id"], "failed")), None)

        message: dict[str, Any] = await eventually(failed)
        return message

    async def typed_long_ago(self) -> dict[str, Any]:
        """An own message of the account that is too old to be amended."""
        await self.stack.write("acc-1", "Antiga", is_sender=True, timestamp=LONG_AGO)
        message: dict[str, Any] = await eventually(lambda: self.sent("Antiga"))
        return message

    async def at_unipile(self, message: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-API-KEY": self.stack.config.unipile.api_key}
        path = f"/api/v1/messages/{message['provider_msg_id']}"
        found: dict[str, Any] = await self.stack.sandbox.ok("GET", path, headers=headers)
        return found

    async def faults(self, **rule: Any) -> None:
        await self.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [rule]})

    async def rejected(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = await self.agent.call(method, path, body)
        return answer.status, answer.body["error"]["code"]


async def open_scenario(stack: Stack) -> Scenario:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    return await Scenario(stack, agent, account["id"]).open()

"""An agent who sends through a sandbox with faults, while the test runs the outbox's jobs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from server.config import Config
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.context import open_parts
from workers.messages.outbox import send_chat

POST_MESSAGE = {"method": "POST", "path": "/chats/*/messages"}

FORGET_USAGE = """
    delete from channels_message; delete from channels_chat_start; delete from channels_receipt;
    delete from channels_usage; delete from channels_usage_day; delete from channels_usage_gone"""


@dataclass
class SendHarness:
    """An agent with one open chat at a sandbox with faults; no worker runs but the test itself."""

    stack: Stack
    agent: Peer
    worker: WorkerHarness
    account_id: int
    chat: dict[str, Any]

    async def post_send(self, text: str, client_id: str) -> dict[str, Any]:
        """POST a send, without running the outbox."""
        path = f"/api/channels/whatsapp/{self.account_id}/chats/{self.chat['id']}/send"
        answer = await self.agent.ok("POST", path, {"text": text, "client_id": client_id})
        message: dict[str, Any] = answer["message"]
        return message

    async def run_outbox(self) -> None:
        """Run the outbox's job once."""
        await send_chat(self.worker.context(), self.chat["id"])

    async def fail(self, **faults: Any) -> None:
        await self.stack.sandbox.ok("PUT", "/sandbox/faults", faults)

    async def sent(self) -> list[dict[str, Any]]:
        return [m for m in await self.worker.messages() if m["direction"] == "out"]

    async def seen_by_the_customer(self) -> list[str]:
        """The texts on the customer's phone, oldest first."""
        path = f"/sandbox/chats/{self.chat['provider_chat_id']}/messages"
        items = (await self.stack.sandbox.ok("GET", path))["items"]
        return [item["text"] for item in items if item["sender"] == "self"]


@asynccontextmanager
async def open_sender(stack: Stack) -> AsyncIterator[SendHarness]:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    async with open_parts(stack.config) as parts:
        harness = WorkerHarness(parts)
        written = await stack.write("acc-1", "Oi")
        body = written_by_us("Bom dia", chat_id=written["chat_id"], timestamp="2026-03-02T08:00:00Z")
        await harness.store(body)
        await harness.execute("delete from channels_usage; delete from channels_message")
        (chat,) = await agent.chats(account["id"])
        yield SendHarness(stack, agent, harness, account["id"], chat)


@asynccontextmanager
async def open_limited_sender(config: Config) -> AsyncIterator[SendHarness]:
    """The same on a plan of five messages a month, with no usage yet."""
    config = replace(config, unipile=replace(config.unipile, total_timeout_seconds=0.5))
    async with run_stack(config, with_workers=False) as stack, open_sender(stack) as opened:
        await opened.worker.execute(FORGET_USAGE)
        yield opened


async def post(sender: SendHarness, text: str) -> int:
    path = f"{CHANNELS}/{sender.account_id}/chats/{sender.chat['id']}/send"
    return (await sender.agent.call("POST", path, {"text": text, "client_id": f"c-{text}"})).status


def summary(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(m["client_id"], m["status"]) for m in messages]

"""An agent's account with one chat, whose rules run when the test says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.factories import CHANNELS, make_account
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received
from tests.support.worker_harness import WorkerHarness
from workers.automation.consumers import ACTING, COUNTING
from workers.automation.follow import follow_feeds
from workers.automation.rules import run_time_rules
from workers.context import open_parts


@dataclass
class Ruled:
    """The account and its owner; `harness` stores what a contact writes."""

    stack: Stack
    agent: Peer
    account_id: int
    chat_id: int
    harness: WorkerHarness

    def path(self, what: str = "") -> str:
        return f"{CHANNELS}/{self.account_id}/chats/{self.chat_id}{what}"

    async def make_rule(
        self, event: str = "message_in", *, is_on: bool = True, **more: Any
    ) -> dict[str, Any]:
        """A rule of the account, on; without actions it writes a note."""
        body = {"name": "Rule", "account_ids": [self.account_id], "is_on": is_on, "event": event} | more
        body.setdefault("actions", [{"kind": "note", "text": "Ran"}])
        made: dict[str, Any] = (await self.agent.ok("POST", "/api/rules", body))["rule"]
        return made

    async def write(self, text: str | None = "Oi", **more: Any) -> None:
        """The contact writes."""
        await self.harness.store(message_received("acc-1", text, **more))

    async def follow(self) -> None:
        """A worker does what is to be done."""
        for consumer in ACTING:
            await follow_feeds(self.harness.parts, consumer)
        for counter in COUNTING:
            await follow_feeds(self.harness.parts, counter)
        await run_time_rules(self.harness.parts)

    async def chat(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.agent.ok("GET", self.path()))["chat"]
        return found

    async def set_status(self, status: str, **more: Any) -> None:
        await self.agent.ok("PUT", self.path("/status"), {"status": status, **more})

    async def assign(self, user_id: int | None) -> None:
        await self.agent.ok("PUT", self.path("/assignee"), {"user_id": user_id})

    async def items(self, what: str) -> list[dict[str, Any]]:
        """Newest first: messages, notes, activities."""
        found: list[dict[str, Any]] = (await self.agent.ok("GET", self.path(f"/{what}")))["items"]
        return found

    async def runs(self, rule: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.agent.ok("GET", f"/api/rules/{rule['id']}/runs"))["items"]
        return found

    async def let_wait(self, column: str, minutes: int, *, on_for: int = 600) -> None:
        """The chat has waited so long, and rules have been on for so long."""
        await self.harness.execute(
            f"update channels_chat set {column} = now() - make_interval(mins => %(minutes)s)", minutes=minutes
        )
        await self.harness.execute(
            "update rule set on_since = now() - make_interval(mins => %(on_for)s) where is_on", on_for=on_for
        )


@asynccontextmanager
async def ruling(stack: Stack) -> AsyncIterator[Ruled]:
    """The contact has written once."""
    agent = await stack.sign_in()
    account_id = await make_account(stack, agent)
    async with open_parts(stack.config) as parts:
        harness = WorkerHarness(parts)
        await harness.store(message_received("acc-1", "Before"))
        yield Ruled(stack, agent, account_id, (await harness.chat())["id"], harness)

"""An account whose chat has a conversation that began now; its targets are computed when the test says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from server.store.notifying import settled
from tests.support.factories import make_target
from tests.support.fixtures_stack import Stack
from tests.support.office import written_now
from tests.support.peers import Peer
from tests.support.ruled import Ruled, ruling
from workers.automation.targets import alert_at_risk, follow_targets, recount_targets

BELL = "/api/me/notifications"
# As if all that has happened in chats had happened earlier.
PASS_MINUTES = """
    with v as (
        update channels_conversation set opened_at = opened_at - %(passed)s,
            first_reply_at = first_reply_at - %(passed)s),
        n as (update notification set target_began_at = target_began_at - %(passed)s),
        t as (update target_alert set waiting_since = waiting_since - %(passed)s)
    update channels_chat set waiting_since = waiting_since - %(passed)s, target_began_at = target_began_at - %(passed)s,
        target_at_risk_at = target_at_risk_at - %(passed)s, target_due_at = target_due_at - %(passed)s,
        target_alert_at = target_alert_at - %(passed)s"""


class Timed:
    """An account whose chat has a conversation that began now; targets are computed when the test says so."""

    def __init__(self, ruled: Ruled) -> None:
        self.ruled, self.agent, self.harness = ruled, ruled.agent, ruled.harness

    async def open(self) -> "Timed":
        await self.ruled.set_status("closed")
        await self.write()
        return self

    async def write(self) -> None:
        """The contact writes now."""
        self.harness.received_at = datetime.now(UTC).isoformat()
        await self.harness.store(written_now(message_id=f"m-{datetime.now(UTC).timestamp()}"))

    async def answer(self, peer: Peer | None = None) -> None:
        await (peer or self.agent).ok("POST", self.ruled.path("/send"), {"text": "Já vai"})

    async def target(self, **more: Any) -> int:
        """A target of the account, on."""
        made = await make_target(self.agent, self.ruled.account_id, **more)
        await self.follow()
        return made

    async def follow(self) -> None:
        await recount_targets(self.harness.parts)
        await follow_targets(self.harness.parts)

    async def shown(self) -> dict[str, Any] | None:
        """The chat's clock, when all that has happened is computed."""
        await self.follow()
        found: dict[str, Any] | None = (await self.ruled.chat())["target"]
        return found

    async def kind(self) -> str | None:
        clock = await self.shown()
        return None if clock is None else str(clock["kind"])

    async def alert(self, *, minutes: int = 0) -> None:
        """So many minutes later users are alerted."""
        await self.harness.execute(PASS_MINUTES, passed=timedelta(minutes=minutes))
        await alert_at_risk(self.harness.parts)

    async def lines(self, peer: Peer | None = None) -> list[str]:
        """The unread notifications of targets: which promise."""
        await self.harness.parts.database.write(settled.settle_taken)
        items = (await (peer or self.agent).ok("GET", BELL))["items"]
        return [
            line["target"]["kind"] for line in items if line["kind"] == "target" and line["read_at"] is None
        ]


@asynccontextmanager
async def timing(stack: Stack) -> AsyncIterator[Timed]:
    async with ruling(stack) as opened:
        yield await Timed(opened).open()

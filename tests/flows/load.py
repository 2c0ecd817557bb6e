"""UniPile's hand under load: posts webhooks, repeats what was not acknowledged, and remembers what was."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.support.peers import Peer, message_received

PAUSE_SECONDS = 0.01


@dataclass
class Load:
    """Posts one new message after another until the block is left; `acknowledged` are ids answered 200."""

    peer: Peer
    posters: int = 4
    acknowledged: list[str] = field(default_factory=list)
    rejected: dict[int, int] = field(default_factory=dict)
    unanswered: int = 0
    _stopping: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> "Load":
        self._tasks = [asyncio.create_task(self._post(index)) for index in range(self.posters)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping = True
        await asyncio.gather(*self._tasks)

    async def _post(self, index: int) -> None:
        while not self._stopping:
            event = message_received("acc-1", "sob carga", phone=f"55119777700{index:02}")
            await self._deliver(event)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _deliver(self, event: dict[str, Any]) -> None:
        try:
            answer = await self.peer.deliver(event)
        except aiohttp.ClientError:
            self.unanswered += 1  # the answer was lost: the event may or may not be stored
            return
        if answer.status == 200:
            self.acknowledged.append(event["message_id"])
        else:
            self.rejected[answer.status] = self.rejected.get(answer.status, 0) + 1

    async def reached(self, count: int) -> bool:
        return len(self.acknowledged) >= count

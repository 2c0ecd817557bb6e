"""Traffic at several instances in turn: UniPile's webhooks, and a user who sends and reads."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from server.cancellation import end_tasks
from tests.support.peers import Peer, eventually, message_received

# Of webhooks and of sends, in each phase.
EACH_PHASE = 15
PAUSE_SECONDS = 0.05
PHONE = "5511977770001"


@dataclass
class Traffic:
    """UniPile's webhooks, and a user who sends and reads, at each of the open instances in turn."""

    users: list[Peer]
    chat: str
    received: list[str] = field(default_factory=list)  # texts of webhooks that were answered 200
    sent: list[str] = field(default_factory=list)  # texts of sends that were answered
    statuses: Counter[int] = field(default_factory=Counter)
    _turns: Any = field(default_factory=count)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._repeat(each)) for each in (self._post, self._send, self._read)
        ]

    async def stop(self) -> None:
        await end_tasks(self._tasks)

    async def phase(self) -> tuple[list[str], list[str]]:
        """What was received and sent in the next phase."""
        before = len(self.received), len(self.sent)

        async def is_over() -> bool:
            for task in self._tasks:
                assert not task.done(), task.exception()
            done = len(self.received) - before[0], len(self.sent) - before[1]
            return min(done) >= EACH_PHASE

        await eventually(is_over)
        return self.received[before[0] :], self.sent[before[1] :]

    async def _repeat(self, step: Any) -> None:
        while True:
            # The instance is chosen and asked without a pause: one that is closed is no longer among them.
            await step(self.users[next(self._turns) % len(self.users)])
            await asyncio.sleep(PAUSE_SECONDS)

    async def _post(self, user: Peer) -> None:
        text = f"received-{next(self._turns)}"
        event = message_received("acc-1", text, phone=PHONE)
        answer = await user.deliver(event)
        self.statuses[answer.status] += 1
        if answer.status == 200:
            self.received.append(text)

    async def _send(self, user: Peer) -> None:
        client_id = f"send-{next(self._turns)}"
        answer = await user.call("POST", f"{self.chat}/send", {"text": client_id, "client_id": client_id})
        self.statuses[answer.status] += 1
        if answer.status < 300:
            self.sent.append(client_id)

    async def _read(self, user: Peer) -> None:
        for path in (self.chat.rpartition("/")[0], f"{self.chat}/messages"):
            self.statuses[(await user.call("GET", path)).status] += 1

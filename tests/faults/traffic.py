"""Concurrent traffic of several accounts, from a seed: new and repeated messages, ticks, own replies."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.support.peers import Peer, message_received
from tests.support.worker_harness import receipt, written_by_us

CUSTOMERS = 6
POSTERS = 6
REPEATED = 0.1
TRIES = 400
PAUSE_SECONDS = 0.05


@dataclass
class Traffic:
    """Plays UniPile: posts each event to any instance until it is acknowledged."""

    rng: random.Random
    external_ids: Sequence[str]
    doors: Callable[[], Sequence[Peer]]  # the instances that are up
    acknowledged: dict[str, str] = field(default_factory=dict)  # message id -> account id
    given_up: list[str] = field(default_factory=list)
    rejected: int = 0  # responses other than 200, and missing responses
    _own: list[tuple[str, str]] = field(default_factory=list)

    async def live(self, count: int, seconds: float) -> None:
        """Post this many events over about this period."""
        events = [self._event() for _ in range(count)]
        for index in range(count - 1):  # neighbours are sometimes reordered, as on a real network
            if self.rng.random() < 0.1:
                events[index], events[index + 1] = events[index + 1], events[index]
        shares = [events[poster::POSTERS] for poster in range(POSTERS)]
        pause = seconds * POSTERS / count
        await asyncio.gather(*(self._post_all(share, pause) for share in shares))

    async def _post_all(self, events: Sequence[dict[str, Any]], pause: float) -> None:
        for event in events:
            copies = 2 if self.rng.random() < REPEATED else 1
            await asyncio.gather(*(self.post(event) for _ in range(copies)))
            await asyncio.sleep(self.rng.uniform(0, 2 * pause))

    async def post(self, event: dict[str, Any]) -> None:
        """Until an instance responds 200."""
        for _ in range(TRIES):
            try:
                answer = await self.rng.choice(self.doors()).deliver(event)
            except (aiohttp.ClientError, OSError, IndexError):
                answer = None
            if answer is not None and answer.status == 200:
                if event["event"] == "message_received":
                    self.acknowledged[event["message_id"]] = event["account_id"]
                return
            self.rejected += 1
            await asyncio.sleep(PAUSE_SECONDS)
        self.given_up.append(event["message_id"])

    def _event(self) -> dict[str, Any]:
        account, phone = self.rng.choice(self.external_ids), f"55119{self.rng.randrange(CUSTOMERS):08}"
        dice = self.rng.random()
        if dice < 0.2 and self._own:
            owner, message_id = self.rng.choice(self._own)
            return receipt(self.rng.choice(["message_delivered", "message_read"]), message_id, owner)
        if dice < 0.4:
            # An own reply belongs to its customer's chat, whichever side wrote it.
            event = written_by_us(
                f"Já vai {self.rng.random()}", phone=phone, name=f"Cliente {phone}", account_id=account
            )
            self._own.append((account, event["message_id"]))
            return event
        return message_received(account, f"Olá {self.rng.random()}", phone=phone, name=f"Cliente {phone}")

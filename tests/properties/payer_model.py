"""A model of an account's payer: the steps applied, and the usage each payer must have."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from server.store.plans import usage_checks
from tests.support.factories import CHANNELS
from tests.support.fixtures_tiny import used
from tests.support.peers import Answer, Peer, message_received
from tests.support.send_harness import POST_MESSAGE, SendHarness
from tests.support.worker_harness import written_by_us

ERASE = (
    "delete from channels_message where id = (select max(id) from channels_message where status <> 'failed')"
)
FAULTS = {"refused": 422, "lost": 500}
TO = "+551197777{:04}"


@dataclass
class PayerModel:
    """An account and two users who pay for it in turns, with the expected usage of each."""

    sender: SendHarness
    people: tuple[Peer, Peer]
    payer: Peer
    step_count: int = 0
    counted: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    # Unsettled sends, and sends that can be retried, each with its payer (None: refunded).
    waiting: list[tuple[int, Peer]] = field(default_factory=list)
    again: list[tuple[int, Peer | None]] = field(default_factory=list)
    starts: list[tuple[dict[str, Any], Peer]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"{CHANNELS}/{self.sender.account_id}"

    @property
    def other(self) -> Peer:
        return next(peer for peer in self.people if peer is not self.payer)

    async def hand_over(self) -> None:
        body = {"user_id": self.other.user_id}
        changed = await self.payer.ok("PUT", f"{self.path}/payer", body)
        assert changed["member"]["is_payer"]
        self.payer = self.other

    def count(self, peer: Peer, sent: int = 0, received: int = 0, here: int = 0) -> None:
        known = self.counted[peer.user_id]
        self.counted[peer.user_id] = [known[0] + sent, known[1] + received, known[2] + here]

    async def check(self, what: object) -> None:
        """Compares the expected usage of each with the rows and with the app."""
        assert await self.sender.worker.parts.database.write(usage_checks.list_drift) == [], what
        for peer in self.people:
            assert list(await used(peer)) == self.counted[peer.user_id], what

    # -- what happens ------------------------------------------------------------------------------------------

    async def do(self, step: str) -> None:
        self.step_count += 1
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "in": self._in,
            "phone": self._phone,
            "hand over": self.hand_over,
            "reserve": self._reserve,
            "retry": self._retry,
            "start": self._start,
            "begin": self._begin,
            "echo": self._echo,
            "erase": self._erase,
        }
        await (steps[step]() if step in steps else self._settle(step))

    async def _in(self) -> None:
        chat_id = self.sender.chat["provider_chat_id"]
        event = message_received("acc-1", f"in {self.step_count}", chat_id=chat_id)
        await self.sender.worker.store(event, event)
        await self.sender.worker.store(event)
        self.count(self.payer, received=1)

    async def _phone(self) -> None:
        await self.sender.worker.store(
            written_by_us(f"phone {self.step_count}", chat_id=self.sender.chat["provider_chat_id"])
        )
        self.count(self.payer, sent=1)

    async def _reserve(self) -> None:
        if not self.waiting:
            message = await self.sender.post_send(f"text {self.step_count}", f"c-{self.step_count}")
            self.count(self.payer, sent=1, here=1)
            self.waiting.append((message["id"], self.payer))

    async def _settle(self, how: str) -> None:
        """The waiting send succeeds, is rejected, or has an unknown outcome."""
        if not self.waiting:
            return
        message_id, paid = self.waiting.pop()
        routes = [POST_MESSAGE | {"status": FAULTS[how], "times": 1}] if how in FAULTS else []
        await self.sender.fail(routes=routes, webhooks_off=True)
        await self.sender.run_outbox()
        await self.sender.fail(webhooks_off=True)
        (status,) = [row["status"] for row in await self.sender.sent() if row["id"] == message_id]
        assert status == {"refused": "failed", "lost": "unconfirmed"}.get(how, "sent")
        if how == "refused":
            self.count(paid, sent=-1, here=-1)
            self.again.append((message_id, None))
        elif how == "lost":
            self.again.append((message_id, paid))

    async def _retry(self) -> None:
        """Refunded to the payer it was taken from, and reserved from the current payer."""
        if self.again and not self.waiting:
            message_id, paid = self.again.pop()
            await self.payer.ok("POST", f"{self.path}/messages/{message_id}/retry")
            if paid is not None:
                self.count(paid, sent=-1, here=-1)
            self.count(self.payer, sent=1, here=1)
            self.waiting.append((message_id, self.payer))

    async def _post_start(self, body: dict[str, Any]) -> Answer:
        return await self.people[0].call("POST", f"{self.path}/chats", body)

    def _start_body(self) -> dict[str, Any]:
        label = f"{self.step_count:04}"
        return {
            "to": TO.format(self.step_count),
            "text": f"start {label}",
            "client_id": f"s-{label}",
        }

    async def _start(self) -> None:
        assert (await self._post_start(self._start_body())).status == 201
        self.count(self.payer, sent=1, here=1)

    async def _begin(self) -> None:
        """A first message with unknown outcome: its unit is reserved."""
        body = self._start_body()
        route = {"method": "POST", "path": "/chats", "status": 504, "accepted": True, "times": 1}
        await self.sender.fail(routes=[route], webhooks_off=True)
        assert (await self._post_start(body)).status == 504
        await self.sender.fail(webhooks_off=True)
        self.count(self.payer, here=1)
        self.starts.append((body, self.payer))

    async def _echo(self) -> None:
        """Its echo arrives, with an unknown sender until it is matched to the first message."""
        if not self.starts:
            return
        body, paid = self.starts.pop()
        digits = body["to"].removeprefix("+")
        event = written_by_us(body["text"], phone=digits, chat_id=f"chat-{digits}")
        await self.sender.worker.store(event)
        assert (await self._post_start(body)).status == 201
        self.count(paid, sent=1)

    async def _erase(self) -> None:
        """Refunds nothing, whichever payer it was counted for."""
        if not self.waiting:
            await self.sender.worker.execute(ERASE)
            known = {row["id"] for row in await self.sender.worker.messages()}
            self.again = [entry for entry in self.again if entry[0] in known]

"""Delivers events to the registered webhooks: a 200 in time, or five retries with growing delays, then lost."""

import asyncio
import contextlib
import heapq
import json
import logging
import urllib.parse
from collections import deque
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.faults import Dice
from sandbox.problems import dump
from sandbox.settings import SandboxSettings
from sandbox.store.archive import Archive
from sandbox.store.entities import Delivery, Json, Webhook
from sandbox.store.ids import new_id
from sandbox.store.world import World

log = logging.getLogger("sandbox")

FORM_TYPE = "application/x-www-form-urlencoded"
USER_AGENT = "axios/1.7.9"
LOG_LENGTH = 200


@dataclass(slots=True)
class Attempt:
    """A delivery attempt, for the log of /sandbox/deliveries."""

    webhook_id: str
    delivery_id: str
    attempt: int
    outcome: str
    event: str

    def as_json(self) -> Json:
        """Return the attempt as JSON."""
        return {
            "webhook_id": self.webhook_id,
            "delivery_id": self.delivery_id,
            "attempt": self.attempt,
            "outcome": self.outcome,
            "event": self.event,
        }


class Dispatcher:
    """Delivers in the background; events of one lane (a message or an account) are sent in order.

    The order holds for first attempts only, as with any sender that retries.
    """

    def __init__(self, settings: SandboxSettings, world: World, archive: Archive, dice: Dice) -> None:
        self._settings = settings
        self._world = world
        self._archive = archive
        self._dice = dice
        self._lanes: dict[tuple[str, str], deque[Delivery]] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._retries: list[tuple[float, str]] = []
        self._retry_wanted = asyncio.Event()
        self._waiting: dict[str, Delivery] = {}
        self._first_tries: dict[str, asyncio.Future[None]] = {}
        self.log: deque[Attempt] = deque(maxlen=LOG_LENGTH)

    async def open(self, unfinished: list[Delivery]) -> None:
        """Start delivering, including the unfinished deliveries of an earlier run."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._settings.webhook_timeout),
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Content-Type"),
        )
        for delivery in unfinished:
            self._schedule_retry(delivery)
        self._spawn(self._retry_loop())

    async def close(self) -> None:
        """Stop; pending deliveries are saved for the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in self._lanes.values():
            for delivery in lane:
                self._archive.save(delivery)
        await self._session.close()

    def clear(self) -> None:
        """Discard all pending deliveries and the log."""
        for lane in self._lanes.values():
            lane.clear()
        self._waiting.clear()
        self._retries.clear()
        self.log.clear()

    @property
    def pending(self) -> int:
        """The number of deliveries that are neither delivered nor lost."""
        return len(self._waiting) + sum(len(lane) for lane in self._lanes.values())

    def submit(self, webhook: Webhook, lane: str, body: Json) -> None:
        """Queue an event for a webhook, unless the faults drop it."""
        if self._dice.is_dropped():
            self._increment(webhook, "lost")
            return
        text = dump(body)
        for _ in range(2 if self._dice.falls(self._dice.faults.duplicate) else 1):
            self._enqueue(Delivery(new_id(), webhook.id, lane, text))

    async def wait_for_first_tries(self, lane: str, seconds: float) -> None:
        """Wait until all events of a lane have had their first attempt, with a time limit."""
        futures = [
            self._first_tries[item.id]
            for key, items in self._lanes.items()
            for item in items
            if key[1] == lane
        ]
        if futures:
            await asyncio.wait(futures, timeout=seconds)

    def call(self, url: str, body: Json) -> None:
        """POST JSON once in the background, without retries."""
        self._spawn(self._call(url, body))

    async def _call(self, url: str, body: Json) -> None:
        try:
            headers = {"User-Agent": USER_AGENT, "Content-Type": "application/json"}
            async with self._session.post(url, data=dump(body), headers=headers) as answer:
                await answer.read()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            log.warning("the call to a notify_url failed: %s", type(error).__name__)

    def _enqueue(self, delivery: Delivery) -> None:
        pause = self._dice.faults.delay_ms / 1000
        key = delivery.webhook_id, delivery.lane
        if self._dice.falls(self._dice.faults.reorder):
            # Delayed in a lane of its own, so that later events overtake it.
            pause += self._dice.between(0.05, 0.5)
            key = delivery.webhook_id, f"{delivery.lane}/{delivery.id}"
        self._first_tries[delivery.id] = asyncio.get_running_loop().create_future()
        if key in self._lanes:
            self._lanes[key].append(delivery)
        else:
            self._lanes[key] = deque([delivery])
            self._spawn(self._run_lane(key, pause))

    async def _run_lane(self, key: tuple[str, str], pause: float) -> None:
        lane = self._lanes[key]
        while lane:
            delivery = lane[0]
            if pause:
                await asyncio.sleep(pause)
            await self._attempt_delivery(delivery)
            self._first_tries.pop(delivery.id).set_result(None)
            # A concurrent reset may have emptied the lane.
            if lane and lane[0] is delivery:
                lane.popleft()
        del self._lanes[key]

    async def _attempt_delivery(self, delivery: Delivery) -> None:
        webhook = self._world.webhooks.get(delivery.webhook_id)
        if webhook is None:
            self._archive.drop(delivery)
            return
        slot = self._slots.setdefault(webhook.id, asyncio.Semaphore(self._settings.webhook_concurrency))
        async with slot:
            delivery.tries += 1
            outcome = await self._post(webhook, delivery)
        self._record_outcome(webhook, delivery, outcome)

    async def _post(self, webhook: Webhook, delivery: Delivery) -> str:
        if delivery.tries <= self._dice.faults.fail_first:
            return "withheld"
        headers = {"User-Agent": USER_AGENT} | {item["key"]: item["value"] for item in webhook.headers}
        if self._dice.faults.no_content_type:
            headers = {key: value for key, value in headers.items() if key.lower() != "content-type"}
        if not any(key.lower() == "content-type" for key in headers):
            headers["Content-Type"] = FORM_TYPE
        body = delivery.body if webhook.format == "json" else _form_encoded(delivery.body)
        try:
            async with self._session.post(
                webhook.request_url, data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return str(answer.status)
        except TimeoutError:
            return "timeout"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return type(error).__name__

    def _record_outcome(self, webhook: Webhook, delivery: Delivery, outcome: str) -> None:
        event = json.loads(delivery.body).get("event", "account_status")
        self.log.append(Attempt(webhook.id, delivery.id, delivery.tries, outcome, str(event)))
        if outcome == "200":
            self._increment(webhook, "delivered")
            self._archive.drop(delivery)
            return
        self._increment(webhook, "failed")
        if delivery.tries > len(self._settings.webhook_retries):
            log.warning("webhook %s lost an event after %d attempts: %s", webhook.id, delivery.tries, outcome)
            self._increment(webhook, "lost")
            self._archive.drop(delivery)
            return
        delivery.due = self._settings.clock() + self._settings.webhook_retries[delivery.tries - 1]
        self._archive.save(delivery)
        self._schedule_retry(delivery)

    def _increment(self, webhook: Webhook, counter: str) -> None:
        setattr(webhook, counter, getattr(webhook, counter) + 1)
        if webhook.id in self._world.webhooks:
            self._archive.save(webhook)

    def _schedule_retry(self, delivery: Delivery) -> None:
        self._waiting[delivery.id] = delivery
        heapq.heappush(self._retries, (delivery.due, delivery.id))
        self._retry_wanted.set()

    async def _retry_loop(self) -> None:
        while True:
            self._retry_wanted.clear()
            now = self._settings.clock()
            while self._retries and self._retries[0][0] <= now:
                delivery = self._waiting.pop(heapq.heappop(self._retries)[1], None)
                if delivery is not None:
                    self._spawn(self._attempt_delivery(delivery))
            pause = self._retries[0][0] - now if self._retries else None
            # Not wait_for: in Python 3.11 it can swallow a cancellation that coincides with the completion.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._retry_wanted.wait()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _form_encoded(body: str) -> str:
    pairs = {
        key: value if isinstance(value, str) else dump(value)
        for key, value in json.loads(body).items()
        if value is not None
    }
    return urllib.parse.urlencode(pairs, errors="replace")

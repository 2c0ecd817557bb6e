"""arq's worker, woken instead of polling, with short leases that are renewed, and a supervisor around it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import structlog
from arq.constants import in_progress_key_prefix
from arq.utils import timestamp_ms
from arq.worker import Worker

from server.cancellation import end_tasks, is_ending
from server.queue import wake_channel
from server.redis.client import Client, Script, subscribed
from server.redis.reasons import UNREACHABLE

log = structlog.get_logger()

# The net under the wake-ups: a lost wake message, another worker's retry, an expired lease of a killed worker.
POLL_SECONDS = 1.0
# Due jobs looked at in one claim; those that run already, here or elsewhere, are among them.
PAGE = 1000
# Atomic in Redis, as arq's finishing transaction is: a job is either still queued and free, or not claimed. The key
# is the one that arq's own workers set and respect.
# What is due is decided by Redis's clock, whatever this machine's says.
TAKE_DUE_JOBS = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
local claimed = {}
for i = 1, #due, 2 do
    if #claimed >= 2 * tonumber(ARGV[1]) then break end
    if redis.call('SET', ARGV[3] .. due[i], '1', 'NX', 'PX', ARGV[2]) then
        table.insert(claimed, due[i])
        table.insert(claimed, due[i + 1])
    end
end
return {now, claimed}
""")
RESTART_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
RELISTEN_SECONDS = 0.2
HAND_BACK_SECONDS = 5.0


class WokenWorker(Worker):
    """Looks into the queue when something happened, and once a second."""

    def __init__(self, *args: Any, lease_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # arq's would be the longest job's time limit: a killed worker's jobs would be hidden for as long.
        self.in_progress_timeout_s = lease_seconds
        self._woken = asyncio.Event()
        self._is_full = False
        self.looked_at = time.monotonic()
        self.is_given_up = False
        self.ctx["wake_in"] = self.wake_in

    @property
    def client(self) -> Client:
        return cast(Client, self.pool)

    def wake(self) -> None:
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """Look again when a job that was handed back is due."""
        self.loop.call_later(seconds + 0.005, self.wake)

    async def main(self) -> None:
        """Run until cancelled."""
        helpers = [asyncio.create_task(self._hear_wakes()), asyncio.create_task(self._renew_leases())]
        try:
            while True:
                self._woken.clear()
                await self._poll_iteration()
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._woken.wait()
        finally:
            await end_tasks(helpers)

    async def _poll_iteration(self) -> None:
        """Claim what is due and start it: one round trip for all, where arq takes one to look and four a job."""
        free = self.max_jobs - self.job_counter
        if self.allow_pick_jobs and free > 0:
            lease_ms = int(self.in_progress_timeout_s * 1000)
            now, found = await TAKE_DUE_JOBS(
                self.client, [self.queue_name], free, lease_ms, in_progress_key_prefix, PAGE
            )
            # arq reckons a job's next time from its score and this machine's clock.
            ahead = timestamp_ms() - now
            for job_id, score in zip(found[::2], found[1::2], strict=True):
                # Its lease may have run out while Redis was away: then this claim renews it.
                if not self._runs(job_id.decode()):
                    await self._start(job_id.decode(), int(score) + ahead)
            self._is_full = len(found) // 2 >= free
        self.looked_at = time.monotonic()
        for job_id, task in list(self.tasks.items()):
            if task.done():
                del self.tasks[job_id]
                task.result()  # a defect in run_job itself must not pass unseen

    def _runs(self, job_id: str) -> bool:
        task = self.tasks.get(job_id)
        return task is not None and not task.done()

    async def _start(self, job_id: str, score: int) -> None:
        await self.sem.acquire()
        self.job_counter += 1
        task = self.loop.create_task(self.run_job(job_id, score))
        task.add_done_callback(lambda _: self._release_sem_dec_counter_on_complete())
        self.tasks[job_id] = task

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        if self._is_full:
            self.wake()  # a place is free, and something may be waiting for it

    async def _hear_wakes(self) -> None:
        while True:
            try:
                async with subscribed(self.client, wake_channel(self.queue_name)) as (_, messages):
                    async for _message in messages:
                        self.wake()
            except UNREACHABLE:
                await asyncio.sleep(RELISTEN_SECONDS)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self.in_progress_timeout_s / 3)
            with suppress(*UNREACHABLE):
                async with self.pool.pipeline(transaction=False) as pipe:
                    for job_id in self.tasks:
                        pipe.pexpire(
                            in_progress_key_prefix + job_id, int(self.in_progress_timeout_s * 1000), xx=True
                        )
                    await pipe.execute()

    def give_up(self) -> None:
        """End by itself, wherever it waits, so that its supervisor makes a new one."""
        self.is_given_up = True
        if self.main_task is not None:
            self.main_task.cancel()

    async def drain(self, seconds: float) -> None:
        """Take nothing new and let what runs finish; what does not finish in time is handed back."""
        self.allow_pick_jobs = False
        running = [task for task in self.tasks.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=seconds)


@asynccontextmanager
async def supervised(
    make_worker: Callable[[], WokenWorker], *, drain_seconds: float
) -> AsyncIterator["Supervisor"]:
    """Keep one worker of this kind running: made again when it ends by itself, drained at the end of the block."""
    supervisor = Supervisor(make_worker)
    task = asyncio.create_task(supervisor.run_forever())
    try:
        yield supervisor
    finally:
        await supervisor.worker.drain(drain_seconds)
        await end_tasks([task])


class Supervisor:
    """Has one worker at a time."""

    def __init__(self, make_worker: Callable[[], WokenWorker]) -> None:
        self._make_worker = make_worker
        self.worker = make_worker()

    @property
    def queue_name(self) -> str:
        return str(self.worker.queue_name)

    def seconds_since_look(self) -> float:
        """How long ago the worker was last told by Redis what is due."""
        return time.monotonic() - self.worker.looked_at

    async def renew(self) -> None:
        """Another worker with other connections; what runs is handed back, once Redis can be told."""
        await self.worker.client.renew()
        self.worker.give_up()

    async def run_forever(self) -> None:
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self.worker.async_run()
            except asyncio.CancelledError:
                if is_ending() or not self.worker.is_given_up:
                    await _hand_back(self.worker)
                    raise
            except Exception as error:
                log.warning("worker_ended", queue=self.queue_name, error=type(error).__name__)
            if asyncio.get_running_loop().time() - begun > 60:
                failures = 0
            await _hand_back(self.worker)
            if self.worker.is_given_up:
                await (
                    self.worker.client.renew()
                )  # what could not be handed back is not any more, once others have it
            await asyncio.sleep(RESTART_SECONDS[min(failures, len(RESTART_SECONDS) - 1)])
            failures += 1
            self.worker = self._make_worker()


async def _hand_back(worker: WokenWorker) -> None:
    """Cancel what still runs, so that arq marks it to be run again; the pool belongs to the process and stays."""
    running = [task for task in worker.tasks.values() if not task.done()]
    if worker.main_task is not None and not worker.main_task.done():
        worker.main_task.cancel()
        running.append(worker.main_task)
    for task in worker.job_tasks.values():
        task.cancel()
    if running:
        done, _ = await asyncio.wait(running, timeout=HAND_BACK_SECONDS)
        for task in done:
            if not task.cancelled() and isinstance(error := task.exception(), UNREACHABLE):
                # Its lease ends by itself.
                log.info("job_not_handed_back", queue=worker.queue_name, error=type(error).__name__)

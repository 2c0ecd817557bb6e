"""arq's worker, woken instead of polling, with short leases that are renewed, and a supervisor around it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from arq.constants import in_progress_key_prefix
from arq.utils import timestamp_ms
from arq.worker import Worker

from server.queue import UNREACHABLE, wake_channel
from server.tasks import end_tasks

log = structlog.get_logger()

# The net under the wake-ups: a lost wake message, another worker's retry, an expired lease of a killed worker.
POLL_SECONDS = 1.0
# Due jobs looked at in one claim; those that run already, here or elsewhere, are among them.
PAGE = 1000
# Atomic in Redis, as arq's finishing transaction is: a job is either still queued and free, or not claimed. The key
# is the one that arq's own workers set and respect.
CLAIM = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[5])
local claimed = {}
for i = 1, #due, 2 do
    if #claimed >= 2 * tonumber(ARGV[2]) then break end
    if redis.call('SET', ARGV[4] .. due[i], '1', 'NX', 'PX', ARGV[3]) then
        table.insert(claimed, due[i])
        table.insert(claimed, due[i + 1])
    end
end
return claimed
"""
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
        self._claim = self.pool.register_script(CLAIM)
        self.ctx["wake_in"] = self.wake_in

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
            arguments: list[str | float] = [timestamp_ms(), free, lease_ms, in_progress_key_prefix, PAGE]
            found = await self._claim(keys=[self.queue_name], args=arguments)
            for job_id, score in zip(found[::2], found[1::2], strict=True):
                # Its lease may have run out while Redis was away: then this claim renews it.
                if not self._runs(job_id.decode()):
                    await self._start(job_id.decode(), int(score))
            self._is_full = len(found) // 2 >= free
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
                async with self.pool.pubsub() as pubsub:
                    await pubsub.subscribe(wake_channel(self.queue_name))
                    self.wake()
                    while True:
                        if await pubsub.get_message(ignore_subscribe_messages=True, timeout=None):
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

    async def drain(self, seconds: float) -> None:
        """Take nothing new and let what runs finish; what does not finish in time is handed back."""
        self.allow_pick_jobs = False
        running = [task for task in self.tasks.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=seconds)


@asynccontextmanager
async def supervised(make_worker: Callable[[], WokenWorker], *, drain_seconds: float) -> AsyncIterator[None]:
    """Keep one worker of this kind running: made again when it ends by itself, drained at the end of the block."""
    current: list[WokenWorker] = []
    task = asyncio.create_task(_run_forever(make_worker, current))
    try:
        yield
    finally:
        if current:
            await current[0].drain(drain_seconds)
        await end_tasks([task])


async def _run_forever(make_worker: Callable[[], WokenWorker], current: list[WokenWorker]) -> None:
    failures = 0
    while True:
        worker = make_worker()
        current[:] = [worker]
        begun = asyncio.get_running_loop().time()
        try:
            await worker.async_run()
        except asyncio.CancelledError:
            await _hand_back(worker)
            raise
        except Exception as error:
            log.warning("worker_ended", queue=worker.queue_name, error=type(error).__name__)
        if asyncio.get_running_loop().time() - begun > 60:
            failures = 0
        await _hand_back(worker)
        await asyncio.sleep(RESTART_SECONDS[min(failures, len(RESTART_SECONDS) - 1)])
        failures += 1


async def _hand_back(worker: WokenWorker) -> None:
    """Cancel what still runs, so that arq marks it to be run again; the pool belongs to the process and stays."""
    running = [task for task in worker.tasks.values() if not task.done()]
    if worker.main_task is not None and not worker.main_task.done():
        worker.main_task.cancel()
        running.append(worker.main_task)
    for task in worker.job_tasks.values():
        task.cancel()
    if running:
        await asyncio.wait(running, timeout=HAND_BACK_SECONDS)

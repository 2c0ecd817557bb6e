"""arq's worker, woken instead of polling, with short renewed leases, and a supervisor around it (ADR 12)."""

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

# Fallback for a lost wake-up, another worker's retry, and the expired lease of a killed worker.
POLL_SECONDS = 1.0
# Due jobs that one call considers, including those that already run, here or elsewhere.
PAGE = 1000
# Atomic, as arq's finishing transaction is: only a job that is still queued and free is leased. The key is the one that
# arq's own workers set and respect. Redis's clock decides what is due, whatever this machine's clock says.
LEASE_DUE_JOBS = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
local leased = {}
for i = 1, #due, 2 do
    if #leased >= 2 * tonumber(ARGV[1]) then break end
    if redis.call('SET', ARGV[3] .. due[i], '1', 'NX', 'PX', ARGV[2]) then
        table.insert(leased, due[i])
        table.insert(leased, due[i + 1])
    end
end
return {now, leased}
""")
RESTART_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
RELISTEN_SECONDS = 0.2
RETURN_SECONDS = 5.0


class WokenWorker(Worker):
    """Reads the queue whenever it is woken, and once a second."""

    def __init__(self, *args: Any, lease_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # arq's would be the longest job's time limit, during which a killed worker's jobs would be blocked.
        self.in_progress_timeout_s = lease_seconds
        self._woken = asyncio.Event()
        self._is_full = False
        self.read_at = time.monotonic()
        self.is_abandoned = False
        self.ctx["wake_in"] = self.wake_in

    @property
    def client(self) -> Client:
        return cast(Client, self.pool)

    def wake(self) -> None:
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """Read the queue again when a returned job is due."""
        self.loop.call_later(seconds + 0.005, self.wake)

    async def main(self) -> None:
        """Run until cancelled."""
        helpers = [asyncio.create_task(self._listen_for_wakes()), asyncio.create_task(self._renew_leases())]
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
        """Lease the due jobs and start them, in one round trip; arq takes one to read the queue and four a job."""
        free = self.max_jobs - self.job_counter
        if self.allow_pick_jobs and free > 0:
            lease_ms = int(self.in_progress_timeout_s * 1000)
            now, found = await LEASE_DUE_JOBS(
                self.client, [self.queue_name], free, lease_ms, in_progress_key_prefix, PAGE
            )
            # arq computes a job's next start from its score and this machine's clock.
            ahead = timestamp_ms() - now
            for job_id, score in zip(found[::2], found[1::2], strict=True):
                # A running job's lease may have expired while Redis was unavailable: this call has renewed it.
                if not self._is_running(job_id.decode()):
                    await self._start(job_id.decode(), int(score) + ahead)
            self._is_full = len(found) // 2 >= free
        self.read_at = time.monotonic()
        for job_id, task in list(self.tasks.items()):
            if task.done():
                del self.tasks[job_id]
                task.result()  # a defect in run_job itself must not pass unseen

    def _is_running(self, job_id: str) -> bool:
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
            self.wake()  # a slot is free, and another job may be waiting for it

    async def _listen_for_wakes(self) -> None:
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

    def abandon(self) -> None:
        """End, whatever it is waiting for, so that its supervisor starts a new worker."""
        self.is_abandoned = True
        if self.main_task is not None:
            self.main_task.cancel()

    async def drain(self, seconds: float) -> None:
        """Start no more jobs and let those that run finish; what does not finish in time is returned to the queue."""
        self.allow_pick_jobs = False
        running = [task for task in self.tasks.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=seconds)


@asynccontextmanager
async def supervised(
    make_worker: Callable[[], WokenWorker], *, drain_seconds: float
) -> AsyncIterator["Supervisor"]:
    """Keep one worker of this kind running until the block ends; restarted when it fails, drained at the end."""
    supervisor = Supervisor(make_worker)
    task = asyncio.create_task(supervisor.run_forever())
    try:
        yield supervisor
    finally:
        await supervisor.worker.drain(drain_seconds)
        await end_tasks([task])


class Supervisor:
    """Runs one worker at a time, and replaces it when it ends."""

    def __init__(self, make_worker: Callable[[], WokenWorker]) -> None:
        self._make_worker = make_worker
        self.worker = make_worker()

    @property
    def queue_name(self) -> str:
        return str(self.worker.queue_name)

    def seconds_since_read(self) -> float:
        """How long ago the worker last read the queue."""
        return time.monotonic() - self.worker.read_at

    async def renew(self) -> None:
        """Replace the worker and its connections; its jobs are returned to the queue as soon as Redis responds."""
        await self.worker.client.renew()
        self.worker.abandon()

    async def run_forever(self) -> None:
        failures = 0
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self.worker.async_run()
            except asyncio.CancelledError:
                if is_ending() or not self.worker.is_abandoned:
                    await _return_jobs(self.worker)
                    raise
            except Exception as error:
                log.warning("worker_ended", queue=self.queue_name, error=type(error).__name__)
            if asyncio.get_running_loop().time() - started > 60:
                failures = 0
            await _return_jobs(self.worker)
            if self.worker.is_abandoned:
                # Jobs that could not be returned must not be returned later, when other workers have them.
                await self.worker.client.renew()
            await asyncio.sleep(RESTART_SECONDS[min(failures, len(RESTART_SECONDS) - 1)])
            failures += 1
            self.worker = self._make_worker()


async def _return_jobs(worker: WokenWorker) -> None:
    """Cancel the jobs that still run, so that arq queues them again; the connections belong to the process and stay."""
    running = [task for task in worker.tasks.values() if not task.done()]
    if worker.main_task is not None and not worker.main_task.done():
        worker.main_task.cancel()
        running.append(worker.main_task)
    for task in worker.job_tasks.values():
        task.cancel()
    if running:
        done, _ = await asyncio.wait(running, timeout=RETURN_SECONDS)
        for task in done:
            if not task.cancelled() and isinstance(error := task.exception(), UNREACHABLE):
                # Its lease expires by itself.
                log.info("job_not_returned", queue=worker.queue_name, error=type(error).__name__)

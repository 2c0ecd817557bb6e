"""arq's worker, woken instead of polling, with short renewed leases (ADR 12)."""

import asyncio
import time
from contextlib import suppress
from typing import Any, NamedTuple, cast

import structlog
from arq import Retry
from arq.constants import in_progress_key_prefix, job_key_prefix, retry_key_prefix
from arq.utils import timestamp_ms
from arq.worker import Worker

from server.cancellation import end_tasks
from server.local_jobs import JobCall, Slot
from server.queue import EXPIRY_SECONDS, call_of, wake_channel
from server.redis.client import Client, Script, subscribed
from server.redis.reasons import UNREACHABLE

log = structlog.get_logger()

# Fallback for a lost wake-up, another worker's retry, and the expired lease of a killed worker.
POLL_SECONDS = 1.0
# While more jobs run, the next ones wait in Redis: their events are stored together, webhooks are acknowledged first.
# Taking all of them stored a fifth less when webhooks came as fast as they were answered.
MOST_TAKEN = 2
# Due jobs that one call considers, including those that already run, here or elsewhere.
PAGE = 1000
# Atomic, as arq's finishing transaction is: only a job that is still queued and free is leased. Its start is counted,
# and its entry comes along. The keys are those that arq's own workers set and respect. Redis's clock decides what is
# due, whatever this machine's clock says.
LEASE_DUE_JOBS = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
local leased = {}
for i = 1, #due, 2 do
    if #leased >= tonumber(ARGV[1]) then break end
    if redis.call('SET', ARGV[3] .. due[i], '1', 'NX', 'PX', ARGV[2]) then
        local tries = redis.call('INCR', ARGV[5] .. due[i])
        redis.call('PEXPIRE', ARGV[5] .. due[i], ARGV[6])
        table.insert(leased, {due[i], due[i + 1], tries, redis.call('GET', ARGV[7] .. due[i])})
    end
end
return {now, leased}
""")
RELISTEN_SECONDS = 0.2


class LeasedJob(NamedTuple):
    """A job that this process has leased: when it was due, in milliseconds of this machine's clock, how often it has
    been started, and what it calls, unless its entry has expired or cannot be read.
    """

    id: str
    due_ms: int
    tries: int
    call: JobCall | None


class WokenWorker(Worker):
    """Reads the queue whenever it is woken, and once a second; takes jobs that this process queues without reading."""

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
        """Lease the due jobs and start them, in one round trip; arq takes one to read the queue and five a job."""
        free = self.max_jobs - self.job_counter
        if self.allow_pick_jobs and free > 0:
            found = await self._lease(free)
            for leased in found:
                # A running job's lease may have expired while Redis was unavailable: this call has renewed it.
                if not self._is_running(leased.id):
                    await self.sem.acquire()
                    self.job_counter += 1
                    self._start(leased)
            self._is_full = len(found) >= free
        self.read_at = time.monotonic()
        for job_id, task in list(self.tasks.items()):
            if task.done():
                del self.tasks[job_id]
                task.result()  # a defect in run_job itself must not pass unseen

    def _is_running(self, job_id: str) -> bool:
        task = self.tasks.get(job_id)
        return task is not None and not task.done()

    async def _lease(self, limit: int) -> list[LeasedJob]:
        now, found = await LEASE_DUE_JOBS(
            self.client,
            [self.queue_name],
            *(limit, self.lease_ms, in_progress_key_prefix, PAGE),
            *(retry_key_prefix, EXPIRY_SECONDS * 1000, job_key_prefix),
        )
        # A job's next start is computed from its score and this machine's clock.
        ahead = timestamp_ms() - now
        return [
            LeasedJob(job_id.decode(), int(score) + ahead, tries, entry and call_of(entry))
            for job_id, score, tries, entry in found
        ]

    @property
    def lease_ms(self) -> int:
        return int(self.in_progress_timeout_s * 1000)

    async def reserve(self) -> Slot | None:
        """A slot for a job that is being queued in this process; None if others wait for one, or enough jobs run."""
        if self._is_full or self.job_counter >= min(self.max_jobs, MOST_TAKEN) or not self.may_start:
            return None
        await self.sem.acquire()
        self.job_counter += 1
        return ReservedSlot(self)

    @property
    def may_start(self) -> bool:
        """Whether it runs and is not being drained."""
        return self.allow_pick_jobs and self.main_task is not None and not self.main_task.done()

    def _start(self, leased: LeasedJob) -> None:
        """Run a leased job in the slot that was taken for it."""
        task = self.loop.create_task(self._run(leased))
        task.add_done_callback(lambda _: self._release_sem_dec_counter_on_complete())
        self.tasks[leased.id] = task

    async def _run(self, leased: LeasedJob) -> None:
        """Run a job to its end, then finish it or return it to the queue: arq's run_job without its first round trip,
        and without results.
        """
        function = self.functions.get(leased.call.name) if leased.call else None
        if leased.call is None or function is None:
            log.error("job_not_known", queue=self.queue_name, job_id=leased.id)
            await asyncio.shield(self.finish_failed_job(leased.id, None))
            return
        ctx = {**self.ctx, "job_id": leased.id, "job_try": leased.tries}
        self.job_tasks[leased.id] = task = self.loop.create_task(function.coroutine(ctx, *leased.call.args))
        is_finished, defer_ms = True, None
        try:
            await task
        except Retry as retry:
            is_finished, defer_ms = False, retry.defer_score
        except asyncio.CancelledError:
            is_finished = False
        except Exception:
            log.exception("job_ended", queue=self.queue_name, job_id=leased.id)
        finally:
            del self.job_tasks[leased.id]
        if defer_ms is not None:
            defer_ms += timestamp_ms() - leased.due_ms
        await asyncio.shield(self.finish_job(leased.id, is_finished, None, 0.0, False, defer_ms, None))

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


class ReservedSlot:
    """A slot of a worker that waits for its job to be in Redis, with a lease."""

    def __init__(self, worker: WokenWorker) -> None:
        self._worker = worker
        self.lease_ms = worker.lease_ms

    def start(self, job_id: str, call: JobCall) -> None:
        """Run the job. If the worker has ended meanwhile, the lease expires and another takes the job."""
        if self._worker.may_start:
            self._worker._start(LeasedJob(job_id, timestamp_ms(), 1, call))
        else:
            self.release()

    def release(self) -> None:
        """Give the slot back: the job is not in Redis, or nothing is known of it."""
        self._worker._release_sem_dec_counter_on_complete()

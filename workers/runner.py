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

log = structlog.get_logger()

# The net under the wake-ups: a lost wake message, another worker's retry, an expired lease of a killed worker.
POLL_SECONDS = 1.0
RESTART_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
RELISTEN_SECONDS = 0.2


class WokenWorker(Worker):
    """Looks into the queue when something happened, and once a second."""

    def __init__(self, *args: Any, lease_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # arq's would be the longest job's time limit: a killed worker's jobs would be hidden for as long.
        self.in_progress_timeout_s = lease_seconds
        self._woken = asyncio.Event()
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
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Claim a page of jobs in one round trip, where arq takes four for each.

        A claim is the same key that arq's own workers set and respect. One that was set for a job which had just
        been finished or put off elsewhere is taken back.
        """
        known = [job_id.decode() for job_id in job_ids]
        waiting = [job_id for job_id in known if job_id not in self.tasks][: self.max_jobs - self.job_counter]
        if not waiting:
            return
        needless = []
        for job_id, (is_mine, score) in zip(waiting, await self._claim(waiting), strict=True):
            if is_mine and score is not None and score <= timestamp_ms():
                await self._start(job_id, int(score))
            elif is_mine:
                needless.append(in_progress_key_prefix + job_id)
        if needless:
            await self.pool.delete(*needless)
        if len(job_ids) >= self.queue_read_limit and len(needless) < len(waiting):
            self.wake()  # the page was full: there may be another

    async def _claim(self, job_ids: list[str]) -> list[tuple[bool, float | None]]:
        """(whether the claim is ours, when the job is due) of each."""
        lease_ms = int(self.in_progress_timeout_s * 1000)
        async with self.pool.pipeline(transaction=True) as pipe:
            for job_id in job_ids:
                pipe.set(in_progress_key_prefix + job_id, b"1", px=lease_ms, nx=True)
                pipe.zscore(self.queue_name, job_id)
            answers = await pipe.execute()
        return [(bool(claim), score) for claim, score in zip(answers[::2], answers[1::2], strict=True)]

    async def _start(self, job_id: str, score: int) -> None:
        await self.sem.acquire()
        self.job_counter += 1
        task = self.loop.create_task(self.run_job(job_id, score))
        task.add_done_callback(lambda _: self._release_sem_dec_counter_on_complete())
        self.tasks[job_id] = task

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        self.wake()  # a place is free

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
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


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
    await asyncio.gather(*running, return_exceptions=True)

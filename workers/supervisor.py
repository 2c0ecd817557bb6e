"""Keeps a worker of a queue running: restarts it when it fails, and drains it at the end."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from server.cancellation import end_tasks, is_ending
from server.local_jobs import Slot
from server.redis.reasons import UNREACHABLE
from workers.runner import WokenWorker

log = structlog.get_logger()

RESTART_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
RETURN_SECONDS = 5.0


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

    async def reserve(self) -> Slot | None:
        """A slot of the worker that runs now."""
        return await self.worker.reserve()

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

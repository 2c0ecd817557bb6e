"""Lists the jobs that have failed and are tried again, from the queues."""

from typing import NamedTuple

from redis.asyncio import Redis

from server.queue import QUEUE_NAMES, JobTries, read_tries

# Of each queue the first, which are due next.
MOST_JOBS = 500


class FailingJobs(NamedTuple):
    """Jobs of one name that are tried again: how many, and the most that one of them was started."""

    job: str
    queue: str
    jobs: int
    tries: int


async def list_failing_jobs(redis: Redis) -> list[FailingJobs]:
    """Those among the first jobs of each queue that were started before and are still there, most jobs first."""
    found = [(queue, tries) for queue in QUEUE_NAMES for tries in await read_tries(redis, queue, MOST_JOBS)]
    names = sorted({(queue, tries.job) for queue, tries in found})
    groups = [(name, [tries for queue, tries in found if (queue, tries.job) == name]) for name in names]
    return sorted((_sum(queue, job, members) for (queue, job), members in groups), key=lambda one: -one.jobs)


def _sum(queue: str, job: str, members: list[JobTries]) -> FailingJobs:
    return FailingJobs(job, QUEUE_NAMES[queue], len(members), max(one.tries for one in members))

"""Group commit of webhook events: the jobs that arrive during a transaction share the next one."""

from collections.abc import Iterable, Sequence

from server import metrics
from server.group_commit import GroupCommit
from server.tracing import resume
from workers.context import Parts
from workers.messages.webhook_batch import ReceivedEvent, WebhookBatches
from workers.storing.commit import commit

# The key of the group commit in arq's context dictionary.
COMMITTER = "committer"
# Events in one transaction at most; with the number of concurrent jobs (config.toml) it bounds the memory.
COMMIT_LIMIT = 1000


def webhook_commits(parts: Parts) -> GroupCommit[Sequence[ReceivedEvent], None]:
    """A group commit whose items are the events of one job each."""
    batches = WebhookBatches(parts)

    async def commit_jobs(jobs: Sequence[Sequence[ReceivedEvent]]) -> Sequence[None]:
        received = [event for job in jobs for event in job]
        metrics.BATCH_SIZE.observe(len(received))
        with resume("job", _traces_of(received)):
            await commit(parts, received, batches.store, batches.put_aside)
        return [None] * len(jobs)

    return GroupCommit(commit_jobs, _jobs_within_limit)


def _traces_of(received: Sequence[ReceivedEvent]) -> list[str]:
    return [trace for event in received for trace in event.queued.get("traces", ())]


def _jobs_within_limit(jobs: Iterable[Sequence[ReceivedEvent]]) -> int:
    events = count = 0
    for job in jobs:
        events += len(job)
        if events > COMMIT_LIMIT:
            break
        count += 1
    return count

"""Redrives and drops dead letters, with the audit record in the same transaction."""

from collections.abc import Sequence

import orjson
from aiopg import Cursor
from redis.asyncio import Redis

from server.errors import ConfabError, NotFound
from server.queue import AMEND_MESSAGE, IMPORT_HISTORY, QUEUES, STORE_EVENTS, enqueue
from server.said.said import said
from server.store import dead_letters
from server.store.accounts import accounts, sync_state
from server.store.dead_letters import Redriven
from server.store.people import audit
from server.store.people.audit import Actor

# Read from UniPile's store, not delivered by a webhook.
HISTORY = "history"
JOB = "job:"
NO_ACCOUNT = said("letter_of_no_account")
UNKNOWN_JOB = said("letter_of_no_job")


async def redrive(cursor: Cursor, redis: Redis, provider: str, dead_letter_id: int, actor: Actor) -> None:
    """Hand a dead letter to the workers once more; raises NotFound, or conflict if nothing could process it.

    It is queued before the commit, so that it cannot be lost. If the commit fails then, it is processed and stays a
    dead letter: to process an event twice does no harm. One that fails again is a dead letter again.
    """
    found = await dead_letters.mark_redriven(cursor, dead_letter_id)
    if found is None:
        raise NotFound
    job, args = await _job_of(cursor, provider, found)
    await audit.record(
        cursor, "dead_letter.redriven", actor, ("dead_letter", dead_letter_id), {"source": found.source}
    )
    await enqueue(redis, job, *args)


async def drop(cursor: Cursor, dead_letter_id: int, actor: Actor) -> None:
    """Delete what a dead letter contains; the same event is not stored again. Raises NotFound."""
    source = await dead_letters.drop_dead(cursor, dead_letter_id)
    if source is None:
        raise NotFound
    await audit.record(
        cursor, "dead_letter.dropped", actor, ("dead_letter", dead_letter_id), {"source": source}
    )


async def _job_of(cursor: Cursor, provider: str, found: Redriven) -> tuple[str, Sequence[object]]:
    """The job that processes it, and its arguments."""
    body = orjson.loads(found.body)
    if found.source == HISTORY:
        # A page of the history is read as a whole; messages that are stored already are found.
        account_id = await _account_id(cursor, provider, found.external_account_id)
        await sync_state.request_import(cursor, account_id)
        return IMPORT_HISTORY, [account_id]
    if not found.source.startswith(JOB):
        return STORE_EVENTS, [[{"source": found.source, "received_at": found.received_at, "body": body}]]
    job = found.source.removeprefix(JOB)
    if job == AMEND_MESSAGE:
        account_id = await _account_id(cursor, provider, found.external_account_id)
        return job, [account_id, body["message_id"]]
    if job not in QUEUES:
        raise ConfabError("conflict", UNKNOWN_JOB)
    return job, body


async def _account_id(cursor: Cursor, provider: str, external_account_id: str | None) -> int:
    locked = await accounts.lock_accounts(cursor, provider, [external_account_id or ""])
    if external_account_id is None or external_account_id not in locked:
        raise ConfabError("conflict", NO_ACCOUNT)
    return locked[external_account_id].id

"""Sends planned messages at their time, each in one transaction: a killed worker or a second one changes nothing."""

import structlog

from server.errors import ConfabError, Unavailable
from server.messages import planning
from server.messages.send_batcher import announce_sends
from server.queue import NOTE_USAGE, enqueue
from server.realtime.broker import log_if_unavailable, publish_or_log
from server.realtime.pushes import planned_push
from server.said.said import said
from server.store.sending import planned
from workers.context import Parts

log = structlog.get_logger()

BATCH = 100
UNEXPECTED = said("planned_unexpected")


async def send_planned(parts: Parts) -> None:
    """Send every message whose time has come; what cannot be sent fails with the reason."""
    while True:
        due = await parts.database.read(planned.list_due, BATCH)
        for planned_id in due:
            await _send_one(parts, planned_id)
        if len(due) < BATCH:
            return


async def _send_one(parts: Parts, planned_id: int) -> None:
    try:
        stored = await parts.database.write(planning.send_due, parts.config.plans, planned_id)
    except Unavailable:
        raise
    except ConfabError as error:
        await _fail(parts, planned_id, error)
    except Exception:
        # The others must not wait for it.
        log.exception("planned_message_failed", planned_id=planned_id)
        await _fail(parts, planned_id, ConfabError("internal", UNEXPECTED))
    else:
        if stored is not None:
            await announce_sends(parts.redis, [stored])
            with log_if_unavailable("usage_not_pushed", planned_id=planned_id):
                await enqueue(parts.redis, NOTE_USAGE, stored.messages[0].account_id)


async def _fail(parts: Parts, planned_id: int, error: ConfabError) -> None:
    failed = await parts.database.write(planning.fail_due, planned_id, error)
    if failed is not None:
        push = planned_push(failed)
        await publish_or_log(parts.redis, failed.account_id, [push], "planned_not_published")

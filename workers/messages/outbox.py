"""Sends messages to UniPile, in order within a chat, and stores their outcomes, never more than is known."""

import time
from functools import partial
from typing import Any

from aiopg import Cursor

from server import metrics
from server.config import Pace
from server.errors import Unavailable
from server.queue import SEND_CHAT, enqueue
from server.rules.account_states import Seen
from server.store.messages import attachments
from server.store.sending import outbox, pacing
from server.store.sending.outbox import SendAttempt
from server.store.sending.pacing import Delayed
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, SignedOut, UnipileError
from server.unipile.outgoing_file import OutgoingFile
from workers.accounts.states import note
from workers.context import Parts, parts_of
from workers.messages.outcomes import error_fields, publish_outcome, settle_send
from workers.messages.restrictions import note_restriction
from workers.messages.verify_sends import find_outcome

STINT_SECONDS = 20.0


async def send_chat(ctx: dict[Any, Any], chat_id: int) -> None:
    """Send the messages that wait in one chat, oldest first. Of two workers at once, one finds nothing to send.

    A long queue is sent by several jobs: a call interrupted by the job's time limit would have an unknown outcome.
    """
    parts, started = parts_of(ctx), time.monotonic()
    while (next_send := await parts.database.write(_take_next, chat_id, parts.config.pace)) is not None:
        if isinstance(next_send, Delayed):
            await _wait(parts, ctx, chat_id, next_send)
            return
        # It was counted with its row. Its outcome may be stored by its echo, which counts nothing.
        parts.counted.add(next_send.account_id)
        await _attempt(parts, next_send)
        if time.monotonic() - started > STINT_SECONDS:
            await enqueue(parts.redis, SEND_CHAT, chat_id)
            return


async def _take_next(cursor: Cursor, chat_id: int, limits: Pace) -> SendAttempt | Delayed | None:
    """The chat's next message, or how long it has to wait: WhatsApp may ban an account that sends too fast."""
    if limits.enabled:
        delayed = await pacing.delay_next(cursor, chat_id, limits.spacing_seconds, limits.burst)
        if delayed is not None:
            return delayed
    return await outbox.take_attempt(cursor, chat_id)


async def _wait(parts: Parts, ctx: dict[Any, Any], chat_id: int, delayed: Delayed) -> None:
    """Queue the job for the time when the message is due, and show that time."""
    if delayed.changed is not None:
        metrics.SENDS.labels("paced").inc()
    await enqueue(parts.redis, SEND_CHAT, chat_id, delay_seconds=delayed.seconds)
    ctx["wake_in"](delayed.seconds)
    await publish_outcome(parts, [delayed.changed] if delayed.changed is not None else [])


async def _attempt(parts: Parts, attempt: SendAttempt) -> None:
    try:
        provider_msg_id = await _call_unipile(parts, attempt)
    except (NotTaken, Unavailable) as error:
        if isinstance(error, NotTaken):
            await note_restriction(parts, attempt, error)
        # Nothing was sent: back to the head of the queue; the job is retried later.
        await parts.database.write(outbox.release_attempt, attempt.message_id)
        metrics.SENDS.labels("postponed").inc()
        raise
    except Rejected as error:
        await note_restriction(parts, attempt, error)
        await settle_send(parts, attempt.message_id, "failed", error=error_fields(error))
        if isinstance(error, SignedOut):
            # The user has to act, whether or not a webhook reports it.
            await note(parts, attempt.account_id, Seen.SIGNED_OUT, error.type)
    except (OutcomeUnknown, UnipileError) as error:
        # UniPile has no idempotency key: it is never sent again by us, only verified (unipile-api.md §1.6).
        if not await find_outcome(parts, attempt.message_id):
            await settle_send(parts, attempt.message_id, "unconfirmed", error=error_fields(error))
    else:
        await settle_send(parts, attempt.message_id, "sent", provider_msg_id=provider_msg_id)


async def _call_unipile(parts: Parts, attempt: SendAttempt) -> str | None:
    """Send it; raises Unavailable, without having called UniPile, if the file to send cannot be read now."""
    return await parts.unipile.send_message(
        attempt.external_account_id,
        attempt.provider_chat_id,
        attempt.body,
        quoted_msg_id=attempt.quoted_msg_id,
        file=await _file_of(parts, attempt) if attempt.has_file else None,
    )


async def _file_of(parts: Parts, attempt: SendAttempt) -> OutgoingFile:
    file = await parts.database.read(attachments.fetch_outgoing, attempt.message_id)
    if file is None or not await parts.storage.has(file.sha256):
        raise Rejected("file_lost", "The file is no longer in the media storage.")
    return OutgoingFile(
        file.file_name or "file",
        file.mimetype,
        file.size,
        file.is_voice,
        partial(parts.storage.read, file.sha256, 0, file.size),
    )

"""Copies contacts' avatars: once when a contact is first seen, then again every week."""

import asyncio
import random
from collections import defaultdict
from typing import NamedTuple

import structlog
from aiopg import Cursor

from server import metrics
from server.media.storage import Incoming, TooLarge
from server.media.types import sniff
from server.queue import COPY_PICTURE, enqueue
from server.realtime.broker import publish
from server.realtime.events import Push
from server.store.chats import contacts
from server.store.chats.contacts import WantedPicture
from server.store.messages import attachments
from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected
from workers.context import Parts, parts_of
from workers.storing.transaction import contact_pushes

log = structlog.get_logger()

MAX_PICTURE_BYTES = 1024 * 1024
# Formats that browsers draw and that cannot contain scripts.
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
AGAIN_SECONDS = 7 * 24 * 3600.0
# Queued per round of a few seconds, however many contacts an import brings, and spread over the round.
BATCH_SIZE, SPACING_SECONDS = 20, 0.25
# A lost job is queued again after this.
LEASE_SECONDS = 3600.0


class NoPicture(Exception):
    """The downloaded file is not an image that browsers draw."""


class AvatarOutcome(NamedTuple):
    """A contact's current picture, None for none, and UniPile's tag (ETag) of it."""

    sha256: str | None
    tag: str | None


async def queue_due_avatars(parts: Parts) -> None:
    """Queue the contacts that are due."""
    due = await parts.database.write(contacts.take_due_pictures, BATCH_SIZE, LEASE_SECONDS)
    for index, contact_id in enumerate(due):
        await enqueue(parts.redis, COPY_PICTURE, contact_id, delay_seconds=index * SPACING_SECONDS)


async def copy_picture(ctx: dict[object, object], contact_id: int) -> None:
    """Update a contact's picture from UniPile. Idempotent."""
    parts = parts_of(ctx)
    wanted = await parts.database.read(contacts.fetch_wanted_picture, contact_id)
    if wanted is None:
        return
    tries = parts.config.worker.tries
    outcome = await _find(parts, wanted, is_last_try=int(str(ctx["job_try"])) >= tries)
    pushes: dict[int, list[Push]] = defaultdict(list)
    await parts.database.write(_store_outcome, wanted, outcome, pushes)
    for account_id, changed in pushes.items():
        await publish(parts.redis, account_id, changed)


async def _find(parts: Parts, wanted: WantedPicture, *, is_last_try: bool) -> AvatarOutcome:
    """The picture UniPile has; the previous one when UniPile does not answer."""
    before = AvatarOutcome(wanted.avatar, wanted.tag)
    try:
        async with asyncio.timeout(parts.config.media.deadline_seconds):
            return await _copy(parts, wanted) or before
    except (TooLarge, NoPicture):
        return AvatarOutcome(None, None)
    except Rejected as error:
        return AvatarOutcome(None, None) if error.is_absent else before
    except (OutcomeUnknown, TimeoutError) as error:
        if not is_last_try:
            raise NotTaken("timeout", "UniPile did not give the picture.") from error
        log.info("picture_not_read", contact_id=wanted.contact_id)
        return before


async def _copy(parts: Parts, wanted: WantedPicture) -> AvatarOutcome | None:
    """None when the picture is unchanged."""
    tag = wanted.tag if wanted.avatar is not None else None
    async with parts.unipile.download_picture(wanted.external_id, tag) as found:
        if found.is_same:
            return None
        async with parts.storage.receive(MAX_PICTURE_BYTES) as incoming:
            async for chunk in found.chunks:
                await incoming.write(chunk)
            if sniff(incoming.finish().head) not in PICTURE_TYPES:
                raise NoPicture
    await _store(parts, incoming)
    return AvatarOutcome(incoming.finish().sha256, found.tag)


async def _store(parts: Parts, incoming: Incoming) -> None:
    """First the blob's row, then its bytes; the contact refers to the blob last."""
    blob = incoming.finish()
    await parts.database.write(attachments.touch_blob, blob.sha256, blob.size, sniff(blob.head))
    await parts.storage.commit(incoming)
    metrics.MEDIA_BYTES.inc(blob.size)


async def _store_outcome(
    cursor: Cursor, wanted: WantedPicture, outcome: AvatarOutcome, pushes: dict[int, list[Push]]
) -> None:
    pushes.clear()  # the transaction may be retried
    again = AGAIN_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
    if await contacts.update_picture(cursor, wanted, outcome.sha256, outcome.tag, again):
        for account_id, push in await contact_pushes(cursor, [wanted.contact_id]):
            pushes[account_id].append(push)

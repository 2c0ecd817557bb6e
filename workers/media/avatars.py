"""Pictures of contacts: looked for once somebody is first seen, and slowly again for as long as they are known."""

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
# What a browser draws and what holds no script.
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
AGAIN_SECONDS = 7 * 24 * 3600.0
# So many are asked for at a round of a few seconds, however many people an import brings at once, and not all of them
# in the same moment.
AT_ONCE, APART_SECONDS = 20, 0.25
# A job that was lost is made anew after this long.
LEASE_SECONDS = 3600.0


class NoPicture(Exception):
    """What came is nothing that a browser draws."""


class AvatarOutcome(NamedTuple):
    """The picture a contact has now, None for none, and what UniPile calls this state of it."""

    sha256: str | None
    tag: str | None


async def queue_due_avatars(parts: Parts) -> None:
    """Queue those whose time has come."""
    due = await parts.database.write(contacts.take_due_pictures, AT_ONCE, LEASE_SECONDS)
    for number, contact_id in enumerate(due):
        await enqueue(parts.redis, COPY_PICTURE, contact_id, delay_seconds=number * APART_SECONDS)


async def copy_picture(ctx: dict[object, object], contact_id: int) -> None:
    """Make a contact's picture what UniPile has. Safe to run any number of times."""
    parts = parts_of(ctx)
    wanted = await parts.database.read(contacts.fetch_wanted_picture, contact_id)
    if wanted is None:
        return
    tries = parts.config.worker.tries
    outcome = await _find(parts, wanted, is_last_try=int(str(ctx["job_try"])) >= tries)
    pushes: dict[int, list[Push]] = defaultdict(list)
    await parts.database.write(_settle, wanted, outcome, pushes)
    for account_id, told in pushes.items():
        await publish(parts.redis, account_id, told)


async def _find(parts: Parts, wanted: WantedPicture, *, is_last_try: bool) -> AvatarOutcome:
    """What a contact looks like; as before where UniPile does not say."""
    before = AvatarOutcome(wanted.avatar, wanted.tag)
    try:
        async with asyncio.timeout(parts.config.media.deadline_seconds):
            return await _copy(parts, wanted) or before
    except (TooLarge, NoPicture):
        return AvatarOutcome(None, None)
    except Rejected as error:
        return AvatarOutcome(None, None) if error.is_gone else before
    except (OutcomeUnknown, TimeoutError) as error:
        if not is_last_try:
            raise NotTaken("timeout", "UniPile did not give the picture.") from error
        log.info("picture_not_read", contact_id=wanted.contact_id)
        return before


async def _copy(parts: Parts, wanted: WantedPicture) -> AvatarOutcome | None:
    """None when it is the one that is here."""
    tag = wanted.tag if wanted.avatar is not None else None
    async with parts.unipile.download_picture(wanted.external_id, tag) as found:
        if found.is_same:
            return None
        async with parts.storage.receive(MAX_PICTURE_BYTES) as incoming:
            async for chunk in found.chunks:
                await incoming.write(chunk)
            if sniff(incoming.finish().head) not in PICTURE_TYPES:
                raise NoPicture
    await _keep(parts, incoming)
    return AvatarOutcome(incoming.finish().sha256, found.tag)


async def _keep(parts: Parts, incoming: Incoming) -> None:
    """First the row that names the bytes, then the bytes; the contact refers to them when they are there."""
    kept = incoming.finish()
    await parts.database.write(attachments.touch_blob, kept.sha256, kept.size, sniff(kept.head))
    await parts.storage.commit(incoming)
    metrics.MEDIA_BYTES.inc(kept.size)


async def _settle(
    cursor: Cursor, wanted: WantedPicture, outcome: AvatarOutcome, pushes: dict[int, list[Push]]
) -> None:
    pushes.clear()  # the wrapper may run this again
    again = AGAIN_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
    if await contacts.settle_picture(cursor, wanted, outcome.sha256, outcome.tag, again):
        for account_id, push in await contact_pushes(cursor, [wanted.contact_id]):
            pushes[account_id].append(push)

"""Mails one digest of unread notifications to each user who chose mail and has not been connected for a while."""

import structlog

from server.auth.unsubscribing import make_unsubscribe_token
from server.config import Config
from server.mail import MailAway, MailRejected, send_mail
from server.queue import SEND_DIGEST, enqueue
from server.realtime.broker import list_connected
from server.store.notifying import digests
from server.store.notifying.digests import Digest
from server.store.people import preferences, users
from workers.context import Parts, parts_of
from workers.people.digest_templates import render_digest, render_test

log = structlog.get_logger()

USERS, BATCH_SIZE = 1000, 50
# Longer than a job may take.
LOST_SECONDS = 180


async def queue_due_digests(parts: Parts) -> None:
    """Begin anew for users who are connected, and queue the digests that are due."""
    for user_id in await parts.database.write(digests.settle_lost, LOST_SECONDS):
        log.warning("digest_unconfirmed", user_id=user_id, reason="the worker ended")
    waiting = await parts.database.read(digests.list_waiting, USERS)
    if not waiting:
        return
    if connected := await list_connected(parts.redis, waiting):
        await parts.database.write(digests.postpone, connected)
    mail = parts.config.mail
    due = await parts.database.write(
        digests.take_due, mail.digest_minutes, mail.digest_pause_minutes, BATCH_SIZE, connected
    )
    for user_id in due:
        await enqueue(parts.redis, SEND_DIGEST, user_id)


async def send_digest(ctx: dict[object, object], user_id: int) -> None:
    """Mail a user's digest, at most once: what may have been sent is not sent again."""
    parts = parts_of(ctx)
    digest = await parts.database.write(digests.begin_digest, user_id)
    if digest is None:
        return
    try:
        await send_mail(parts.config.mail, render_digest(digest, *_addresses(parts.config, user_id)))
    except MailAway as error:
        await _put_off(parts, digest, error)
        return
    except MailRejected as error:
        log.warning("digest_refused", user_id=user_id, reason=str(error))
    else:
        log.info("digest_mailed", user_id=user_id, count=digest.total)
    await parts.database.write(digests.finish_digest, user_id)


async def _put_off(parts: Parts, digest: Digest, error: MailAway) -> None:
    log.warning(
        "digest_unconfirmed" if error.may_be_sent else "digest_postponed",
        user_id=digest.user_id,
        reason=str(error),
    )
    settle = digests.finish_digest if error.may_be_sent else digests.release_digest
    await parts.database.write(settle, digest.user_id)


def _addresses(config: Config, user_id: int) -> tuple[str, str, str]:
    """Our sender, our address, and where the user gets rid of these mails."""
    token = make_unsubscribe_token(config.secrets.jwt_secret, user_id)
    public_url = config.web.public_url
    return config.mail.sender, public_url, f"{public_url}/unsubscribe/{token}"


async def send_test_mail(ctx: dict[object, object], user_id: int) -> None:
    """Mail a test to the user, once."""
    parts = parts_of(ctx)
    user = await parts.database.read(users.fetch_user, user_id)
    if user is None:
        return
    language = await parts.database.read(preferences.fetch_language, user_id)
    try:
        await send_mail(parts.config.mail, render_test(user, language, *_addresses(parts.config, user_id)))
    except (MailAway, MailRejected) as error:
        log.warning("test_mail_failed", user_id=user_id, reason=str(error))

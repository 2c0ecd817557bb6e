"""Mails one-time links. The link's row says what to mail, so nothing is lost and no token is in the queue."""

import structlog
from aiopg import Cursor

from server.auth.one_time_links import find_token, make_link
from server.auth.tokens import link_url
from server.config import Config
from server.mail import MailAway, MailRejected, send_mail
from server.people.links import renew_link
from server.queue import SEND_LINK, enqueue
from server.store.people import audit, team, user_links, users
from server.store.people.audit import Actor
from server.store.people.user_links import WantedMail
from workers.context import Parts, parts_of
from workers.people.mail_templates import render_mail

log = structlog.get_logger()

BATCH_SIZE = 10
# Exponential backoff from the first to the longest, until the link has expired.
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 60.0, 3600.0
# Repeated requests of a reset cause one mail in this time.
REPEAT_SECONDS = 600.0


async def queue_due_mails(parts: Parts) -> None:
    """Queue due links; one that is not mailed by its next turn is queued again."""
    due = await parts.database.write(
        user_links.take_due_mails, BATCH_SIZE, FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS
    )
    for user_id in due:
        await enqueue(parts.redis, SEND_LINK, user_id)


async def send_link(ctx: dict[object, object], user_id: int) -> None:
    """Mail a user's link, if it is not mailed yet and still valid."""
    parts = parts_of(ctx)
    wanted = await parts.database.read(user_links.fetch_mail, user_id)
    if wanted is None:
        return
    try:
        await _send(parts.config, wanted)
    except MailAway as error:
        log.warning("mail_postponed", user_id=user_id, reason=str(error))
        return
    except MailRejected as error:
        log.warning("mail_refused", user_id=user_id, reason=str(error))
        await parts.database.write(user_links.note_mailed, user_id, wanted.token_hash, is_sent=False)
        return
    await parts.database.write(user_links.note_mailed, user_id, wanted.token_hash, is_sent=True)
    log.info("link_mailed", user_id=user_id, kind=wanted.kind)


async def _send(config: Config, wanted: WantedMail) -> None:
    known = (config.secrets.jwt_secret, config.secrets.jwt_secret_previous)
    token = find_token(known, wanted.nonce, wanted.token_hash)
    if token is None:
        raise MailRejected("the secret has changed since")
    url = link_url(config.web.public_url, token)
    await send_mail(config.mail, render_mail(wanted, url, config.mail.sender))


async def ask_reset(ctx: dict[object, object], email: str, address: str | None) -> None:
    """A password reset was requested for this address: mail the user's current link, or a new one."""
    parts = parts_of(ctx)
    user = await parts.database.read(users.fetch_user_by_email, email)
    await parts.database.write(_renew_link, parts.config, user and user.id, email, address)


async def _renew_link(
    cursor: Cursor, config: Config, user_id: int | None, email: str, address: str | None
) -> None:
    actor = Actor(name=email, address=address)
    user = None if user_id is None else await team.fetch_user(cursor, user_id)
    await audit.record(cursor, "user.reset_asked", actor, user and ("user", user.id))
    if user is None or not user.is_active:
        return
    # The first owner's address is a placeholder: its mailbox may belong to another user.
    if await user_links.fetch_kind(cursor, user.id) == "first_run" and not user.has_password:
        return
    if not await user_links.mail_again(cursor, user.id, REPEAT_SECONDS):
        link = make_link(config.secrets.jwt_secret, is_mailed=True)
        await renew_link(cursor, actor, user, link, config.auth)

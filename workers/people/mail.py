"""Mails one-time links. What is to be mailed stands in the link's row, so nothing is lost and no token is queued."""

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

AT_ONCE = 10
# The pause after a first try; each further one is twice as long, up to an hour, until the link has expired.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 60.0, 3600.0
# Somebody who asks again and again gets one mail in this time.
ASKED_AGAIN_SECONDS = 600.0


async def queue_due_mails(parts: Parts) -> None:
    """Queue the links whose time has come; each is looked at again unless it has gone out by then."""
    due = await parts.database.write(
        user_links.take_due_mails, AT_ONCE, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
    )
    for user_id in due:
        await enqueue(parts.redis, SEND_LINK, user_id)


async def send_link(ctx: dict[object, object], user_id: int) -> None:
    """Mail a person's link, if it is still to be mailed and still good."""
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
    """Somebody has forgotten a password, or says so: mail them the link they have, or a new one."""
    parts = parts_of(ctx)
    user = await parts.database.read(users.fetch_user_by_email, email)
    await parts.database.write(_ask, parts.config, user and user.id, email, address)


async def _ask(cursor: Cursor, config: Config, user_id: int | None, email: str, address: str | None) -> None:
    actor = Actor(name=email, address=address)
    person = None if user_id is None else await team.fetch_user(cursor, user_id)
    await audit.record(cursor, "user.reset_asked", actor, person and ("user", person.id))
    if person is None or not person.is_active:
        return
    # The first owner's address is a stand-in: their link is not for whoever reads its mail.
    if await user_links.fetch_kind(cursor, person.id) == "first_run" and not person.has_password:
        return
    if not await user_links.mail_again(cursor, person.id, ASKED_AGAIN_SECONDS):
        link = make_link(config.secrets.jwt_secret, is_mailed=True)
        await renew_link(cursor, actor, person, link, config.auth)

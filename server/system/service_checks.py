"""Checks what Confab depends on besides Postgres and Redis: its own address, media storage, UniPile, mail."""

import os
from hashlib import sha256

from server.accounts.webhook_registration import Registered, find_ours
from server.config import Config, is_loopback
from server.errors import Unavailable
from server.mail import MailAway, greet_mail_server
from server.media.storage import Missing, open_storage
from server.said.said import Said, said, verbatim
from server.system.findings import FAILED, OK, WARNING, Finding
from server.unipile.client import UnipileClient
from server.unipile.errors import OUR_KEY_TYPES, Rejected, UnipileError


def check_settings(config: Config) -> list[Finding]:
    """Settings that nothing reads, and an address that UniPile cannot reach."""
    unused = (Finding("settings", WARNING, sentence) for sentence in config.unused)
    return [*unused, *_check_public_url(config)]


def _check_public_url(config: Config) -> list[Finding]:
    if is_loopback(config.web.public_url) and not is_loopback(config.unipile.dsn):
        message = said("public_url_loopback", url=config.web.public_url)
        return [Finding("public url", FAILED, message)]
    return [Finding("public url", OK, said("public_url", url=config.web.public_url))]


async def check_media(config: Config) -> list[Finding]:
    """Write, read and delete a probe, as is done with every file, and report which of the three fails."""
    where = config.media.url.partition("?")[0] or str(config.data_dir / "media")
    probe, doing = os.urandom(64), "written"
    try:
        storage = open_storage(config.media.url, config.data_dir)
        # Asked first: the library gives no reason when a write fails, but it does when a query fails.
        await storage.has(sha256(probe).hexdigest())
        async with storage.receive(len(probe)) as incoming:
            await incoming.write(probe)
        await storage.commit(incoming)
        name, doing = incoming.finish().sha256, "read"
        if b"".join([chunk async for chunk in await storage.read(name, 0, len(probe))]) != probe:
            return [Finding("media", FAILED, said("media_differs", where=where))]
        doing = "deleted"
        await storage.delete(name)
        if await storage.has(name):
            return [Finding("media", FAILED, said("media_kept", where=where))]
    except (Unavailable, Missing) as error:
        message = said(f"media_not_{doing}", where=where, reason=_storage_error(error))
        return [Finding("media", FAILED, message)]
    return [Finding("media", OK, said("media_usable", where=where))]


def _storage_error(error: Unavailable | Missing) -> Said:
    """Only the kind of error: the library's text quotes addresses and whole responses."""
    kind = type(error.__cause__ or error).__name__.removesuffix("Error")
    code = {
        "PermissionDenied": "media_denied",
        "Unauthenticated": "media_credentials",
        "NotFound": "media_absent",
        "FileNotFound": "media_absent",
        "Missing": "media_missing",
    }.get(kind)
    return verbatim(kind) if code is None else said(code)


async def check_unipile(config: Config, client: UnipileClient) -> list[Finding]:
    """Whether UniPile answers, accepts our key, and has our webhooks."""
    try:
        registered = await client.list_webhooks()
    except Rejected as error:
        wrong_key = error.type in OUR_KEY_TYPES or error.status in (401, 403)
        rejected = said("unipile_rejects", type=error.type, title=error.title)
        return [Finding("unipile", FAILED, said("unipile_key") if wrong_key else rejected)]
    except UnipileError as error:
        return [
            Finding("unipile", FAILED, said("unipile_fails", dsn=config.unipile.dsn or "", title=error.title))
        ]
    ours = find_ours(registered, config.web.public_url, config.secrets.webhook_secrets)
    return [Finding("unipile", OK, said("unipile_accepts")), _webhooks_finding(config, ours)]


async def check_mail(config: Config) -> list[Finding]:
    """Connect and sign in to the mail server, if one is set."""
    if not config.mail.is_on:
        return []
    where = f"{config.mail.server.host}:{config.mail.server.port}"
    try:
        await greet_mail_server(config.mail)
    except MailAway as error:
        return [Finding("mail", FAILED, said("mail_fails", server=where, reason=error.reason))]
    return [Finding("mail", OK, said("mail_accepts", server=where))]


def _webhooks_finding(config: Config, ours: Registered) -> Finding:
    """Only webhooks that post with a secret that is accepted count."""
    url = config.web.public_url
    count = sum(len(ids) for found in ours for ids in found.values())
    if not count:
        return Finding("webhooks", WARNING, said("webhooks_none", url=url))
    if ours.has_previous:
        return Finding("webhooks", WARNING, said("webhooks_previous", count=count, url=url))
    return Finding("webhooks", OK, said("webhooks_some", count=count, url=url))

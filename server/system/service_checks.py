"""Checks what Confab depends on besides Postgres and Redis: its own address, media storage, UniPile, mail."""

import os
from hashlib import sha256

from server.accounts.webhook_registration import Registered, find_ours
from server.config import Config, is_loopback
from server.errors import Unavailable
from server.mail import MailAway, greet_mail_server
from server.media.storage import Missing, open_storage
from server.system.findings import FAILED, OK, WARNING, Finding
from server.unipile.client import UnipileClient
from server.unipile.errors import OUR_KEY_TYPES, Rejected, UnipileError


def check_settings(config: Config) -> list[Finding]:
    """Settings that nothing reads, and an address that UniPile cannot reach."""
    unused = (Finding("settings", WARNING, sentence) for sentence in config.unused)
    return [*unused, *_check_public_url(config)]


def _check_public_url(config: Config) -> list[Finding]:
    if is_loopback(config.web.public_url) and not is_loopback(config.unipile.dsn):
        message = (
            f"UniPile cannot reach {config.web.public_url}: set PUBLIC_URL to an address on the internet"
        )
        return [Finding("public url", FAILED, message)]
    return [Finding("public url", OK, config.web.public_url)]


async def check_media(config: Config) -> list[Finding]:
    """Write, read and delete a probe, as is done with every file, and report which of the three fails."""
    where = config.media.url.partition("?")[0] or str(config.data_dir / "media")
    probe, doing = os.urandom(64), "written to"
    try:
        storage = open_storage(config.media.url, config.data_dir)
        # Asked first: the library gives no reason when a write fails, but it does when a query fails.
        await storage.has(sha256(probe).hexdigest())
        async with storage.receive(len(probe)) as incoming:
            await incoming.write(probe)
        await storage.commit(incoming)
        name, doing = incoming.finish().sha256, "read"
        if b"".join([chunk async for chunk in await storage.read(name, 0, len(probe))]) != probe:
            return [
                Finding("media", FAILED, f"{where} returned other bytes than were written: check the storage")
            ]
        doing = "deleted from"
        await storage.delete(name)
        if await storage.has(name):
            return [
                Finding(
                    "media",
                    FAILED,
                    f"{where} still has a deleted file: turn off versioning or retention locks",
                )
            ]
    except (Unavailable, Missing) as error:
        return [Finding("media", FAILED, f"{where} cannot be {doing}: {_storage_error(error)}")]
    return [Finding("media", OK, f"{where} can be written, read and deleted")]


def _storage_error(error: Unavailable | Missing) -> str:
    """Only the kind of error: the library's text quotes addresses and whole responses."""
    kind = type(error.__cause__ or error).__name__.removesuffix("Error")
    advice = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy, or the folder's owner"
    return {
        "PermissionDenied": f"permission denied; {advice}",
        "Unauthenticated": f"the credentials are rejected; {advice}",
        "NotFound": "the bucket or folder does not exist; create it, or correct CONFAB_MEDIA_URL",
        "FileNotFound": "the bucket or folder does not exist; create it, or correct CONFAB_MEDIA_URL",
        "Missing": "a file just written is missing; check the storage",
    }.get(kind, kind)


async def check_unipile(config: Config, client: UnipileClient) -> list[Finding]:
    """Whether UniPile answers, accepts our key, and has our webhooks."""
    try:
        registered = await client.list_webhooks()
    except Rejected as error:
        wrong_key = error.type in OUR_KEY_TYPES or error.status in (401, 403)
        message = "UNIPILE_API_KEY is rejected: copy it from UniPile's dashboard" if wrong_key else str(error)
        return [Finding("unipile", FAILED, message)]
    except UnipileError as error:
        return [Finding("unipile", FAILED, f"{config.unipile.dsn}: {error.title}")]
    ours = find_ours(registered, config.web.public_url, config.secrets.webhook_secrets)
    return [Finding("unipile", OK, "reached, key accepted"), _webhooks_finding(config, ours)]


async def check_mail(config: Config) -> list[Finding]:
    """Connect and sign in to the mail server, if one is set."""
    if not config.mail.is_on:
        return []
    where = f"{config.mail.server.host}:{config.mail.server.port}"
    try:
        await greet_mail_server(config.mail)
    except MailAway as error:
        return [Finding("mail", FAILED, f"{where}: {error}")]
    return [Finding("mail", OK, f"{where} accepts our sign-in")]


def _webhooks_finding(config: Config, ours: Registered) -> Finding:
    """Only webhooks that post with a secret that is accepted count."""
    url = config.web.public_url
    count = sum(len(ids) for found in ours for ids in found.values())
    if not count:
        message = f"none registered for {url}: start Confab, which registers them"
        return Finding("webhooks", WARNING, message)
    if ours.has_previous:
        advice = "run `python run.py rotate WEBHOOK_SECRET`"
        message = f"{count} registered for {url}, some with WEBHOOK_SECRET_PREVIOUS: {advice}"
        return Finding("webhooks", WARNING, message)
    return Finding("webhooks", OK, f"{count} registered for {url}")

"""`run.py doctor`: checks everything Confab depends on, and says what to do about each problem."""

import asyncio
import json
import os
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from redis.exceptions import ResponseError

from server.cli.doctor_database import check_database
from server.cli.findings import FAILED, OK, WARNING, Finding
from server.config import Config, is_loopback
from server.errors import Unavailable
from server.mail import MailAway, greet_mail_server
from server.media.storage import Missing, open_storage
from server.process.redis_start import sentence_of, why_unusable
from server.redis.client import Client, connect
from server.redis.reasons import UNREACHABLE, reason_of
from server.unipile.client import UnipileClient
from server.unipile.errors import OUR_KEY_TYPES, Rejected, UnipileError

WEBHOOKS_PATH = "/api/webhooks/unipile/"


def doctor(config: Config, *, as_json: bool) -> int:
    """Run all checks, print the findings, and return the exit code."""
    findings = [
        *(Finding("settings", WARNING, sentence) for sentence in config.unused),
        *_check_public_url(config),
        *check_database(config),
        *asyncio.run(_check_redis(config)),
        *asyncio.run(_check_media(config)),
        *asyncio.run(_check_unipile(config)),
        *asyncio.run(_check_mail(config)),
    ]
    healthy = all(finding.state != FAILED for finding in findings)
    if as_json:
        print(json.dumps({"ok": healthy, "checks": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(f"{finding.state:<8} {finding.name:<12} {finding.message}")
    return 0 if healthy else 1


def _check_public_url(config: Config) -> list[Finding]:
    if is_loopback(config.web.public_url) and not is_loopback(config.unipile.dsn):
        message = (
            f"UniPile cannot reach {config.web.public_url}: set PUBLIC_URL to an address on the internet"
        )
        return [Finding("public url", FAILED, message)]
    return [Finding("public url", OK, config.web.public_url)]


async def _check_redis(config: Config) -> list[Finding]:
    """Use the same client and checks as the processes at their start, so that the findings apply to them."""
    client = connect(config.redis)
    client.logs_failures = False
    try:
        if reason := await why_unusable(client, config.redis):
            return [Finding("redis", FAILED, sentence_of(config.redis, reason))]
        server = await _info(client, "server")
        policy, append_only = await _settings(client)
    except UNREACHABLE as error:
        return [Finding("redis", FAILED, sentence_of(config.redis, reason_of(error)))]
    finally:
        await client.aclose()
    valkey = server.get("valkey_version")
    version = f"Valkey {valkey}" if valkey else f"Redis {server.get('redis_version', 'of a hidden version')}"
    return [Finding("redis", OK, version), _eviction(policy), _append_only(append_only)]


async def _info(client: Client, section: str) -> dict[str, Any]:
    try:
        return dict(await client.info(section))
    except ResponseError:
        return {}


async def _settings(client: Client) -> tuple[str | None, str | None]:
    try:
        found = await client.config_get()
    except ResponseError:
        # Hosted Redis often forbids CONFIG; INFO has both values, if it is allowed.
        append_only = (await _info(client, "persistence")).get("aof_enabled")
        policy = (await _info(client, "memory")).get("maxmemory_policy")
        return policy, {"0": "no", "1": "yes"}.get(str(append_only))
    return found.get("maxmemory-policy"), found.get("appendonly")


def _eviction(policy: str | None) -> Finding:
    if policy == "noeviction":
        return Finding("redis keeps", OK, "noeviction")
    advice = "set it to noeviction, or Redis deletes jobs when memory runs out"
    return Finding(
        "redis keeps", FAILED if policy else WARNING, f"maxmemory-policy is {policy or 'hidden'}: {advice}"
    )


def _append_only(value: str | None) -> Finding:
    if value == "yes":
        return Finding("redis writes", OK, "append-only file is on")
    advice = "turn it on, or acknowledged events are lost when Redis restarts"
    return Finding(
        "redis writes", WARNING, f"the append-only file is {'off' if value else 'not visible'}: {advice}"
    )


async def _check_media(config: Config) -> list[Finding]:
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


async def _check_unipile(config: Config) -> list[Finding]:
    client = UnipileClient(
        config.unipile.dsn or "",
        config.unipile.api_key,
        concurrency=1,
        connect_timeout_seconds=config.unipile.connect_timeout_seconds,
        total_timeout_seconds=config.unipile.total_timeout_seconds,
    )
    try:
        registered = await client.list_webhooks()
    except Rejected as error:
        wrong_key = error.type in OUR_KEY_TYPES or error.status in (401, 403)
        message = "UNIPILE_API_KEY is rejected: copy it from UniPile's dashboard" if wrong_key else str(error)
        return [Finding("unipile", FAILED, message)]
    except UnipileError as error:
        return [Finding("unipile", FAILED, f"{config.unipile.dsn}: {error.title}")]
    finally:
        await client.close()
    ours = [hook for hook in registered if hook.url.startswith(config.web.public_url + WEBHOOKS_PATH)]
    return [Finding("unipile", OK, "reached, key accepted"), _webhooks_finding(config, len(ours))]


async def _check_mail(config: Config) -> list[Finding]:
    """Connect and sign in to the mail server, if one is set."""
    if not config.mail.is_on:
        return []
    where = f"{config.mail.server.host}:{config.mail.server.port}"
    try:
        await greet_mail_server(config.mail)
    except MailAway as error:
        return [Finding("mail", FAILED, f"{where}: {error}")]
    return [Finding("mail", OK, f"{where} accepts our sign-in")]


def _webhooks_finding(config: Config, count: int) -> Finding:
    if count:
        return Finding("webhooks", OK, f"{count} registered for {config.web.public_url}")
    return Finding(
        "webhooks",
        WARNING,
        f"none registered for {config.web.public_url}: start Confab, which registers them",
    )

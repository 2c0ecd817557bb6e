"""`run.py doctor`: looks at everything Confab stands on and says what is wrong with it."""

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
    """Run every check, print what was found, and return the exit code."""
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
        message = f"PUBLIC_URL is {config.web.public_url}, where UniPile cannot reach this machine"
        return [Finding("public url", FAILED, message)]
    return [Finding("public url", OK, config.web.public_url)]


async def _check_redis(config: Config) -> list[Finding]:
    """By the client and with the checks of the processes that run, so that what is found here holds for them."""
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
        # Hosted ones often forbid CONFIG; what INFO says is enough for one of the two.
        append_only = (await _info(client, "persistence")).get("aof_enabled")
        policy = (await _info(client, "memory")).get("maxmemory_policy")
        return policy, {"0": "no", "1": "yes"}.get(str(append_only))
    return found.get("maxmemory-policy"), found.get("appendonly")


def _eviction(policy: str | None) -> Finding:
    if policy == "noeviction":
        return Finding("redis keeps", OK, "noeviction")
    advice = "must be noeviction, or jobs vanish when memory is short"
    return Finding(
        "redis keeps", FAILED if policy else WARNING, f"maxmemory-policy is {policy or 'hidden'}: {advice}"
    )


def _append_only(value: str | None) -> Finding:
    if value == "yes":
        return Finding("redis writes", OK, "append-only file is on")
    advice = "with it, events that were acknowledged survive a restart of Redis"
    return Finding(
        "redis writes", WARNING, f"the append-only file is {'off' if value else 'not visible'}: {advice}"
    )


async def _check_media(config: Config) -> list[Finding]:
    """Do with a probe what is done with every file: write, read and delete it, and say which of them fails."""
    where = config.media.url.partition("?")[0] or str(config.data_dir / "media")
    probe, doing = os.urandom(64), "written to"
    try:
        storage = open_storage(config.media.url, config.data_dir)
        # The library says of a write that fails only that it failed, and of a question why.
        await storage.has(sha256(probe).hexdigest())
        async with storage.receive(len(probe)) as incoming:
            await incoming.write(probe)
        await storage.keep(incoming)
        name, doing = incoming.seal().sha256, "read"
        if b"".join([chunk async for chunk in await storage.read(name, 0, len(probe))]) != probe:
            return [Finding("media", FAILED, f"{where} gives back other bytes than it was given")]
        doing = "deleted from"
        await storage.delete(name)
        if await storage.has(name):
            return [Finding("media", FAILED, f"{where} still has what was deleted")]
    except (Unavailable, Missing) as error:
        return [Finding("media", FAILED, f"{where} cannot be {doing}: {_cause(error)}")]
    return [Finding("media", OK, f"{where} takes, gives back and deletes")]


def _cause(error: Unavailable | Missing) -> str:
    """Only the kind of failure: the library's own text quotes addresses and whole answers."""
    word = type(error.__cause__ or error).__name__.removesuffix("Error")
    refused = (
        "look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's rules, or who owns the folder"
    )
    return {
        "PermissionDenied": f"permission denied; {refused}",
        "Unauthenticated": f"the credentials are refused; {refused}",
        "NotFound": "the bucket or folder is not there",
        "FileNotFound": "the bucket or folder is not there",
        "Missing": "what was written is not there",
    }.get(word, word)


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
        return [Finding("unipile", FAILED, "UNIPILE_API_KEY is refused" if wrong_key else str(error))]
    except UnipileError as error:
        return [Finding("unipile", FAILED, f"{config.unipile.dsn}: {error.title}")]
    finally:
        await client.close()
    ours = [hook for hook in registered if hook.url.startswith(config.web.public_url + WEBHOOKS_PATH)]
    return [Finding("unipile", OK, "reached, key accepted"), _webhooks_finding(config, len(ours))]


async def _check_mail(config: Config) -> list[Finding]:
    """Sign in at the mail server, where there is one."""
    if not config.mail.is_on:
        return []
    where = f"{config.mail.server.host}:{config.mail.server.port}"
    try:
        await greet_mail_server(config.mail)
    except MailAway as error:
        return [Finding("mail", FAILED, f"{where}: {error}")]
    return [Finding("mail", OK, f"{where} lets us in")]


def _webhooks_finding(config: Config, count: int) -> Finding:
    if count:
        return Finding("webhooks", OK, f"{count} registered for {config.web.public_url}")
    return Finding(
        "webhooks", WARNING, f"none registered for {config.web.public_url}: they are when Confab starts"
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

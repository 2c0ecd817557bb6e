"""`run.py rotate WEBHOOK_SECRET`: both secrets are accepted while UniPile goes over from the one to the other."""

import argparse
import asyncio
import secrets

import aiohttp
from aiopg import Cursor

from server.accounts.webhook_registration import (
    MESSAGES_PATH,
    drop_previous,
    find_ours,
    register_anew,
)
from server.cli.command import CommandContext, CommandResult
from server.connections import open_unipile
from server.errors import ConfabError, Unavailable
from server.queue import SWEEP_ACCOUNT, enqueue
from server.store.accounts import sync_state
from server.store.people import audit
from server.store.people.audit import OPERATOR
from server.unipile.client import SECRET_HEADER
from server.unipile.errors import UnipileError

NAME, PREVIOUS = "WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS"
SECRET_BYTES = 32
# Each on a connection of its own, so that a proxy passes them to all web processes.
PROBES = 24
PROBE_SECONDS = 10.0
REJECTED = 401


async def rotate_webhook_secret(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """First print a new secret; once every process accepts it beside the old one, have UniPile use it alone."""
    if not context.config.secrets.webhook_secret_previous:
        return _new_secret()
    await _require_acceptance(context.config.web.public_url, context.config.secrets.webhook_secrets)
    try:
        is_done = await _replace(context, options.overlap_seconds)
    except UnipileError as error:
        raise ConfabError("provider_failed", f"UniPile: {error.title} Run this again.") from error
    swept = await _request_sweeps(context)
    await context.database.write(_record)
    done = (
        "UniPile posts with the new secret only" if is_done else "UniPile posted with the new secret already"
    )
    text = (
        f"{done}, and {swept} accounts are swept for what the old webhooks still had to deliver.\n"
        f"Remove {PREVIOUS} from every process and restart them; the old secret is worth nothing then."
    )
    return CommandResult({"name": NAME, "step": "remove", "remove": PREVIOUS, "swept": swept}, text)


def _new_secret() -> CommandResult:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    text = (
        "Set these for every web process and worker, and restart them:\n"
        f"    {PREVIOUS}=<the present value of {NAME}>\n"
        f"    {NAME}={secret}\n"
        "Both are accepted then, and UniPile goes on with the old one. After that run this command again, with the "
        "same settings."
    )
    return CommandResult(
        {"name": NAME, "step": "set", "set": {NAME: secret}, "move": {NAME: PREVIOUS}},
        text,
    )


async def _require_acceptance(public_url: str, known: tuple[str, ...]) -> None:
    """Raise unless the processes behind PUBLIC_URL accept both secrets. The body is rejected as malformed, so that
    nothing is stored.
    """
    timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
    connector = aiohttp.TCPConnector(force_close=True)
    try:
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            # One secret after the other: taking turns, each could reach the same process again and again.
            statuses = [
                status
                for secret in known
                for status in await asyncio.gather(
                    *(_probe(session, public_url, secret) for _ in range(PROBES))
                )
            ]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(
            f"{public_url} cannot be reached from here ({type(error).__name__}): run this where it can be, so that "
            "it can be checked that every web process accepts both secrets."
        ) from error
    if rejected := statuses.count(REJECTED):
        raise ConfabError(
            "conflict",
            f"{rejected} of {len(statuses)} requests to {public_url} were rejected with 401: set {NAME} and "
            f"{PREVIOUS} for every web process and restart them first. Nothing was changed.",
        )


async def _probe(session: aiohttp.ClientSession, public_url: str, secret: str) -> int:
    headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
    async with session.post(public_url + MESSAGES_PATH, data=b"{}", headers=headers) as answer:
        return answer.status


async def _replace(context: CommandContext, overlap_seconds: float) -> bool:
    """Whether UniPile still posted with the old secret. Events of the overlap come twice and are stored once."""
    config = context.config
    url, known = config.web.public_url, config.secrets.webhook_secrets
    unipile = open_unipile(config)
    try:
        before = find_ours(await unipile.list_webhooks(), url, known)
        if not before.has_previous and all(before.current.values()):
            return False
        await register_anew(unipile, url, known)
        # What is on its way with the old secret arrives.
        await asyncio.sleep(overlap_seconds)
        await drop_previous(unipile, url, known)
        return True
    finally:
        await unipile.close()


async def _request_sweeps(context: CommandContext) -> int:
    """UniPile forgets what a deleted webhook had still to repeat: the accounts are read once more."""
    requested_at = await context.database.read(sync_state.read_clock)
    account_ids = await context.database.read(sync_state.list_unswept, 0)
    for account_id in account_ids:
        await enqueue(context.redis, SWEEP_ACCOUNT, account_id, requested_at)
    return len(account_ids)


async def _record(cursor: Cursor) -> None:
    await audit.record(cursor, "secret.rotated", OPERATOR, details={"name": NAME})

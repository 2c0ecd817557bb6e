"""`run.py rotate NAME`: makes or checks the new value of a secret, and says what to set and when the old one can go."""

import argparse
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from getpass import getpass
from typing import Any

from aiopg import Cursor

from server.cli.command import CommandContext, CommandResult, declare
from server.cli.rotate_webhooks import rotate_webhook_secret
from server.config import Config
from server.config.billing import make_secret
from server.connections import open_unipile
from server.errors import ConfabError
from server.store.people import audit
from server.store.people.audit import OPERATOR
from server.unipile.errors import Rejected, UnipileError

JWT_BYTES = 48
OVERLAP_SECONDS = 30.0


def add_rotation(commands: Any) -> None:
    """Declare `rotate`."""
    rotating = declare(commands, "rotate", rotate, "replace a secret without an interruption, step by step")
    rotating.add_argument("name", choices=ROTATIONS, metavar="NAME", help=", ".join(ROTATIONS))
    rotating.add_argument(
        "--overlap-seconds",
        type=_seconds,
        default=OVERLAP_SECONDS,
        metavar="SECONDS",
        help=f"how long UniPile posts with both webhook secrets (default: {OVERLAP_SECONDS:g})",
    )


async def rotate(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """The next step of this secret's rotation, as the settings show it."""
    return await ROTATIONS[options.name](context, options)


async def rotate_unipile_key(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Check a new key, which UniPile's dashboard has made, before any process uses it. UniPile accepts both."""
    prompt = "The new key of UniPile's dashboard: "
    key = (getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    name = "UNIPILE_API_KEY"
    if not key or key == context.config.unipile.api_key:
        raise ConfabError("invalid", "Make a new key in UniPile's dashboard and pass it on standard input.")
    new, old = await _list_webhooks(context.config, key), await _list_webhooks(context.config, None)
    if new is None:
        raise ConfabError("invalid", "UniPile rejects this key: copy it from UniPile's dashboard once more.")
    if old is not None and old != new:
        raise ConfabError(
            "conflict",
            "This key is of another UniPile workspace: its webhooks are not those of the present key.",
        )
    await context.database.write(_record, name)
    seen = (
        "it sees the same webhooks as the present key" if old is not None else "the present key is rejected"
    )
    text = (
        f"UniPile accepts the new key; {seen}.\n"
        f"Set {name} to it for every web process and worker, and restart them. After that delete the old key in "
        "UniPile's dashboard."
    )
    return CommandResult({"name": name, "step": "set", "accepted": True, "was_rejected": old is None}, text)


async def _list_webhooks(config: Config, key: str | None) -> set[str] | None:
    """The ids of UniPile's webhooks, as this key sees them (None: the present key); None if it is rejected."""
    unipile = config.unipile if key is None else replace(config.unipile, api_key=key)
    client = open_unipile(replace(config, unipile=unipile))
    try:
        return {webhook.id for webhook in await client.list_webhooks()}
    except Rejected as error:
        if error.status in (401, 403):
            return None
        raise ConfabError("provider_failed", f"UniPile: {error.title}") from error
    except UnipileError as error:
        raise ConfabError("provider_failed", f"UniPile: {error.title}") from error
    finally:
        await client.close()


async def rotate_jwt_secret(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Print a new secret, or what is left to do with two of them."""
    config, name = context.config, "JWT_SECRET"
    minutes = -(-config.auth.access_token_seconds // 60)
    if config.secrets.jwt_secret_previous:
        text = (
            f"Two secrets are set: {name} signs, both are accepted. If {name} is still the old one, exchange the two "
            "and restart every process.\n"
            f"Remove {name}_PREVIOUS {minutes} minutes after the last process was restarted with both, when every "
            "token of the old one has expired. Links to end mails in older mails stop working then; links to choose "
            "a password do not."
        )
        return CommandResult({"name": name, "step": "remove", "remove": f"{name}_PREVIOUS"}, text)
    secret = secrets.token_urlsafe(JWT_BYTES)
    # The digests of erased data are keyed with it.
    erasure = "" if config.secrets.erase_secret else "    ERASE_SECRET=<the present value of JWT_SECRET>\n"
    text = (
        "1. Set these for every web process and worker, and restart them:\n"
        f"{erasure}    {name}_PREVIOUS={secret}\n"
        f"   It is accepted then, and not used yet. (One process alone can begin with 2.)\n"
        "2. Exchange the two, and restart again:\n"
        f"    {name}={secret}\n"
        f"    {name}_PREVIOUS=<the value that {name} had>\n"
        f"3. Remove {name}_PREVIOUS after {minutes} minutes, when every token of the old one has expired."
    )
    copied = {} if config.secrets.erase_secret else {name: "ERASE_SECRET"}
    return CommandResult({"name": name, "step": "set", "set": {name: secret}, "copy": copied}, text)


async def rotate_erase_secret(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Print a new secret. The old one stays for good: what was erased can only be recognised with it."""
    given, name = context.config.secrets, "ERASE_SECRET"
    secret = secrets.token_urlsafe(JWT_BYTES)
    own = name if given.erase_secret else "JWT_SECRET"
    earlier = f"<the value of {name}_PREVIOUS>," if given.erase_secret_previous else ""
    text = (
        "1. Set these for every web process and worker, and restart them:\n"
        f"    {name}=<the present value of {own}>\n"
        f"    {name}_PREVIOUS={earlier}{secret}\n"
        "   Every process recognises then what will be erased with the new one.\n"
        "2. Exchange the two, and restart again:\n"
        f"    {name}={secret}\n"
        f"    {name}_PREVIOUS={earlier}<the value that {name} had>\n"
        f"Never remove {name}_PREVIOUS: what was erased with an old secret is recognised with it. `doctor` fails when "
        "one is missing."
    )
    document = {"name": name, "step": "set", "set": {name: secret}, "copy": {own: f"{name}_PREVIOUS"}}
    return CommandResult(document, text)


async def rotate_billing_secret(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Print a new secret, or what is left to do with two of them."""
    billing, name = context.config.billing, "CONFAB_BILLING_SECRET"
    if billing.secret_previous:
        text = (
            f"Two secrets are set, and signatures of both are accepted. Give {name} to the billing system; once it "
            f"signs with that one alone, remove {name}_PREVIOUS and restart."
        )
        return CommandResult({"name": name, "step": "remove", "remove": f"{name}_PREVIOUS"}, text)
    secret = make_secret()
    moved = f"    {name}_PREVIOUS=<the present value of {name}>\n" if billing.secret else ""
    text = (
        "Set these for every web process, and restart them:\n"
        f"{moved}    {name}={secret}\n"
        "Then give the new secret to the billing system, and run this command again."
    )
    move = {name: f"{name}_PREVIOUS"} if billing.secret else {}
    return CommandResult({"name": name, "step": "set", "set": {name: secret}, "move": move}, text)


async def _record(cursor: Cursor, name: str) -> None:
    await audit.record(cursor, "secret.rotated", OPERATOR, details={"name": name})


def _seconds(value: str) -> float:
    seconds = float(value)
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("must be between 0 and 3600 seconds")
    return seconds


Rotate = Callable[[CommandContext, argparse.Namespace], Awaitable[CommandResult]]
# By the setting. Each function finds out from the settings how far the rotation is.
ROTATIONS: Mapping[str, Rotate] = {
    "WEBHOOK_SECRET": rotate_webhook_secret,
    "UNIPILE_API_KEY": rotate_unipile_key,
    "JWT_SECRET": rotate_jwt_secret,
    "ERASE_SECRET": rotate_erase_secret,
    "CONFAB_BILLING_SECRET": rotate_billing_secret,
}

"""The operator's commands for what people may ask for: a copy of what is kept of them, and its end."""

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from aiopg import Cursor

from server.cli.command import CommandContext, CommandResult, declare, document, row_id
from server.errors import ConfabError, NotFound, Unavailable
from server.media.storage import Missing, open_storage
from server.privacy.account_erasures import begin_account_erasure
from server.privacy.contact_erasures import begin_contact_erasure
from server.privacy.exports import queue_export
from server.queue import is_worker_alive
from server.realtime.broker import announce_access_change, publish
from server.realtime.pushes import tombstone_push
from server.redis.reasons import UNREACHABLE
from server.store.accounts import accounts
from server.store.chats import contacts
from server.store.messages.tombstones import Tombstone
from server.store.people import audit
from server.store.people.audit import OPERATOR
from server.store.privacy import contact_erasures, exports
from server.store.privacy.erasure_digests import NameHasher
from server.store.privacy.exports import ExportFile
from server.text.phones import tidy

LOOK_SECONDS = 0.2
WAIT_SECONDS = 3600


def add_privacy_commands(commands: Any) -> None:
    """Declare `export` and `erase`."""
    giving = declare(
        commands, "export", export, "write all that is kept of a number, or of one person, as a ZIP"
    )
    giving.add_argument("account_id", type=row_id, metavar="number", help="the number's id")
    giving.add_argument("--contact", help="only this person: the contact's id, or +phone")
    giving.add_argument("--without-media", action="store_true", help="leave the files out")
    giving.add_argument("--output", type=Path, help="default: confab-export-<id>.zip in this folder")
    giving.add_argument(
        "--wait", type=int, default=WAIT_SECONDS, metavar="SECONDS", help="for the worker (default: an hour)"
    )
    taking = declare(commands, "erase", erase, "erase a number, or one person in it; it cannot be undone")
    taking.add_argument("account_id", type=row_id, metavar="number", help="the number's id")
    taking.add_argument("contact", nargs="?", help="the contact's id, or +phone; left out: the whole number")
    taking.add_argument("--yes", action="store_true", help="do not ask")


async def export(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Ask a worker for an export, wait for it, and take it along."""
    if options.output is not None and options.output.exists():
        raise ConfabError("conflict", f"{options.output} is there already.")
    contact_id = await _contact_id(context, options) if options.contact else None
    await _require_worker(context)
    export_id = await context.database.write(
        _ask, options.account_id, contact_id, with_media=not options.without_media
    )
    if export_id is None:
        raise ConfabError("conflict", "Another export of this number is under way.")
    shown = await _written(context, options.account_id, export_id, options.wait)
    path = options.output or Path(f"confab-export-{export_id}.zip")
    await _take(context, options.account_id, export_id, path)
    return CommandResult(
        {"export": shown, "path": str(path.absolute())},
        f"Wrote {path} ({shown['size']} bytes, {shown['messages']} messages).",
    )


async def _require_worker(context: CommandContext) -> None:
    with suppress(*UNREACHABLE):
        if await is_worker_alive(context.redis):
            return
    raise Unavailable(
        "No worker is running that could write it: start `python run.py` or `python worker.py`."
    )


async def _ask(cursor: Cursor, account_id: int, contact_id: int | None, *, with_media: bool) -> int | None:
    if await accounts.lock_account(cursor, account_id) is None:
        raise NotFound(f"There is no number {account_id}.")
    try:
        return await queue_export(cursor, OPERATOR, account_id, contact_id, with_media=with_media)
    except LookupError as error:
        raise NotFound(f"The number {account_id} has no contact {contact_id}.") from error


async def _written(
    context: CommandContext, account_id: int, export_id: int, seconds: float
) -> dict[str, Any]:
    """The export once it is ready."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                text = await context.database.read(exports.fetch_export, account_id, export_id)
                shown: dict[str, Any] = orjson.loads(text or '{"state": "removed"}')
                if shown["state"] == "ready":
                    return shown
                if shown["state"] in ("failed", "removed"):
                    raise ConfabError(
                        "internal", f"The export {export_id} came to nothing: {shown['state']}."
                    )
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as error:
        raise Unavailable(f"The export {export_id} is still being written; it will be in the app.") from error


async def _take(context: CommandContext, account_id: int, export_id: int, path: Path) -> None:
    """Copy its bytes to a file that only its owner reads."""
    file = await context.database.write(_fetch, account_id, export_id)
    try:
        storage = open_storage(context.config.media.url, context.config.data_dir)
        chunks = await storage.read(file.sha256, 0, file.size)
        with _create(path) as output:
            async for chunk in chunks:
                output.write(chunk)
    except Missing as error:
        raise NotFound("This machine does not see the file: [media] url names another place.") from error
    except OSError as error:
        raise ConfabError("conflict", f"{path} cannot be written: {error.strerror}.") from error


def _create(path: Path) -> BinaryIO:
    path.touch(0o600, exist_ok=False)
    return path.open("wb")


async def _fetch(cursor: Cursor, account_id: int, export_id: int) -> ExportFile:
    file = await exports.fetch_file(cursor, account_id, export_id)
    if file is None:
        raise NotFound("The export was removed meanwhile.")
    await audit.record(cursor, "export.fetched", OPERATOR, ("account", account_id), {"export_id": export_id})
    return file


async def erase(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Forget a person or a number at once; a worker does away with the rest within moments, or when one runs."""
    if options.contact is None:
        return await _erase_account(context, options.account_id, is_sure=options.yes)
    contact_id = await _contact_id(context, options)
    if not options.yes:
        _ask_whether(f"Erase the contact {contact_id} of the number {options.account_id}, for ever?")
    hasher = NameHasher(context.config.secrets.erasure_key)
    gone = await context.database.write(
        begin_contact_erasure, OPERATOR, hasher, options.account_id, contact_id
    )
    if gone is not None:
        await _tell(context, options.account_id, gone)
    shown = await context.database.read(contact_erasures.fetch_any_erasure, options.account_id, contact_id)
    if shown is None:
        raise NotFound(f"The number {options.account_id} has no contact {contact_id}.")
    told = document(erasure=shown)
    return CommandResult(
        told, f"Erased the contact {contact_id}; messages and files: {told['erasure']['state']}."
    )


async def _erase_account(context: CommandContext, account_id: int, *, is_sure: bool) -> CommandResult:
    """With everybody and everything in it, here and at UniPile."""
    if not is_sure:
        _ask_whether(f"Erase the number {account_id} and all that is in it, for ever?")
    hasher = NameHasher(context.config.secrets.erasure_key)
    shown = await context.database.write(begin_account_erasure, OPERATOR, hasher, account_id)
    if shown is None:
        raise NotFound(f"There is no number {account_id}, or it is being erased.")
    await announce_access_change(context.redis)
    return CommandResult(
        document(erasure=shown), f"Erased the number {account_id}; a worker does away with its rows."
    )


def _ask_whether(question: str) -> None:
    if not sys.stdin.isatty():
        raise ConfabError("invalid", "This cannot be undone: say --yes.")
    if input(f"{question} [y/N] ").strip().lower() != "y":
        raise ConfabError("conflict", "Nothing was erased.")


async def _tell(context: CommandContext, account_id: int, gone: Tombstone) -> None:
    """Open browsers drop it at once; with Redis away they do so when they catch up."""
    with suppress(Unavailable):
        await publish(context.redis, account_id, [tombstone_push(gone)])


async def _contact_id(context: CommandContext, options: argparse.Namespace) -> int:
    """The contact of this id, whether it is there or not, or of this phone number."""
    given: str = options.contact
    phone = tidy(given)
    if phone is None or not phone.startswith("+"):
        try:
            return row_id(given)
        except argparse.ArgumentTypeError as error:
            raise ConfabError("invalid", f"{given!r} is no contact: give its id, or +phone.") from error
    found = await context.database.read(contacts.find_by_phone, options.account_id, phone)
    if len(found) != 1:
        told = f"has {len(found)} contacts, {', '.join(map(str, found))}," if found else "has no contact"
        raise NotFound(f"The number {options.account_id} {told} with the phone {phone}.")
    return found[0]

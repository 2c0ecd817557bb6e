"""The operator's commands for data requests: export and erase an account or a contact."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, TypedDict

import orjson
from aiopg import Cursor

from server.cli.command import CommandContext, CommandResult, confirm, declare, document, row_id
from server.errors import ConfabError, NotFound, Unavailable
from server.media.storage import Missing, open_storage
from server.privacy.account_erasures import begin_account_erasure
from server.privacy.contact_erasures import begin_contact_erasure
from server.privacy.exports import queue_export
from server.queue import is_worker_alive
from server.realtime.broker import announce_access_change, publish
from server.realtime.events import Push
from server.redis.reasons import UNREACHABLE
from server.store.accounts import accounts
from server.store.chats import contacts
from server.store.people import audit
from server.store.people.audit import OPERATOR
from server.store.privacy import contact_erasures, exports
from server.store.privacy.erasure_digests import NameHasher
from server.store.privacy.exports import ExportFile
from server.text.phones import tidy

POLL_SECONDS = 0.2
WAIT_SECONDS = 3600


class ExportDocument(TypedDict):
    """The fields of an export's JSON that are read here."""

    state: str
    size: int
    messages: int


def add_privacy_commands(commands: Any) -> None:
    """Declare `export` and `erase`."""
    exporting = declare(
        commands, "export", export, "export all data of an account, or of one of its contacts, as a ZIP file"
    )
    exporting.add_argument("account_id", type=row_id, metavar="account", help="the account's id")
    exporting.add_argument("--contact", help="only this contact: its id, or +phone")
    exporting.add_argument("--without-media", action="store_true", help="leave out the files")
    exporting.add_argument("--output", type=Path, help="default: confab-export-<id>.zip in this folder")
    exporting.add_argument(
        "--wait", type=int, default=WAIT_SECONDS, metavar="SECONDS", help="for the worker (default: an hour)"
    )
    erasing = declare(commands, "erase", erase, "erase an account, or one of its contacts; cannot be undone")
    erasing.add_argument("account_id", type=row_id, metavar="account", help="the account's id")
    erasing.add_argument("contact", nargs="?", help="the contact's id, or +phone; default: the whole account")
    erasing.add_argument("--yes", action="store_true", help="do not ask for confirmation")


async def export(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Request an export, wait for the worker, and download it."""
    if options.output is not None and options.output.exists():
        raise ConfabError("conflict", f"{options.output} exists already: choose another --output.")
    contact_id = await _contact_id(context, options) if options.contact else None
    await _require_worker(context)
    export_id = await context.database.write(
        _request_export, options.account_id, contact_id, with_media=not options.without_media
    )
    if export_id is None:
        raise ConfabError(
            "conflict", "Another export of this account is in progress: wait until it is ready."
        )
    shown = await _wait_for_export(context, options.account_id, export_id, options.wait)
    path = options.output or Path(f"confab-export-{export_id}.zip")
    await _download_export(context, options.account_id, export_id, path)
    return CommandResult(
        {"export": shown, "path": str(path.absolute())},
        f"Wrote {path} ({shown['size']} bytes, {shown['messages']} messages).",
    )


async def _require_worker(context: CommandContext) -> None:
    with suppress(*UNREACHABLE):
        if await is_worker_alive(context.redis):
            return
    raise Unavailable(
        "No worker is running to write the export: start `python run.py` or `python worker.py`."
    )


async def _request_export(
    cursor: Cursor, account_id: int, contact_id: int | None, *, with_media: bool
) -> int | None:
    if await accounts.lock_account(cursor, account_id) is None:
        raise NotFound(f"There is no account {account_id}.")
    try:
        return await queue_export(cursor, OPERATOR, account_id, contact_id, with_media=with_media)
    except LookupError as error:
        raise NotFound(f"The account {account_id} has no contact {contact_id}.") from error


async def _wait_for_export(
    context: CommandContext, account_id: int, export_id: int, seconds: float
) -> ExportDocument:
    """Poll until the export is ready."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                text = await context.database.read(exports.fetch_export, account_id, export_id)
                shown: ExportDocument = orjson.loads(text or '{"state": "removed"}')
                if shown["state"] == "ready":
                    return shown
                if shown["state"] in ("failed", "removed"):
                    raise ConfabError(
                        "internal", f"The export {export_id} was not written ({shown['state']}): try again."
                    )
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise Unavailable(
            f"The export {export_id} is still being written: download it in the app, or raise --wait."
        ) from error


async def _download_export(context: CommandContext, account_id: int, export_id: int, path: Path) -> None:
    """Copy the file from the storage to one that only its owner can read."""
    file = await context.database.write(_fetch_file, account_id, export_id)
    try:
        storage = open_storage(context.config.media.url, context.config.data_dir)
        chunks = await storage.read(file.sha256, 0, file.size)
        with _create_file(path) as output:
            async for chunk in chunks:
                output.write(chunk)
    except Missing as error:
        raise NotFound(
            "The file is not in this machine's media storage: set [media] url as it is on the worker."
        ) from error
    except OSError as error:
        raise ConfabError(
            "conflict", f"{path} cannot be written ({error.strerror}): choose another --output."
        ) from error


def _create_file(path: Path) -> BinaryIO:
    path.touch(0o600, exist_ok=False)
    return path.open("wb")


async def _fetch_file(cursor: Cursor, account_id: int, export_id: int) -> ExportFile:
    file = await exports.fetch_file(cursor, account_id, export_id)
    if file is None:
        raise NotFound("The export has been removed in the meantime: request it again.")
    await audit.record(cursor, "export.fetched", OPERATOR, ("account", account_id), {"export_id": export_id})
    return file


async def erase(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Erase a contact or an account. It disappears at once; a worker deletes its data, now or when one is started."""
    if options.contact is None:
        return await _erase_account(context, options.account_id, is_sure=options.yes)
    contact_id = await _contact_id(context, options)
    if not options.yes:
        confirm(f"Erase the contact {contact_id} of the account {options.account_id} permanently?")
    hasher = NameHasher(context.config.secrets.erasure_keys)
    begun = await context.database.write(
        begin_contact_erasure, OPERATOR, hasher, options.account_id, contact_id
    )
    if begun is not None:
        await _publish(context, options.account_id, begun.pushes)
    shown = await context.database.read(contact_erasures.fetch_any_erasure, options.account_id, contact_id)
    if shown is None:
        raise NotFound(f"The account {options.account_id} has no contact {contact_id}.")
    result = document(erasure=shown)
    return CommandResult(
        result, f"Erased the contact {contact_id}; messages and files: {result['erasure']['state']}."
    )


async def _erase_account(context: CommandContext, account_id: int, *, is_sure: bool) -> CommandResult:
    """Erase an account with all of its data, here and at UniPile."""
    if not is_sure:
        confirm(f"Erase the account {account_id} and all of its data permanently?")
    hasher = NameHasher(context.config.secrets.erasure_keys)
    shown = await context.database.write(begin_account_erasure, OPERATOR, hasher, account_id)
    if shown is None:
        raise NotFound(f"There is no account {account_id}, or it is being erased already.")
    await announce_access_change(context.redis)
    return CommandResult(
        document(erasure=shown), f"Erased the account {account_id}; a worker deletes its data."
    )


async def _publish(context: CommandContext, account_id: int, pushes: Sequence[Push]) -> None:
    """Push to open browsers; without Redis they receive it when they catch up."""
    with suppress(Unavailable):
        await publish(context.redis, account_id, pushes)


async def _contact_id(context: CommandContext, options: argparse.Namespace) -> int:
    """The given contact id, whether it exists or not, or the id of the contact with the given phone number."""
    given: str = options.contact
    phone = tidy(given)
    if phone is None or not phone.startswith("+"):
        try:
            return row_id(given)
        except argparse.ArgumentTypeError as error:
            raise ConfabError("invalid", f"{given!r} is not a contact: give its id, or +phone.") from error
    found = await context.database.read(contacts.find_by_phone, options.account_id, phone)
    if len(found) != 1:
        ids = ", ".join(map(str, found))
        count = f"has {len(found)} contacts ({ids})" if found else "has no contact"
        raise NotFound(
            f"The account {options.account_id} {count} with the phone number {phone}: give the id."
        )
    return found[0]

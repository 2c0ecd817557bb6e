"""`run.py backup`: makes a backup while Confab runs."""

import argparse
import sys
from dataclasses import replace
from typing import Any

from server.backups.writing import Written, make_backup
from server.cli.command import CommandContext, CommandResult, declare
from server.errors import ConfabError

NO_LOCATION = "Say where to with --to, or set CONFAB_BACKUP_TO."


def add_backup_command(commands: Any) -> None:
    """Declare `backup`."""
    making = declare(
        commands, "backup", backup, "back up the database and the media files, also while Confab runs"
    )
    making.add_argument(
        "--to", metavar="FOLDER", help="a folder, or s3://bucket/prefix (default: [backup] to)"
    )
    making.add_argument(
        "--keep",
        type=_count,
        metavar="COUNT",
        help="whole backups to leave there (default: [backup] keep_last)",
    )
    making.add_argument(
        "--with-secrets", action="store_true", help="store the secrets too, encrypted with a passphrase"
    )
    making.add_argument(
        "--passphrase-stdin", action="store_true", help="read that passphrase from standard input"
    )


def _count(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of backups")
    return int(value)


async def backup(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Make a backup, and delete older ones."""
    config = context.config
    if options.keep is not None:
        config = replace(config, backup=replace(config.backup, keep_last=options.keep))
    location = options.to or config.backup.to
    if not location:
        raise ConfabError("invalid", NO_LOCATION)
    passphrase = read_passphrase(options) if options.with_secrets else None
    written = await make_backup(config, context.database, location, passphrase=passphrase)
    if written is None:
        raise ConfabError("internal")
    return CommandResult({"backup": _document(written, location)}, _sentence(written, location))


def read_passphrase(options: argparse.Namespace) -> str:
    """The passphrase from standard input: a command line is visible to others on the machine."""
    if not options.passphrase_stdin:
        raise ConfabError("invalid", "Secrets need a passphrase: give it with --passphrase-stdin.")
    return sys.stdin.readline().rstrip("\r\n")


def _document(written: Written, location: str) -> dict[str, object]:
    manifest = written.manifest
    return {
        "name": manifest.name,
        "location": location.partition("?")[0],
        "at": manifest.at,
        "migration": manifest.migration,
        "rows": manifest.rows,
        "files": manifest.media.files,
        "absent_files": manifest.media.absent,
        "bytes": manifest.bytes,
        "copied_files": written.copied.copied_files,
        "copied_bytes": written.copied_bytes,
        "seconds": round(written.seconds, 2),
        "removed": written.removed,
    }


def _sentence(written: Written, location: str) -> str:
    manifest = written.manifest
    lines = [
        f"Backed up to {location.partition('?')[0]} as {manifest.name}: {manifest.rows} rows, "
        f"{manifest.media.files} files, {manifest.bytes} bytes, of which {written.copied_bytes} are new."
    ]
    if manifest.media.absent:
        lines.append(f"{manifest.media.absent} files are not in the media storage, and therefore not in it.")
    if written.removed:
        lines.append(f"Deleted {', '.join(written.removed)}.")
    return "\n".join(lines)

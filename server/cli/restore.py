"""`run.py restore`: loads a backup into an empty database, once all of it has proved to be what was written."""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.backups.folder import BackupFolder, open_folder
from server.backups.manifest import Manifest, choose_backup, load_manifest
from server.backups.media_copies import check_files, copy_out, require_files
from server.backups.parts import PartReader, check_part
from server.backups.pruning import media_of
from server.backups.sealing import WHY, changed_settings, decrypt_secrets
from server.backups.settling import Settled, request_reads, settle
from server.cli.backup import read_passphrase
from server.cli.command import SOURCE, add_json
from server.config import Config
from server.connections import open_database
from server.errors import ConfabError
from server.media.storage import open_storage
from server.process import migrate as migrations
from server.process.redis_start import open_redis
from server.queue import clear_queues
from server.redis.client import Client
from server.store.backups import loading
from server.store.backups.sessions import Cursor, hold_lock, list_others, open_transaction
from server.store.backups.snapshots import Table
from server.store.people import audit

NO_LIMIT_MS = 24 * 3_600_000
ENDING_SECONDS, POLL_SECONDS = 3.0, 0.1
ERASURE_KEY = "ERASE_SECRET"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done."""

    manifest: Manifest
    copied_files: int
    jobs: int
    settled: Settled


def add_restore_command(commands: Any) -> None:
    """Declare `restore`."""
    restoring = commands.add_parser("restore", help="restore a backup into an empty database")
    restoring.add_argument("source", metavar="FOLDER", help="the folder of backups, or s3://bucket/prefix")
    restoring.add_argument("--backup", metavar="NAME", help="which one (default: the newest)")
    restoring.add_argument(
        "--check", action="store_true", help="only read all of it and check that it is what was written"
    )
    restoring.add_argument(
        "--accept-erase-secret",
        action="store_true",
        help="restore although ERASE_SECRET is another one: erased contacts are no longer recognised",
    )
    restoring.add_argument(
        "--secrets-to", type=Path, metavar="FILE", help="only write the secrets of the backup to a new file"
    )
    restoring.add_argument(
        "--passphrase-stdin", action="store_true", help="read their passphrase from standard input"
    )
    add_json(restoring)


def restore(config: Config, options: argparse.Namespace) -> int:
    """Run the command and print its result; returns the exit code."""
    folder = open_folder(options.source)
    manifest = load_manifest(folder, choose_backup(folder, options.backup))
    if options.secrets_to is not None:
        return _write_secrets(folder, manifest, options)
    _require_known(manifest)
    changed = changed_settings(config, manifest.settings)
    if ERASURE_KEY in changed and not (options.accept_erase_secret or options.check):
        raise ConfabError(
            "conflict",
            "ERASE_SECRET (or JWT_SECRET in its place) is not the one of the backup: set that one, or erased "
            "contacts are no longer recognised; --accept-erase-secret restores all the same.",
        )
    _check_backup(folder, manifest, is_thorough=options.check)
    if options.check:
        print(_checked(manifest, changed, as_json=options.json))
        return 0
    restored = asyncio.run(_restore(config, folder, manifest))
    print(_result(restored, changed, as_json=options.json))
    return 0


def _write_secrets(folder: BackupFolder, manifest: Manifest, options: argparse.Namespace) -> int:
    """Write the secrets as lines of .env, to a file that only its owner can read."""
    if manifest.secrets is None:
        raise ConfabError(
            "not_found", f"The backup {manifest.name} has no secrets: it was made without --with-secrets."
        )
    secrets = decrypt_secrets(
        PartReader(folder, manifest.name, manifest.secrets).read(), read_passphrase(options)
    )
    try:
        options.secrets_to.touch(0o600, exist_ok=False)
        lines = [f"{name}='{value}'\n" for name, value in sorted(secrets.items())]
        options.secrets_to.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise ConfabError(
            "conflict", f"{options.secrets_to} cannot be written ({error.strerror})."
        ) from error
    names = sorted(secrets)
    print(
        json.dumps({"secrets": names})
        if options.json
        else f"Wrote {', '.join(names)} to {options.secrets_to}."
    )
    return 0


def _require_known(manifest: Manifest) -> None:
    if not (migrations.MIGRATIONS / f"{manifest.migration}.sql").is_file():
        raise ConfabError(
            "conflict",
            f"The backup {manifest.name} was made by a newer version of Confab ({manifest.version}, schema "
            f"{manifest.migration.partition('.')[0]}): restore it with that one, then upgrade.",
        )


def _check_backup(folder: BackupFolder, manifest: Manifest, *, is_thorough: bool) -> None:
    """Read all parts before anything is written; the files too if `is_thorough`, else they are checked when copied."""
    for table in manifest.tables:
        check_part(folder, manifest.name, table.part)
    check_part(folder, manifest.name, manifest.media.part)
    require_files(folder, media_of(folder, manifest))
    if is_thorough:
        check_files(folder, media_of(folder, manifest))


async def _restore(config: Config, folder: BackupFolder, manifest: Manifest) -> Restored:
    url = config.database.url or ""
    redis = await open_redis(config.redis)
    try:
        with hold_lock(url) as lock:
            _require_empty(url, lock)
            storage = open_storage(config.media.url, config.data_dir)
            copied = await copy_out(folder, storage, media_of(folder, manifest))
            await asyncio.to_thread(_load, url, folder, manifest)
            return await _go_on(config, redis, manifest, copied)
    finally:
        await redis.aclose()


def _require_empty(url: str, lock: Cursor) -> None:
    """Raise ConfabError("conflict") if Confab is running on the database, or if it has data; what an unfinished restore
    has left is none.
    """
    with open_transaction(url) as cursor:
        if others := _others(cursor, lock):
            raise ConfabError(
                "conflict",
                f"Confab is running on this database ({len(others)} connections): stop web and worker first.",
            )
        if loading.is_restoring(cursor):
            loading.empty_tables(cursor)
        elif filled := loading.list_filled(cursor):
            there = ", ".join(filled[:5]) + (
                f" and {len(filled) - 5} other tables" if len(filled) > 5 else ""
            )
            raise ConfabError(
                "conflict", f"The database is not empty, it has {there}: restore into a new one."
            )


def _others(cursor: Cursor, lock: Cursor) -> list[int]:
    """Other connections of Confab. Those of a process that has just ended are given a moment to end too."""
    give_up_at = time.monotonic() + ENDING_SECONDS
    while (others := list_others(cursor, lock)) and time.monotonic() < give_up_at:
        time.sleep(POLL_SECONDS)
    return others


def _load(url: str, folder: BackupFolder, manifest: Manifest) -> None:
    """Load all rows in one transaction, in the schema that they were in; then migrate on."""
    migrations.migrate(url, up_to=manifest.migration)
    migrations.roll_back(url, len(migrations.applied_after(url, manifest.migration)))
    with open_transaction(url) as cursor:
        loading.begin_restoring(cursor)
    with open_transaction(url) as cursor:
        tables = [Table(table.name, table.columns) for table in manifest.tables]
        constraints = loading.drop_foreign_keys(cursor)
        loading.set_triggers(cursor, tables, are_on=False)
        for table in manifest.tables:
            file = PartReader(folder, manifest.name, table.part)
            if loading.load_table(cursor, Table(table.name, table.columns), file) != table.rows or file.read(
                1
            ):
                raise ConfabError("conflict", f"The backup {manifest.name} is damaged: {table.part.path}.")
        loading.set_triggers(cursor, tables, are_on=True)
        loading.add_foreign_keys(cursor, constraints)
        loading.set_sequences(cursor, manifest.sequences)
        loading.analyze(cursor)
    migrations.migrate(url)


async def _go_on(config: Config, redis: Client, manifest: Manifest, copied: int) -> Restored:
    audit.note_user_agent(SOURCE)
    jobs = await clear_queues(redis)
    unlimited = replace(config.database, statement_timeout_ms=NO_LIMIT_MS)
    database = await open_database(replace(config, database=unlimited), size=1)
    try:
        settled = await database.write(settle, manifest.name, manifest.at)
        await request_reads(database, redis, settled.account_ids)
        return Restored(manifest, copied, jobs, settled)
    finally:
        await database.close()


def _checked(manifest: Manifest, changed: list[str], *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"checked": manifest.name, "changed_settings": changed})
    whole = f"The backup {manifest.name} is whole: {manifest.rows} rows, {manifest.media.files} files."
    return "\n".join([whole, *_warnings(changed)])


def _warnings(changed: list[str]) -> list[str]:
    return [f"{name} is not as it was at the backup: {WHY[name]}." for name in changed]


def _result(restored: Restored, changed: list[str], *, as_json: bool) -> str:
    manifest, settled = restored.manifest, restored.settled
    if as_json:
        found = {
            "name": manifest.name,
            "at": manifest.at,
            "rows": manifest.rows,
            "files": manifest.media.files,
            "copied_files": restored.copied_files,
            "sessions": settled.sessions,
            "unconfirmed": settled.unconfirmed,
            "planned": settled.planned,
            "keys": settled.keys,
            "jobs": restored.jobs,
            "accounts": len(settled.account_ids),
            "changed_settings": changed,
        }
        return json.dumps({"restored": found}, indent=2)
    lines = [
        f"Restored {manifest.name}: {manifest.rows} rows, {manifest.media.files} files.",
        f"Ended {settled.sessions} sessions, and dropped {restored.jobs} jobs of the queue.",
        f"{settled.unconfirmed} messages were being sent and {settled.planned} planned ones were due: they may have "
        "been sent, and are shown as unconfirmed or failed.",
        f"{settled.keys} API keys are valid, also those that were revoked since the backup: `python run.py keys list`.",
        f"Start Confab: it sweeps {len(settled.account_ids)} accounts for what came since, and `python run.py doctor` "
        "says what it has found.",
    ]
    return "\n".join([*lines, *_warnings(changed)])

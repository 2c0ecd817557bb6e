"""Makes a backup beside a running Confab: the tables of one moment, then the files they name, then the manifest."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import IO, ParamSpec, TypeVar

import structlog

from server import VERSION
from server.backups.folder import BackupFolder, open_folder
from server.backups.manifest import FORMAT, Manifest, MediaPart, TablePart, store_manifest
from server.backups.media_copies import CopiedMedia, copy_in, parse_files
from server.backups.parts import Part, Stopped, write_part
from server.backups.pruning import delete_parts, prune
from server.backups.sealing import encrypt_secrets, fingerprint
from server.config import Config
from server.errors import ConfabError, Unavailable
from server.media.storage import open_storage
from server.store.backups import runs
from server.store.backups.runs import Outcome
from server.store.backups.sessions import Cursor, hold_lock, open_transaction, still_holds
from server.store.backups.snapshots import (
    Moment,
    copy_files,
    copy_table,
    list_sequences,
    list_tables,
    read_moment,
)
from server.store.db.database import Database

P = ParamSpec("P")
T = TypeVar("T")
SECRETS, MEDIA_LIST, COPIED_BYTES = "secrets.json.gz", "media.gz", 1 << 20
LOCK_LOST = "The connection that held the lock of this backup was lost: it is given up. Make another one."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A whole backup that was just made; `removed` are older ones that were deleted after it."""

    manifest: Manifest
    copied: CopiedMedia
    copied_bytes: int
    seconds: float
    removed: list[str]


@dataclass(frozen=True, slots=True)
class Job:
    """A backup that is being made; `lock` is the connection that holds the lock."""

    config: Config
    installation: str
    lock: Cursor
    passphrase: str | None
    stop: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read in one transaction, and is stored."""

    name: str
    moment: Moment
    tables: list[TablePart]
    sequences: dict[str, int]


async def make_backup(
    config: Config,
    database: Database,
    location: str,
    *,
    passphrase: str | None = None,
    is_due: Callable[[], Awaitable[bool]] | None = None,
) -> Written | None:
    """Make a backup, and delete what is older than the newest `[backup] keep_last`. Raises ConfabError("conflict") if
    another one is being made. With `is_due`, None if it is not, asked once no other can be made.
    """
    async with _locked(config.database.url or "") as lock:
        if is_due is not None and not await is_due():
            return None
        installation = await database.write(runs.ensure_installation)
        run_id = await database.write(runs.begin_run, location.partition("?")[0])
        try:
            job = Job(config, installation, lock, passphrase)
            written = await _write(job, location)
            await database.write(runs.finish_run, run_id, _outcome(written))
        except BaseException as error:
            await _note_failure(database, run_id, error)
            raise
        folder = open_folder(location)
        removed = await in_thread(job.stop, prune, folder, installation, config.backup.keep_last)
    return replace(written, removed=removed)


def _outcome(written: Written) -> Outcome:
    manifest = written.manifest
    return Outcome(manifest.name, manifest.bytes, written.copied_bytes, manifest.media.files)


async def _note_failure(database: Database, run_id: int, error: BaseException) -> None:
    is_ours, is_ended = isinstance(error, ConfabError), isinstance(error, asyncio.CancelledError | Stopped)
    reason = runs.INTERRUPTED if is_ended else str(error) if is_ours else type(error).__name__
    with suppress(Unavailable):
        await database.write(runs.fail_run, run_id, reason)


@asynccontextmanager
async def _locked(url: str) -> AsyncIterator[Cursor]:
    """The lock of backups, held by a connection of its own."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(stack.enter_context, hold_lock(url))


async def in_thread(stop: Event, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work in a thread. If this is cancelled, the work is told to stop, and awaited: it uses what the
    caller is about to close.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        while not task.done():
            with suppress(asyncio.CancelledError):  # it may be cancelled several times
                await asyncio.wait([task])
        raise


async def _write(job: Job, location: str) -> Written:
    began = time.monotonic()
    folder = await asyncio.to_thread(open_folder, location, is_new=True)
    names: list[str] = []
    try:
        # Both lists may be long: they are not held in memory.
        with tempfile.TemporaryFile("w+b") as wanted, tempfile.TemporaryFile("w+") as listed:
            snapshot = await in_thread(job.stop, _write_tables, job, folder, wanted, names)
            wanted.seek(0)
            storage = open_storage(job.config.media.url, job.config.data_dir)
            copied = await copy_in(storage, folder, parse_files(line.decode() for line in wanted), listed)
            listed.seek(0)
            manifest = await in_thread(job.stop, _finish, job, folder, snapshot, copied, listed)
    except BaseException:
        for name in names:
            with suppress(Unavailable, OSError):
                await asyncio.to_thread(delete_parts, folder, name)
        raise
    stored = manifest.bytes - manifest.media.bytes + copied.copied_bytes
    return Written(manifest, copied, stored, time.monotonic() - began, [])


def _finish(
    job: Job, folder: BackupFolder, snapshot: Snapshot, copied: CopiedMedia, listed: IO[str]
) -> Manifest:
    """Store the list of media files, the secrets if they are wanted, and last of all the manifest."""
    part = _write_list(folder, snapshot.name, listed, job.stop)
    media = MediaPart(copied.files, copied.bytes, copied.absent, part)
    secrets = _write_secrets(job, folder, snapshot.name)
    manifest = _manifest(job, snapshot, media, secrets)
    if not still_holds(job.lock):
        raise Unavailable(LOCK_LOST)
    store_manifest(folder, manifest)
    return manifest


def _write_tables(job: Job, folder: BackupFolder, wanted: IO[bytes], names: list[str]) -> Snapshot:
    """Store all tables as they are at one moment, and list the media files of that moment."""
    with open_transaction(job.config.database.url or "", is_snapshot=True) as cursor:
        moment = read_moment(cursor)
        name = moment.at.replace(":", "-")
        names.append(name)
        tables = []
        for table in list_tables(cursor):
            path = f"tables/{table.name}.gz"
            with write_part(folder, f"{name}/{path}", job.stop) as writer:
                rows = copy_table(cursor, table, writer)
                part = writer.finish(path)
            tables.append(TablePart(table.name, list(table.columns), rows, part))
        copy_files(cursor, wanted)
        return Snapshot(name, moment, tables, list_sequences(cursor))


def _write_list(folder: BackupFolder, name: str, listed: IO[str], stop: Event) -> Part:
    with write_part(folder, f"{name}/{MEDIA_LIST}", stop) as writer:
        while data := listed.read(COPIED_BYTES):
            writer.write(data.encode())
        return writer.finish(MEDIA_LIST)


def _write_secrets(job: Job, folder: BackupFolder, name: str) -> Part | None:
    if job.passphrase is None:
        return None
    with write_part(folder, f"{name}/{SECRETS}", job.stop) as writer:
        writer.write(encrypt_secrets(job.config, job.passphrase))
        return writer.finish(SECRETS)


def _manifest(job: Job, snapshot: Snapshot, media: MediaPart, secrets: Part | None) -> Manifest:
    moment = snapshot.moment
    return Manifest(
        format=FORMAT,
        name=snapshot.name,
        installation=job.installation,
        version=VERSION,
        migration=moment.migration,
        server_version=moment.server_version,
        at=moment.at,
        tables=snapshot.tables,
        sequences=snapshot.sequences,
        media=media,
        settings=fingerprint(job.config),
        secrets=secrets,
    )

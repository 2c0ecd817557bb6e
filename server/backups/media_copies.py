"""Copies media files into the folder of backups, only those that it does not have, and out of it again."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import IO, NamedTuple

import structlog

from server.backups.folder import MEDIA, BackupFolder, Entry, media_path
from server.errors import ConfabError
from server.media.storage import Missing, Storage

AT_ONCE = 4
PREFIX_LETTERS = 2
DAMAGED = "The file {} in the folder of backups is damaged: delete it there, and back up a system that still has it."
ABSENT = "{} of {} media files are not in the folder of backups: choose another backup with --backup."

log = structlog.get_logger(__name__)


class MediaFile(NamedTuple):
    """A media file: the hash of its bytes, by which it is stored, and their number."""

    sha256: str
    size: int


@dataclass(slots=True)
class CopiedMedia:
    """What copying has found and done."""

    files: int = 0
    bytes: int = 0
    absent: int = 0
    copied_files: int = 0
    copied_bytes: int = 0


class _Changed(Exception):
    """The bytes are not those of the hash."""


def parse_files(lines: Iterable[str]) -> Iterator[MediaFile]:
    """The files of a list, as COPY writes them."""
    for line in lines:
        name, _, size = line.rstrip("\n").partition("\t")
        yield MediaFile(name, int(size))


def by_prefix(files: Iterable[MediaFile]) -> Iterator[tuple[str, list[MediaFile]]]:
    """Sorted files in groups of one folder: one after the other is in memory."""
    for prefix, found in groupby(files, lambda file: file.sha256[:PREFIX_LETTERS]):
        yield prefix, list(found)


async def copy_in(
    storage: Storage, folder: BackupFolder, wanted: Iterable[MediaFile], listed: IO[str]
) -> CopiedMedia:
    """Copy what the folder does not have, and write a line for each file that it has now."""
    done = CopiedMedia()
    for prefix, files in by_prefix(wanted):
        stored = await asyncio.to_thread(folder.list_files, f"{MEDIA}/{prefix}")
        for batch in _batches(files):
            new = [file for file in batch if not _has(stored, file)]
            absent = set(await _copy_new(storage, folder, new))
            _count(done, batch, new, absent)
            listed.writelines(f"{file.sha256}\t{file.size}\n" for file in batch if file not in absent)
    return done


def _count(
    done: CopiedMedia, batch: Sequence[MediaFile], new: Sequence[MediaFile], absent: set[MediaFile]
) -> None:
    done.files += len(batch) - len(absent)
    done.bytes += sum(file.size for file in batch if file not in absent)
    done.absent += len(absent)
    done.copied_files += len(new) - len(absent)
    done.copied_bytes += sum(file.size for file in new if file not in absent)


def _has(stored: Mapping[str, Entry], file: MediaFile) -> bool:
    return file.sha256 in stored and stored[file.sha256].size == file.size


def _batches(files: Sequence[MediaFile]) -> Iterator[Sequence[MediaFile]]:
    for begin in range(0, len(files), AT_ONCE):
        yield files[begin : begin + AT_ONCE]


async def _copy_new(storage: Storage, folder: BackupFolder, files: Sequence[MediaFile]) -> list[MediaFile]:
    """Copy these, at once; returns those that the storage has lost."""
    results = await _all_of([_copy_file(storage, folder, file) for file in files])
    return [file for file, has_copied in zip(files, results, strict=True) if not has_copied]


async def _all_of(copies: Sequence[Coroutine[None, None, bool]]) -> list[bool]:
    """Run these at once to their ends; raises the first error, if there is one."""
    results = await asyncio.gather(*copies, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result is True for result in results]


async def _copy_file(storage: Storage, folder: BackupFolder, file: MediaFile) -> bool:
    try:
        chunks = await storage.read(file.sha256, 0, file.size)
        found = sha256()
        with folder.errors(is_writing=True):
            async with folder.writer_async(media_path(file.sha256)) as target:
                async for chunk in chunks:
                    found.update(chunk)
                    await target.write(chunk)
                if found.hexdigest() != file.sha256:
                    raise _Changed
    except Missing:
        return False
    except _Changed:
        log.warning("media_file_damaged", sha256=file.sha256)
        return False
    return True


def require_files(folder: BackupFolder, wanted: Iterable[MediaFile]) -> None:
    """Raise ConfabError("conflict") unless the folder has all of these files, as large as they were."""
    absent = total = 0
    for prefix, files in by_prefix(wanted):
        stored = folder.list_files(f"{MEDIA}/{prefix}")
        total += len(files)
        absent += sum(not _has(stored, file) for file in files)
    if absent:
        raise ConfabError("conflict", ABSENT.format(absent, total))


def check_files(folder: BackupFolder, wanted: Iterable[MediaFile]) -> None:
    """Read all of these files; raises ConfabError("conflict") for one that is not what was written."""
    for file in wanted:
        found = sha256()
        for chunk in folder.stream(media_path(file.sha256)):
            found.update(chunk)
        if found.hexdigest() != file.sha256:
            raise ConfabError("conflict", DAMAGED.format(media_path(file.sha256)))


async def copy_out(folder: BackupFolder, storage: Storage, wanted: Iterable[MediaFile]) -> int:
    """Copy files into the media storage, unless it has them; returns how many. Each is checked on its way."""
    copied = 0
    for _, files in by_prefix(wanted):
        for batch in _batches(files):
            copied += sum(await _all_of([_restore_file(folder, storage, file) for file in batch]))
    return copied


async def _restore_file(folder: BackupFolder, storage: Storage, file: MediaFile) -> bool:
    if await storage.has(file.sha256):
        return False
    try:
        found = await folder.get_async(media_path(file.sha256))
    except FileNotFoundError as error:
        raise ConfabError("conflict", DAMAGED.format(media_path(file.sha256))) from error
    async with storage.receive(file.size) as incoming:
        with folder.errors():
            async for chunk in found.stream():
                await incoming.write(bytes(chunk))
        if incoming.finish().sha256 != file.sha256:
            raise ConfabError("conflict", DAMAGED.format(media_path(file.sha256)))
    await storage.commit(incoming)
    return True

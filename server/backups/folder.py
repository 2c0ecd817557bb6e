"""The folder of backups, on a disk or in a bucket.

`<name>/` has one backup: its tables, and last of all `manifest.json`, without which it is none. `media/` has the files
of all of them, under their SHA-256.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import obstore
from obstore import exceptions
from obstore.store import LocalStore, S3Store

from server.config.urls.backup_url import read_backup_url
from server.config.urls.storage_url import LocalFolder, StorageUrlError
from server.errors import ConfabError, Unavailable
from server.media.storage import open_bucket

if TYPE_CHECKING:
    from obstore import AsyncWritableFile, GetResult, WritableFile

NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z")
MANIFEST, MEDIA = "manifest.json", "media"
# S3 takes 5 GiB in one request, and 10,000 parts: a table of 625 GiB can be stored. One part is in memory at a time.
PART_BYTES, PARTS_AT_ONCE = 64 * 1024 * 1024, 1
# Media files are copied several at once, and are smaller.
MEDIA_PART_BYTES, MEDIA_PARTS_AT_ONCE, READ_BYTES = 8 * 1024 * 1024, 2, 256 * 1024
# A part takes 54 s at 10 Mbit/s; one that fails is sent again.
PART_SECONDS, PART_TRIES_SECONDS = 600.0, 1800.0
DELETED_AT_ONCE = 500
FAILURES = (exceptions.BaseError, OSError)


class Entry(NamedTuple):
    """A stored file: its size, and when it was written."""

    size: int
    written_at: datetime


class BackupFolder:
    """Reads and writes the folder; its errors are raised as Unavailable, what is missing as FileNotFoundError."""

    def __init__(self, store: LocalStore | S3Store, location: str) -> None:
        self._store = store
        self.location = location

    def put(self, path: str, data: bytes) -> None:
        """Store a small file, whole or not at all."""
        with self.errors(is_writing=True):
            obstore.put(self._store, path, data)

    @contextmanager
    def writer(self, path: str) -> Iterator["WritableFile"]:
        """A file to write to, which is there once the block has ended, and not at all if it raises: the library aborts
        its parts then.
        """
        with (
            self.errors(is_writing=True),
            obstore.open_writer(
                self._store, path, buffer_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
            ) as file,
        ):
            yield file

    def writer_async(self, path: str) -> "AsyncWritableFile":
        """The same for a coroutine."""
        return obstore.open_writer_async(
            self._store, path, buffer_size=MEDIA_PART_BYTES, max_concurrency=MEDIA_PARTS_AT_ONCE
        )

    def read(self, path: str) -> bytes:
        """A small file; raises FileNotFoundError."""
        with self.errors():
            return bytes(obstore.get(self._store, path).bytes())

    def stream(self, path: str) -> Iterator[bytes]:
        """A file in chunks; raises FileNotFoundError."""
        with self.errors():
            for chunk in obstore.get(self._store, path).stream(min_chunk_size=READ_BYTES):
                yield bytes(chunk)

    async def get_async(self, path: str) -> "GetResult":
        """A file for a coroutine; raises FileNotFoundError."""
        with self.errors():
            return await obstore.get_async(self._store, path)

    def list_names(self) -> list[str]:
        """The names of what may be backups, oldest first."""
        with self.errors():
            found = obstore.list_with_delimiter(self._store)["common_prefixes"]
        return sorted(name for name in (path.rstrip("/") for path in found) if NAME.fullmatch(name))

    def list_files(self, prefix: str) -> Mapping[str, Entry]:
        """What is stored under a prefix, by the last part of its path."""
        with self.errors():
            return {
                entry["path"].rpartition("/")[2]: Entry(entry["size"], entry["last_modified"])
                for page in obstore.list(self._store, prefix)
                for entry in page
            }

    def list_paths(self, prefix: str) -> list[tuple[str, datetime]]:
        """The paths under a prefix, and when each was written."""
        with self.errors():
            return [
                (entry["path"], entry["last_modified"])
                for page in obstore.list(self._store, prefix)
                for entry in page
            ]

    def delete(self, paths: list[str]) -> None:
        """Delete files."""
        with self.errors():
            for begin in range(0, len(paths), DELETED_AT_ONCE):
                obstore.delete(self._store, paths[begin : begin + DELETED_AT_ONCE])

    @contextmanager
    def errors(self, *, is_writing: bool = False) -> Iterator[None]:
        """Translate the library's errors, whose texts contain paths and whole responses. What is missing in a write is
        the folder or bucket itself.
        """
        try:
            yield
        except FAILURES as error:
            if isinstance(error, FileNotFoundError) and not is_writing:
                raise
            kind = type(error).__name__
            raise Unavailable(f"The backup folder {self.location} failed ({kind}).") from error


def media_path(sha256: str) -> str:
    """Where the folder has a media file."""
    return f"{MEDIA}/{sha256[:2]}/{sha256}"


def open_folder(url: str, *, is_new: bool = False) -> BackupFolder:
    """The folder at this location; `is_new`: it is made if it is not there, else ConfabError("not_found")."""
    try:
        found = read_backup_url(url)
    except StorageUrlError as error:
        raise ConfabError("invalid", f"The location of backups {error}.") from error
    location = url.partition("?")[0]
    if not isinstance(found, LocalFolder):
        return BackupFolder(open_bucket(found, PART_SECONDS, PART_TRIES_SECONDS), location)
    return BackupFolder(_local(found.folder, location, is_new=is_new), location)


def _local(folder: Path, location: str, *, is_new: bool) -> LocalStore:
    try:
        if is_new:
            # It holds everything: only its owner may read it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.is_dir():
            raise ConfabError("not_found", f"There is no folder {location}.")
        # Without empty folders, which would look like backups.
        return LocalStore(str(folder), automatic_cleanup=True)
    except FAILURES as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Unavailable(f"The backup folder {location} cannot be used ({reason}).") from error

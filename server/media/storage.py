"""Stores media files under their SHA-256, on a local disk or in an S3-compatible bucket."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import obstore
from obstore import exceptions
from obstore.store import LocalStore, S3Store

from server.config.urls.storage_url import S3Bucket, read_storage_url
from server.errors import Unavailable
from server.media.image_size import SIZE_BYTES

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import S3Config

# Files are written here until their hash is known. A crash leaves them here, and `drop_stale` deletes them.
INCOMING = "incoming"
BUFFER_BYTES = 5 * 1024 * 1024  # S3's minimum part size
PARTS_AT_ONCE = 2
READ_BYTES = 256 * 1024
CONNECT_SECONDS, REQUEST_SECONDS, RETRY_SECONDS = 5, 60, 15
FAILURES = (exceptions.BaseError, OSError)

Store = LocalStore | S3Store


class TooLarge(Exception):
    """More bytes were written than allowed."""


class Missing(Exception):
    """The storage does not have this file: its disk was lost, or it was emptied."""


class StoredBlob(NamedTuple):
    """A completely received file: hash, size and first bytes."""

    sha256: str
    size: int
    head: bytes


class Incoming:
    """A file that is being written; counted and hashed meanwhile."""

    def __init__(self, store: Store, limit: int) -> None:
        self._limit = limit
        self._hash = hashlib.sha256()
        self._head = b""
        self.path = f"{INCOMING}/{uuid4().hex}"
        self.size = 0
        self.file = obstore.open_writer_async(
            store, self.path, buffer_size=BUFFER_BYTES, max_concurrency=PARTS_AT_ONCE
        )

    async def write(self, data: bytes) -> None:
        """Append data; raises TooLarge as soon as the limit is exceeded."""
        self.size += len(data)
        if self.size > self._limit:
            raise TooLarge
        self._hash.update(data)
        if len(self._head) < SIZE_BYTES:
            self._head += data[: SIZE_BYTES - len(self._head)]
        with _write_errors():
            await self.file.write(data)

    def finish(self) -> StoredBlob:
        """The hash, size and first bytes; called after the last `write`."""
        return StoredBlob(self._hash.hexdigest(), self.size, self._head)


class Storage:
    """The media storage; its errors are raised as Unavailable. `folder` is set if it is a local folder."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @asynccontextmanager
    async def receive(self, limit: int) -> AsyncIterator[Incoming]:
        """A file to write to, deleted if the block raises; otherwise pass it to `commit`."""
        incoming = Incoming(self._store, limit)
        with _write_errors():
            await incoming.file.__aenter__()
        try:
            yield incoming
        except BaseException as error:
            await incoming.file.__aexit__(type(error), error, error.__traceback__)
            raise
        with _write_errors():
            await incoming.file.__aexit__(None, None, None)

    async def commit(self, incoming: Incoming) -> None:
        """Move a received file to its hash, unless it is stored already."""
        sha256 = incoming.finish().sha256
        is_stored = await self.has(sha256)
        with _write_errors():
            if is_stored:
                await obstore.delete_async(self._store, incoming.path)
            else:
                await obstore.rename_async(self._store, incoming.path, _blob_path(sha256))

    async def has(self, sha256: str) -> bool:
        """Whether a file is stored."""
        try:
            with _storage_errors():
                await obstore.head_async(self._store, _blob_path(sha256))
        except Missing:
            return False
        return True

    async def read(self, sha256: str, begin: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `begin` up to, but not including, `end`; raises Missing before the first chunk."""
        if begin >= end:
            return _no_chunks()
        with _storage_errors():
            found = await obstore.get_async(self._store, _blob_path(sha256), options={"range": (begin, end)})
        return _chunks(found)

    async def delete(self, sha256: str) -> None:
        """Delete a file, if it is stored."""
        try:
            with _storage_errors():
                await obstore.delete_async(self._store, _blob_path(sha256))
        except Missing:
            return

    async def drop_stale(self, age: timedelta) -> int:
        """Delete files that were begun this long ago and never committed; returns how many."""
        if self._folder is not None:
            # The library does not list the partial files that a killed process leaves on a disk.
            return await asyncio.to_thread(_drop_stale_files, self._folder / INCOMING, age)
        before, stale = datetime.now(UTC) - age, []
        with _storage_errors():
            async for page in obstore.list(self._store, INCOMING):
                stale += [entry["path"] for entry in page if entry["last_modified"] < before]
            if stale:
                await obstore.delete_async(self._store, stale)
        return len(stale)


def _drop_stale_files(folder: Path, age: timedelta) -> int:
    before, dropped = time.time() - age.total_seconds(), 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def open_storage(url: str, data_dir: Path) -> Storage:
    """The storage of `[media] url`."""
    location = read_storage_url(url, data_dir)
    if isinstance(location, S3Bucket):
        return Storage(open_bucket(location))
    folder = location.folder.resolve()
    with _storage_errors():
        return Storage(LocalStore(str(folder), mkdir=True), folder)


def open_bucket(
    bucket: S3Bucket, request_seconds: float = REQUEST_SECONDS, retry_seconds: float = RETRY_SECONDS
) -> S3Store:
    """The bucket, with time limits of a request and of its tries; nothing is requested yet."""
    config: S3Config = {}
    if bucket.endpoint:
        config["endpoint"] = bucket.endpoint
    if bucket.region:
        config["region"] = bucket.region
    return S3Store(
        bucket.bucket,
        prefix=bucket.prefix or None,
        config=config,
        client_options={
            "allow_http": (bucket.endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=request_seconds),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=retry_seconds)},
    )


def _blob_path(sha256: str) -> str:
    # Two levels: some file systems are slow with a hundred thousand files in one folder.
    return f"{sha256[:2]}/{sha256}"


async def _chunks(found: "GetResult") -> AsyncIterator[bytes]:
    with _storage_errors():
        async for chunk in found.stream(min_chunk_size=READ_BYTES):
            yield bytes(chunk)


async def _no_chunks() -> AsyncIterator[bytes]:
    return
    yield b""


@contextmanager
def _write_errors() -> Iterator[None]:
    """The same for writes, where the only thing that can be missing is the bucket or folder itself."""
    try:
        with _storage_errors():
            yield
    except Missing as error:
        raise _unavailable(error.__cause__ or error) from error.__cause__


@contextmanager
def _storage_errors() -> Iterator[None]:
    """Translate the library's errors, whose texts contain paths and whole responses."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing from error
    except FAILURES as error:
        raise _unavailable(error) from error


def _unavailable(error: BaseException) -> Unavailable:
    return Unavailable(f"The media storage failed ({type(error).__name__}).")

"""Keeps media by the hash of their bytes, on the local disk or in an S3-compatible store, whichever the URL names."""

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

# What arrives lies here until its hash is known; a crash leaves it here, and `drop_stale` finds it.
INCOMING = "incoming"
BUFFER_BYTES = 5 * 1024 * 1024  # the smallest part that S3 takes of a file in parts
PARTS_AT_ONCE = 2
READ_BYTES = 256 * 1024
CONNECT_SECONDS, REQUEST_SECONDS, RETRY_SECONDS = 5, 60, 15
FAILURES = (exceptions.BaseError, OSError)

Store = LocalStore | S3Store


class TooLarge(Exception):
    """More bytes came than were allowed."""


class Missing(Exception):
    """The store has no such bytes: its disk was lost, or somebody emptied it."""


class StoredBlob(NamedTuple):
    """What is known of a file once its last byte is in."""

    sha256: str
    size: int
    head: bytes


class Incoming:
    """A file that is being written; counted and hashed on its way."""

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
        """Raises TooLarge as soon as the limit is passed."""
        self.size += len(data)
        if self.size > self._limit:
            raise TooLarge
        self._hash.update(data)
        if len(self._head) < SIZE_BYTES:
            self._head += data[: SIZE_BYTES - len(self._head)]
        with _written():
            await self.file.write(data)

    def seal(self) -> StoredBlob:
        return StoredBlob(self._hash.hexdigest(), self.size, self._head)


class Storage:
    """One place for bytes; every failure of it is Unavailable. `folder` is set when it is a local one."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @asynccontextmanager
    async def receive(self, limit: int) -> AsyncIterator[Incoming]:
        """A file to write to. Left with an exception, nothing of it remains; otherwise `keep` it next."""
        incoming = Incoming(self._store, limit)
        with _written():
            await incoming.file.__aenter__()
        try:
            yield incoming
        except BaseException as error:
            await incoming.file.__aexit__(type(error), error, error.__traceback__)
            raise
        with _written():
            await incoming.file.__aexit__(None, None, None)

    async def keep(self, incoming: Incoming) -> None:
        """Put a file that was received under its hash, once."""
        sha256 = incoming.seal().sha256
        is_known = await self.has(sha256)
        with _written():
            if is_known:
                await obstore.delete_async(self._store, incoming.path)
            else:
                await obstore.rename_async(self._store, incoming.path, _path(sha256))

    async def has(self, sha256: str) -> bool:
        try:
            with _translated():
                await obstore.head_async(self._store, _path(sha256))
        except Missing:
            return False
        return True

    async def read(self, sha256: str, begin: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `begin` up to, not including, `end`; raises Missing. The store has answered then."""
        if begin >= end:
            return _nothing()
        with _translated():
            found = await obstore.get_async(self._store, _path(sha256), options={"range": (begin, end)})
        return _chunks(found)

    async def delete(self, sha256: str) -> None:
        try:
            with _translated():
                await obstore.delete_async(self._store, _path(sha256))
        except Missing:
            return

    async def drop_stale(self, age: timedelta) -> int:
        """Delete what began to arrive this long ago and never became a file; returns how many."""
        if self._folder is not None:
            # The library does not list the pieces that a killed process leaves on a disk.
            return await asyncio.to_thread(_drop_stale_files, self._folder / INCOMING, age)
        before, stale = datetime.now(UTC) - age, []
        with _translated():
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
    """The store that `[media] url` names."""
    place = read_storage_url(url, data_dir)
    if isinstance(place, S3Bucket):
        return Storage(_s3_store(place))
    folder = place.folder.resolve()
    with _translated():
        return Storage(LocalStore(str(folder), mkdir=True), folder)


def _s3_store(place: S3Bucket) -> S3Store:
    chosen: S3Config = {}
    if place.endpoint:
        chosen["endpoint"] = place.endpoint
    if place.region:
        chosen["region"] = place.region
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        config=chosen,
        client_options={
            "allow_http": (place.endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=REQUEST_SECONDS),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )


def _path(sha256: str) -> str:
    # Two levels: some file systems are slow with a hundred thousand names in one folder.
    return f"{sha256[:2]}/{sha256}"


async def _chunks(found: "GetResult") -> AsyncIterator[bytes]:
    with _translated():
        async for chunk in found.stream(min_chunk_size=READ_BYTES):
            yield bytes(chunk)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


@contextmanager
def _written() -> Iterator[None]:
    """The same for what writes: there is nothing that could be missing but the bucket, or the folder, itself."""
    try:
        with _translated():
            yield
    except Missing as error:
        raise _failed(error.__cause__ or error) from error.__cause__


@contextmanager
def _translated() -> Iterator[None]:
    """Failures of the store as what they mean. The library's own text goes on with paths and whole answers."""
    try:
        yield
    except FileNotFoundError as error:
        raise Missing from error
    except FAILURES as error:
        raise _failed(error) from error


def _failed(error: BaseException) -> Unavailable:
    return Unavailable(f"The media storage failed ({type(error).__name__}).")

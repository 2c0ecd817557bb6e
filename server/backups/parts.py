"""The parts of a backup: compressed files that are hashed while they are written, and checked while they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import Event
from typing import TYPE_CHECKING, Protocol, cast

from isal import isal_zlib
from isal.igzip_lib import IsalError

from server.backups.folder import BackupFolder
from server.errors import ConfabError

if TYPE_CHECKING:
    pass

LEVEL, GZIP_WINDOW = 1, 31
# The stubs call the class an instance.
UNREADABLE: tuple[type[Exception], ...] = (cast(type[Exception], IsalError),)
DAMAGED = "This backup is damaged: {} is not what was written. Choose another one with --backup."


class Stopped(Exception):
    """The process is ending: the backup is given up."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stored file of a backup, as the manifest names it."""

    path: str
    size: int
    sha256: str


class Sink(Protocol):
    """What a part is written to."""

    def write(self, data: bytes, /) -> object: ...


class PartWriter:
    """Compresses what it is given, and counts and hashes the result."""

    def __init__(self, file: Sink, stop: Event) -> None:
        self._file, self._stop = file, stop
        self._packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP_WINDOW)
        self._hash = sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Append data; raises Stopped once the process is ending."""
        if self._stop.is_set():
            raise Stopped
        self._store(self._packer.compress(data))
        return len(data)

    def finish(self, path: str) -> Part:
        """Write what is left."""
        self._store(self._packer.flush())
        return Part(path, self.size, self._hash.hexdigest())

    def _store(self, packed: bytes) -> None:
        if packed:
            self._file.write(packed)
            self._hash.update(packed)
            self.size += len(packed)


class PartReader:
    """Reads a part as a file of what was compressed; raises ConfabError("conflict") at its end if it is another one."""

    def __init__(self, folder: BackupFolder, name: str, part: Part) -> None:
        self._part, self._chunks = part, _stored(folder, name, part)
        self._unpacker = isal_zlib.decompressobj(GZIP_WINDOW)
        self._hash, self._size = sha256(), 0
        self._rest = bytearray()
        self._has_ended = False

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; empty at the end."""
        while not self._has_ended and (size < 0 or len(self._rest) < size):
            self._unpack_next()
        taken = bytes(self._rest if size < 0 else self._rest[:size])
        del self._rest[: len(taken)]
        return taken

    def lines(self) -> Iterator[str]:
        """The lines of a text."""
        left = b""
        while data := self.read(1 << 16):
            *whole, left = (left + data).split(b"\n")
            yield from (line.decode() for line in whole)

    def _unpack_next(self) -> None:
        chunk = next(self._chunks, None)
        try:
            if chunk is None:
                self._check()
                return
            self._hash.update(chunk)
            self._size += len(chunk)
            self._rest += self._unpacker.decompress(chunk)
        except UNREADABLE as error:
            raise _damaged(self._part) from error

    def _check(self) -> None:
        self._has_ended = True
        is_same = (self._size, self._hash.hexdigest()) == (self._part.size, self._part.sha256)
        if not is_same or not self._unpacker.eof:
            raise _damaged(self._part)


def _stored(folder: BackupFolder, name: str, part: Part) -> Iterator[bytes]:
    try:
        yield from folder.stream(f"{name}/{part.path}")
    except FileNotFoundError as error:
        raise _damaged(part) from error


def _damaged(part: Part) -> ConfabError:
    return ConfabError("conflict", DAMAGED.format(part.path))


@contextmanager
def write_part(folder: BackupFolder, path: str, stop: Event) -> Iterator[PartWriter]:
    """A part to write to; call `finish` within the block. Raises Stopped once the process is ending."""
    if stop.is_set():
        raise Stopped
    with folder.writer(path) as file:
        yield PartWriter(file, stop)


def check_part(folder: BackupFolder, name: str, part: Part) -> None:
    """Read a part to its end; raises ConfabError("conflict") if it is not what was written."""
    reader = PartReader(folder, name, part)
    while reader.read(1 << 20):
        pass

"""Streams a ZIP into the media storage: no file of it is ever complete in memory."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from server.media.storage import Incoming


class _Pipe:
    """The output of `zipfile`, which cannot seek in it and therefore writes sizes after the data."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def close(self) -> None:
        """The caller closes the storage's file."""

    def take(self) -> bytes:
        data, self._chunks = b"".join(self._chunks), []
        return data


class ZipStream:
    """A ZIP of files added one after another; call `close` at the end."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", allowZip64=True)

    async def add(self, name: str, chunks: AsyncIterator[bytes], *, is_packed: bool = False) -> None:
        """Add a file; one that is compressed already is stored as it is."""
        info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            async for chunk in chunks:
                await asyncio.to_thread(file.write, chunk)
                await self._drain()
        await self._drain()

    async def close(self) -> None:
        self._zip.close()
        await self._drain()

    async def _drain(self) -> None:
        if data := self._pipe.take():
            await self._incoming.write(data)

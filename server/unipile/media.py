"""A file that streams into a send to UniPile (unipile-api.md §7)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of a send; `open` begins to read it anew."""

    file_name: str
    mimetype: str
    size: int
    is_voice: bool
    open: Callable[[], Awaitable[AsyncIterator[bytes]]]

    def add_to(self, form: aiohttp.FormData) -> None:
        """As the form's file: its bytes are read while they are sent."""
        name = "voice_message" if self.is_voice else "attachments"
        form.add_field(name, _FilePayload(self), content_type=self.mimetype, filename=self.file_name)


class _FilePayload(Payload):
    """Streams a file whose size is known, so that the form has a length as UniPile's other clients send it."""

    def __init__(self, file: OutgoingFile) -> None:
        super().__init__(file, content_type=file.mimetype)
        self._file = file
        self._size = file.size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("A file has no text.")

    async def write(self, writer: AbstractStreamWriter) -> None:
        async for chunk in await self._file.open():
            await writer.write(chunk)

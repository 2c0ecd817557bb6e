"""A file that streams into a send to UniPile (unipile-api.md §7)."""

import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

# A quote ends the string; a backslash is an escape in some parsers only.
AMBIGUOUS = str.maketrans({'"': "'", "\\": "_"})


def part_disposition(name: str, file_name: str) -> str:
    """The Content-Disposition of a form's file; no file name can break or extend it.

    Parsers disagree: some read `filename` as UTF-8, some as Latin-1, some prefer `filename*` (RFC 8187), some know only
    `filename`. An ordinary name is sent alone; any other is sent in both forms, each safe for its parsers.
    """
    # Line breaks and other control characters would end the header; a lone surrogate has no bytes.
    clean = "".join(c for c in file_name if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")) or "file"
    plain = clean.translate(AMBIGUOUS)
    disposition = f'form-data; name="{name}"; filename="{plain}"'
    if plain == clean and clean.isascii() and "%" not in clean:
        return disposition
    return f"{disposition}; filename*=UTF-8''{quote(clean, safe='')}"


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of a send; `open` starts reading it from the beginning."""

    file_name: str
    mimetype: str
    size: int
    is_voice: bool
    open: Callable[[], Awaitable[AsyncIterator[bytes]]]

    def add_to(self, form: aiohttp.FormData) -> None:
        """Add it to a form; its bytes are read while they are sent."""
        form.add_field(self.field, _FilePayload(self), content_type=self.mimetype, filename="file")

    @property
    def field(self) -> str:
        return "voice_message" if self.is_voice else "attachments"


class _FilePayload(Payload):
    """Streams a file of known size, so that the form has a Content-Length, as UniPile's other clients send it."""

    def __init__(self, file: OutgoingFile) -> None:
        super().__init__(file, content_type=file.mimetype)
        self._file = file
        self._size = file.size

    def set_content_disposition(self, disptype: str, *_: Any, **__: Any) -> None:
        """aiohttp writes names percent-encoded, which customers would see, or raw, with any character."""
        self._headers["Content-Disposition"] = part_disposition(self._file.field, self._file.file_name)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("A file has no text.")

    async def write(self, writer: AbstractStreamWriter) -> None:
        async for chunk in await self._file.open():
            await writer.write(chunk)

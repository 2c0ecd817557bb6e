"""Reads a multipart send: small fields as texts, files straight into the storage, everything within limits."""

import warnings
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

from aiohttp import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    BodyPartReader,
    MultipartReader,
    StreamReader,
    web,
)
from aiohttp.http_exceptions import HttpProcessingError

from server.config import Media
from server.errors import ConfabError
from server.media.image_size import DeclaredError, MediaInfo, media_info_of, read_declared
from server.media.storage import Incoming, Storage, StoredBlob, TooLarge
from server.media.types import attachment_type, declared_type, is_voice, safe_file_name, sniff
from server.store.db.database import Database
from server.store.messages.attachments import touch_blob

FILE_FIELDS = ("attachments", "attachments[]", "voice_message")
TRUE_WORDS, FALSE_WORDS = ("true", "1"), ("false", "0", "")
# The longest text there is, in UTF-8.
MAX_FIELD_BYTES = 4 * 65_536
# What aiohttp says of the head of a part: errors, and warnings that would put a stranger's words into the log.
UNREADABLE = (HttpProcessingError, BadContentDispositionHeader, BadContentDispositionParam)
warnings.filterwarnings("ignore", category=BadContentDispositionHeader)
warnings.filterwarnings("ignore", category=BadContentDispositionParam)
MAX_FIELDS = 20
MAX_PART_HEADERS = 20
# Of a whole form, beside what stands in its parts.
MAX_LINES = 2000
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a send, stored."""

    sha256: str
    attachment: dict[str, Any]  # as the message will show it
    head: bytes = b""


@dataclass(slots=True)
class Form:
    """What a multipart send brought."""

    fields: dict[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)


class FormReader:
    """Reads one form; the caller has seen to it that its sender may write there at all."""

    def __init__(self, storage: Storage, database: Database, limits: Media) -> None:
        self._storage = storage
        self._database = database
        self._limits = limits
        self._form = Form()
        self._voice_files: set[int] = set()

    async def read(self, request: web.Request) -> Form:
        """Raises ConfabError malformed, too_large or invalid; what was stored until then is an orphan."""
        try:
            async for part in _parts_of(request):
                if not isinstance(part, BodyPartReader) or part.name is None:
                    raise ConfabError("malformed", "A part of the form has no name.")
                await self._read_part(part)
        except (ValueError, LookupError, EOFError, AssertionError, *UNREADABLE) as error:
            raise ConfabError("malformed", "The form could not be read.") from error
        self._mark_voices()
        self._add_shapes()
        return self._form

    async def _read_part(self, part: BodyPartReader) -> None:
        name = part.name or ""
        if part.filename is None:
            if name in self._form.fields or len(self._form.fields) >= MAX_FIELDS:
                raise invalid(name[:50], "Is given twice.")
            self._form.fields[name] = await _read_text(part, name)
            return
        if name not in FILE_FIELDS:
            raise invalid(name[:50], "Is no file field: send files as attachments.")
        if len(self._form.uploads) >= self._limits.max_upload_files:
            raise invalid("attachments", f"At most {self._limits.max_upload_files} files in one send.")
        if name == "voice_message":
            self._voice_files.add(len(self._form.uploads))
        self._form.uploads.append(await self._read_file(part))

    async def _read_file(self, part: BodyPartReader) -> Upload:
        file_name = safe_file_name(_told_name(part))
        try:
            async with self._storage.receive(self._limits.max_upload_bytes) as incoming:
                while chunk := await part.read_chunk(CHUNK_BYTES):
                    await incoming.write(chunk)
                if not incoming.size:
                    raise invalid("attachments", f"{file_name} is empty.")
        except TooLarge as error:
            most = self._limits.max_upload_bytes
            raise ConfabError("too_large", f"{file_name} is larger than {most} bytes.") from error
        return await self._keep(incoming, file_name, part.headers.get("Content-Type"))

    async def _keep(self, incoming: Incoming, file_name: str, declared: str | None) -> Upload:
        kept = incoming.seal()
        mimetype = declared_type(sniff(kept.head), declared)
        await self._database.write(touch_blob, kept.sha256, kept.size, mimetype)
        await self._storage.keep(incoming)
        return Upload(kept.sha256, _attachment(kept, mimetype, file_name), kept.head)

    def _mark_voices(self) -> None:
        """`voice_message` as a file names one, as a word it speaks of all; only Ogg with Opus can be a voice note."""
        word = self._form.fields.pop("voice_message", "").lower()
        if word not in TRUE_WORDS + FALSE_WORDS:
            raise invalid("voice_message", "Must be true, false or a file.")
        for number, upload in enumerate(self._form.uploads):
            if word not in TRUE_WORDS and number not in self._voice_files:
                upload.attachment["voice_note"] = False

    def _add_shapes(self) -> None:
        """How large and how long, so that a bubble has its room before its file is there."""
        uploads, told = self._form.uploads, self._form.fields.pop("media_info", None)
        try:
            claims = [MediaInfo()] * len(uploads) if told is None else read_declared(told, len(uploads))
        except DeclaredError as error:
            raise invalid("media_info", str(error)) from error
        for upload, claim in zip(uploads, claims, strict=True):
            upload.attachment.update(media_info_of(upload.attachment["type"], upload.head, claim)._asdict())


class _Lines:
    """The body of a form. Boundaries and heads of parts are read by line, and there are few of them: millions of lines
    before the first boundary would be read while nobody else is served.
    """

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left = MAX_LINES

    async def readline(self, *arguments: Any, **options: Any) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many lines")
        return await self._content.readline(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


def _parts_of(request: web.Request) -> MultipartReader:
    return MultipartReader(
        request.headers, cast(StreamReader, _Lines(request.content)), max_headers=MAX_PART_HEADERS
    )


def _attachment(kept: StoredBlob, mimetype: str, file_name: str) -> dict[str, Any]:
    return {
        "id": uuid4().hex,
        "type": attachment_type(mimetype),
        "file_name": file_name,
        "mimetype": mimetype,
        "file_size": kept.size,
        "state": "stored",
        "error": None,
        "voice_note": is_voice(kept.head),
        "sticker": False,
        "duration": None,
        "width": None,
        "height": None,
    }


def _told_name(part: BodyPartReader) -> str | None:
    """The name a file has on its user's disk: browsers escape three characters in forms, and nothing else."""
    if part.filename is None or "filename*" in part.headers.get("Content-Disposition", "").lower():
        return part.filename
    return part.filename.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")


async def _read_text(part: BodyPartReader, name: str) -> str:
    data = b""
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk
        if len(data) > MAX_FIELD_BYTES:
            raise ConfabError("too_large", f"The field {name[:50]} is too large.")
    return data.decode()


def invalid(name: str, sentence: str) -> ConfabError:
    return ConfabError("invalid", fields={name: [sentence]})

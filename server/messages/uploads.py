"""Reads a multipart send: small fields as text, files streamed into the storage, all within limits."""

import warnings
from dataclasses import dataclass, field
from typing import TypedDict, cast
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
from server.said.said import said
from server.store.db.database import Database
from server.store.messages.attachments import touch_blob

FILE_FIELDS = ("attachments", "attachments[]", "voice_message")
TRUE_VALUES, FALSE_VALUES = ("true", "1"), ("false", "0", "")
# The longest message text in UTF-8.
MAX_FIELD_BYTES = 4 * 65_536
# What aiohttp raises for the headers of a part. Its warnings would write untrusted input to the log.
UNREADABLE = (HttpProcessingError, BadContentDispositionHeader, BadContentDispositionParam)
warnings.filterwarnings("ignore", category=BadContentDispositionHeader)
warnings.filterwarnings("ignore", category=BadContentDispositionParam)
MAX_FIELDS = 20
MAX_PART_HEADERS = 20
# Lines of a form outside the bodies of its parts.
MAX_LINES = 2000
CHUNK_BYTES = 64 * 1024


class StoredAttachment(TypedDict):
    """An attachment of a message, as the API shows it."""

    id: str
    type: str
    file_name: str
    mimetype: str
    file_size: int
    state: str
    error: str | None
    voice_note: bool
    sticker: bool
    duration: int | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a send, stored under its hash; `head` is its first bytes."""

    sha256: str
    attachment: StoredAttachment
    head: bytes = b""


@dataclass(slots=True)
class Form:
    """The fields and files of a multipart send."""

    fields: dict[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)


class FormReader:
    """Reads one form. The caller has checked that its sender may write to the chat."""

    def __init__(self, storage: Storage, database: Database, limits: Media) -> None:
        self._storage = storage
        self._database = database
        self._limits = limits
        self._form = Form()
        self._voice_files: set[int] = set()

    async def read(self, request: web.Request) -> Form:
        """Raises ConfabError malformed, too_large or invalid; files stored by then are orphans, which a job deletes."""
        try:
            async for part in _parts_of(request):
                if not isinstance(part, BodyPartReader) or part.name is None:
                    raise ConfabError("malformed", "A part of the form has no name.")
                await self._read_part(part)
        except (ValueError, LookupError, EOFError, AssertionError, *UNREADABLE) as error:
            raise ConfabError("malformed", said("form_unreadable")) from error
        self._set_voice_notes()
        self._set_media_info()
        return self._form

    async def _read_part(self, part: BodyPartReader) -> None:
        name = part.name or ""
        if part.filename is None:
            if name in self._form.fields or len(self._form.fields) >= MAX_FIELDS:
                raise invalid(name[:50], "Must be given at most once.")
            self._form.fields[name] = await _read_text(part, name)
            return
        if name not in FILE_FIELDS:
            raise invalid(name[:50], "Not a file field: send files as attachments.")
        if len(self._form.uploads) >= self._limits.max_upload_files:
            raise invalid("attachments", said("upload_many", most=self._limits.max_upload_files))
        if name == "voice_message":
            self._voice_files.add(len(self._form.uploads))
        self._form.uploads.append(await self._read_file(part))

    async def _read_file(self, part: BodyPartReader) -> Upload:
        file_name = safe_file_name(_client_file_name(part))
        try:
            async with self._storage.receive(self._limits.max_upload_bytes) as incoming:
                while chunk := await part.read_chunk(CHUNK_BYTES):
                    await incoming.write(chunk)
                if not incoming.size:
                    raise invalid("attachments", said("upload_empty", file=file_name))
        except TooLarge as error:
            limit = self._limits.max_upload_bytes
            raise ConfabError("too_large", said("upload_large", file=file_name, most=limit)) from error
        return await self._store_file(incoming, file_name, part.headers.get("Content-Type"))

    async def _store_file(self, incoming: Incoming, file_name: str, declared: str | None) -> Upload:
        blob = incoming.finish()
        mimetype = declared_type(sniff(blob.head), declared)
        # The row first: it keeps the job that deletes orphans from removing the file for a day.
        await self._database.write(touch_blob, blob.sha256, blob.size, mimetype)
        await self._storage.commit(incoming)
        return Upload(blob.sha256, _attachment(blob, mimetype, file_name), blob.head)

    def _set_voice_notes(self) -> None:
        """`voice_message` as a file is a voice note; as `true` it makes every Ogg/Opus file one."""
        value = self._form.fields.pop("voice_message", "").lower()
        if value not in TRUE_VALUES + FALSE_VALUES:
            raise invalid("voice_message", "Must be true, false or a file.")
        for index, upload in enumerate(self._form.uploads):
            if value not in TRUE_VALUES and index not in self._voice_files:
                upload.attachment["voice_note"] = False

    def _set_media_info(self) -> None:
        """Width, height and duration, so that clients can lay out a bubble before its file is loaded."""
        uploads, given = self._form.uploads, self._form.fields.pop("media_info", None)
        try:
            declared = [MediaInfo()] * len(uploads) if given is None else read_declared(given, len(uploads))
        except DeclaredError as error:
            raise invalid("media_info", str(error)) from error
        for upload, info in zip(uploads, declared, strict=True):
            attachment = upload.attachment
            found = media_info_of(attachment["type"], upload.head, info)
            attachment["width"], attachment["height"] = found.width, found.height
            attachment["duration"] = found.duration


class _LimitedLines:
    """The body of a form with a limit on its lines. Boundaries and part headers are read by line: millions of lines
    before the first boundary would block the event loop.
    """

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left = MAX_LINES

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many lines")
        return await self._content.readline(max_line_length=max_line_length)

    def __getattr__(self, name: str) -> object:
        attribute: object = getattr(self._content, name)
        return attribute


def _parts_of(request: web.Request) -> MultipartReader:
    return MultipartReader(
        request.headers, cast(StreamReader, _LimitedLines(request.content)), max_headers=MAX_PART_HEADERS
    )


def _attachment(blob: StoredBlob, mimetype: str, file_name: str) -> StoredAttachment:
    return {
        "id": uuid4().hex,
        "type": attachment_type(mimetype),
        "file_name": file_name,
        "mimetype": mimetype,
        "file_size": blob.size,
        "state": "stored",
        "error": None,
        "voice_note": is_voice(blob.head),
        "sticker": False,
        "duration": None,
        "width": None,
        "height": None,
    }


def _client_file_name(part: BodyPartReader) -> str | None:
    """The file's name at the client, unescaped: browsers escape three characters in forms, and nothing else."""
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

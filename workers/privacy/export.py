"""Writes requested exports: each is streamed as a ZIP into the media storage."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import orjson
import structlog

from server.errors import Unavailable
from server.media.csv import csv_head, csv_rows
from server.media.storage import Incoming, Missing, TooLarge
from server.store.messages import attachments
from server.store.messages.message_rows import ListedMessage, MessageAuthor
from server.store.privacy import export_rows, exports
from server.store.privacy.export_rows import Scope
from server.store.privacy.exports import ExportFile, LeasedExport
from workers.context import Parts
from workers.leases import LEASE_SECONDS, renewed_lease
from workers.privacy.zip_stream import ZipStream

log = structlog.get_logger()

# S3 accepts 10,000 parts of 5 MiB.
MAX_EXPORT_BYTES = 48 * 1024**3
MAX_TRIES = 5
ZIP_TYPE = "application/zip"
CONTACT_COLUMNS = ("id", "name", "own_name", "username", "phone", "provider_id", "created_at")
MESSAGE_COLUMNS = (
    "id",
    "chat_id",
    "sent_at",
    "direction",
    "sender",
    "author",
    "status",
    "body",
    "attachments",
    "deleted_at",
)
README = """Export of {what} from Confab, {moment}

contacts.jsonl   contacts, one JSON object per line, as in the REST API
chats.jsonl      chats
conversations.jsonl, activities.jsonl  when each was opened, answered and closed; what users did with the chats
labels.jsonl     the shared labels of contacts and chats, by the ids in "labels"
fields.jsonl     the fields of contacts, by the ids in "fields"
drafts.jsonl     what users are writing in the chats and have not sent
planned.jsonl    messages that were planned for a time
hours.jsonl      of an account: its office hours, and its welcome and away texts
new_chats.jsonl  chats that were begun in the last 30 days, and whether the phone number is on WhatsApp
rule_runs.jsonl  which rules ran in the chats, and what they did
surveys.jsonl    when contacts were asked to rate a conversation, and their scores
report_facts.jsonl  what reports count: when conversations were opened, answered and closed, and how long that took
report_promises.jsonl  what targets promised in each conversation, since when
report_days.jsonl   how many messages each chat got and sent on each day, as reports count them
messages.jsonl   messages, chat after chat, oldest first
notes.jsonl      internal notes of the organisation about the chats, which were never sent ("is_internal")
reactions.jsonl  reactions to messages
attempts.jsonl   when messages were sent to WhatsApp, with the result
contacts.csv, messages.csv  the same for spreadsheets. A text that a spreadsheet would evaluate begins with a '.
                 Import the phone column as text to keep its +.
media.jsonl      the files of the messages with their SHA-256; "path" is the file's path in this archive, or null
                 {media}

Each file has the rows as they were while it was written. Times are in UTC.
"""


async def write_exports(parts: Parts) -> None:
    """Write all requested exports, one after another; delete expired ones."""
    await parts.database.write(exports.delete_expired)
    while (export := await parts.database.write(exports.lease_export, LEASE_SECONDS)) is not None:
        async with renewed_lease(parts, export.id, exports.renew_export):
            await _write(parts, export)


async def _write(parts: Parts, export: LeasedExport) -> None:
    """After a transient failure the lease expires and another worker tries again, at most MAX_TRIES times."""
    days = parts.config.media.keep_exports_days
    try:
        file = await ExportWriter(parts, export).write()
    except (Unavailable, TooLarge, Missing) as error:
        log.warning("export_failed", export_id=export.id, error=type(error).__name__)
        if isinstance(error, Unavailable) and export.tries < MAX_TRIES:
            raise
        await parts.database.write(exports.finish_export, export.id, None, days)
        return
    is_wanted = await parts.database.write(exports.finish_export, export.id, file, days)
    log.info("export_written", export_id=export.id, size=file.size, is_wanted=is_wanted)


class ExportWriter:
    """Writes one export into the storage."""

    def __init__(self, parts: Parts, export: LeasedExport) -> None:
        self._parts = parts
        self._export = export
        self._read = parts.database.read
        self._scope: Scope

    async def write(self) -> ExportFile:
        self._scope = await self._read(
            export_rows.fetch_scope, self._export.account_id, self._export.contact_id
        )
        async with self._parts.storage.receive(MAX_EXPORT_BYTES) as incoming:
            await self._fill(incoming)
        made = incoming.finish()
        await self._parts.database.write(attachments.touch_blob, made.sha256, made.size, ZIP_TYPE)
        await self._parts.storage.commit(incoming)
        return ExportFile(made.sha256, made.size)

    async def _fill(self, incoming: Incoming) -> None:
        archive = ZipStream(incoming)
        await archive.add("README.txt", self._readme())
        for name in export_rows.PAGES:
            await self._add_rows(archive, name)
        await archive.add("contacts.csv", self._contact_table())
        await archive.add("labels.jsonl", self._labels())
        await archive.add("hours.jsonl", self._answering())
        await archive.add("fields.jsonl", self._fields())
        await archive.add("messages.jsonl", self._messages())
        await archive.add("messages.csv", self._message_table())
        await archive.add("reactions.jsonl", self._reactions())
        await archive.add("attempts.jsonl", self._attempts())
        await archive.add("media.jsonl", self._manifest())
        if self._export.with_media:
            await self._add_media(archive)
        await archive.close()

    async def _readme(self) -> AsyncIterator[bytes]:
        what = "an account" if self._export.contact_id is None else "one contact"
        stored = (
            "the files themselves are in media/" if self._export.with_media else "the files are not in here"
        )
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        yield README.format(what=what, moment=moment, media=stored).encode()

    async def _add_rows(self, archive: ZipStream, name: str) -> None:
        pages = export_rows.pages(self._read, self._scope, name)
        await archive.add(f"{name}.jsonl", (_joined(page) async for page in pages))

    async def _contact_table(self) -> AsyncIterator[bytes]:
        yield csv_head(CONTACT_COLUMNS)
        async for page in export_rows.pages(self._read, self._scope, "contacts"):
            rows = [orjson.loads(text) for text in page]
            yield csv_rows([row[column] for column in CONTACT_COLUMNS] for row in rows)

    async def _labels(self) -> AsyncIterator[bytes]:
        yield _joined(await self._read(export_rows.list_labels, self._scope))

    async def _answering(self) -> AsyncIterator[bytes]:
        yield _joined(await self._read(export_rows.list_answering, self._scope))

    async def _fields(self) -> AsyncIterator[bytes]:
        yield _joined(await self._read(export_rows.list_fields, self._scope))

    async def _messages(self) -> AsyncIterator[bytes]:
        count = 0
        async for page in export_rows.messages(self._read, self._scope):
            yield _joined(page.values())
            count += len(page)
            await self._parts.database.write(exports.note_written, self._export.id, count)

    async def _message_table(self) -> AsyncIterator[bytes]:
        yield csv_head(MESSAGE_COLUMNS)
        async for page in export_rows.messages(self._read, self._scope):
            yield csv_rows(_message_cells(orjson.loads(text)) for text in page.values())

    async def _reactions(self) -> AsyncIterator[bytes]:
        names = self._scope.names
        async for page in export_rows.messages(self._read, self._scope, in_groups="reacted"):
            rows = [
                orjson.dumps({"message_id": message_id, **reaction}).decode()
                for message_id, text in page.items()
                for message in [orjson.loads(text)]
                for reaction in message["reactions"]
                if names is None
                or message["chat_id"] in (self._scope.chat_ids or ())
                or reaction["sender"]["provider_id"] in names
            ]
            yield _joined(rows)

    async def _attempts(self) -> AsyncIterator[bytes]:
        async for page in export_rows.messages(self._read, self._scope):
            yield _joined(await self._read(export_rows.list_attempts, list(page)))

    async def _files(self) -> AsyncIterator[list[export_rows.ExportedFile]]:
        async for page in export_rows.messages(self._read, self._scope):
            yield await self._read(export_rows.list_files, list(page))

    async def _manifest(self) -> AsyncIterator[bytes]:
        async for files in self._files():
            path = _media_path if self._export.with_media else _no_path
            yield _joined(orjson.dumps({**file._asdict(), "path": path(file)}).decode() for file in files)

    async def _add_media(self, archive: ZipStream) -> None:
        """Add each file once, however many messages have it; a lost file is only in the manifest."""
        seen: set[str] = set()
        async for files in self._files():
            for file in files:
                if file.sha256 in seen:
                    continue
                seen.add(file.sha256)
                try:
                    chunks = await self._parts.storage.read(file.sha256, 0, file.size)
                except Missing:
                    log.warning("export_without_file", export_id=self._export.id)
                    continue
                await archive.add(_media_path(file), chunks, is_packed=True)


def _message_cells(message: ListedMessage) -> list[object]:
    sender = message["sender"]
    shown: dict[str, object] = {
        **message,
        "sender": sender and (sender["name"] or sender["phone"] or sender["provider_id"]),
        "author": _author_text(message["author"]),
        "attachments": len(message["attachments"]),
    }
    return [shown[column] for column in MESSAGE_COLUMNS]


def _author_text(author: MessageAuthor | None) -> str | None:
    """The author's name, or their kind where they have none, as the phone."""
    return str(author["name"] or author["kind"]) if author else None


def _media_path(file: export_rows.ExportedFile) -> str:
    return f"media/{file.sha256}"


def _no_path(_: export_rows.ExportedFile) -> None:
    return None


def _joined(rows: Iterable[str]) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()

"""Stores the world in one SQLite file, with write-behind batches on a thread of its own."""

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from sandbox.store.entities import (
    Account,
    Chat,
    Contact,
    Delivery,
    Entity,
    HostedLink,
    Json,
    Message,
    Snapshot,
    Webhook,
)

log = logging.getLogger("sandbox")

KINDS: dict[str, type[Entity]] = {
    kind.__name__: kind for kind in (Account, Contact, Chat, Message, Webhook, Delivery, HostedLink, Snapshot)
}

SCHEMA = """
create table if not exists entities (kind text, id text, body text not null, primary key (kind, id));
create table if not exists blobs (id text primary key, body blob not null);
"""

SAVE = "insert or replace into entities (kind, id, body) values (?, ?, ?)"
DROP = "delete from entities where kind = ? and id = ?"

# Field names in files written by earlier versions.
FORMER_FIELDS = {"held": "delayed_events"}

T = TypeVar("T")


def _encode(entity: Entity) -> str:
    # ASCII escapes preserve lone surrogates, which SQLite rejects when unescaped.
    return json.dumps({item.name: getattr(entity, item.name) for item in fields(entity)})


def _decode(kind: str, body: str) -> Entity:
    cls = KINDS[kind]
    known = {item.name for item in fields(cls)}
    stored = {FORMER_FIELDS.get(name, name): value for name, value in json.loads(body).items()}
    return cls(**{name: value for name, value in stored.items() if name in known})


class Archive:
    """Collects changed entities and saves them at short intervals, and on close."""

    def __init__(self, folder: Path | None, save_seconds: float) -> None:
        self._path = str(folder / "sandbox.sqlite3") if folder else ":memory:"
        self._save_seconds = save_seconds
        self._changed: dict[tuple[str, str], Entity | None] = {}
        self._wanted = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "sandbox-archive")
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> list[Entity]:
        """Open the file, start the save loop and return all stored entities."""
        self._connection = await self._run(self._connect)
        rows = await self._run(
            lambda: self._connection.execute("select kind, id, body from entities").fetchall()
        )
        self._task = asyncio.create_task(self._save_loop())
        return [_decode(kind, body) for kind, _, body in rows if kind in KINDS]

    async def close(self) -> None:
        """Save pending changes and close the file."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            await self.save_changes()
            await self._run(self._connection.close)
        self._thread.shutdown()

    def save(self, entity: Entity) -> None:
        """Mark a new or changed entity to be saved."""
        self._changed[type(entity).__name__, entity.id] = entity
        self._wanted.set()

    def drop(self, entity: Entity) -> None:
        """Mark an entity to be deleted."""
        self._changed[type(entity).__name__, entity.id] = None
        self._wanted.set()

    async def clear(self) -> None:
        """Delete everything, including changes not saved yet."""
        self._changed.clear()
        await self._run(lambda: self._write([], [], "delete from entities; delete from blobs;"))

    async def store_blob(self, blob_id: str, body: bytes) -> None:
        """Store the bytes of an attachment; they are committed when this returns."""

        def write() -> None:
            with self._connection as connection:
                connection.execute("insert or replace into blobs (id, body) values (?, ?)", (blob_id, body))

        await self._run(write)

    async def fetch_blob(self, blob_id: str) -> bytes | None:
        """Return the bytes of an attachment, or None."""
        row = await self._run(
            lambda: self._connection.execute("select body from blobs where id = ?", (blob_id,)).fetchone()
        )
        return None if row is None else bytes(row[0])

    async def save_changes(self) -> None:
        """Write all changes since the last save in one transaction."""
        changed, self._changed = self._changed, {}
        saved = [
            (kind, id_, _encode(entity)) for (kind, id_), entity in changed.items() if entity is not None
        ]
        deleted = [key for key, entity in changed.items() if entity is None]
        try:
            if changed:
                await self._run(lambda: self._write(saved, deleted))
        except sqlite3.Error:
            # For example a full disk: the failed changes are retried with the next save.
            log.exception("the sandbox could not save its data")
            self._changed = changed | self._changed

    async def _save_loop(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(self._save_seconds)
            self._wanted.clear()
            # Shielded, so that shutdown does not interrupt a save in progress.
            await asyncio.shield(self.save_changes())

    def _connect(self) -> sqlite3.Connection:
        if self._path != ":memory:":
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, check_same_thread=False)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.executescript(SCHEMA)
        return connection

    def _write(
        self, saved: list[tuple[str, str, str]], deleted: list[tuple[str, str]], script: str = ""
    ) -> None:
        with self._connection as connection:
            if script:
                connection.executescript(script)
            connection.executemany(SAVE, saved)
            connection.executemany(DROP, deleted)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def attachment_ids(attachments: list[Json]) -> list[str]:
    """List the ids of a message's blobs."""
    return [attachment["id"] for attachment in attachments]

"""The manifest of a backup: what it consists of, of which moment, and what it takes to read it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from server.backups.folder import MANIFEST, BackupFolder
from server.backups.parts import Part
from server.errors import ConfabError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table: its rows, in the order of these columns."""

    name: str
    columns: list[str]
    rows: int
    part: Part


@dataclass(frozen=True, slots=True)
class MediaPart:
    """The list of media files, and how many and how large they are; `absent`: the storage had lost or just deleted
    them.
    """

    files: int
    bytes: int
    absent: int
    part: Part


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole backup."""

    format: int
    name: str
    installation: str
    version: str
    migration: str
    server_version: str
    at: str
    tables: list[TablePart]
    sequences: dict[str, int]
    media: MediaPart
    settings: dict[str, str]
    secrets: Part | None

    @property
    def bytes(self) -> int:
        """The size of its tables and files."""
        return self.media.bytes + self.media.part.size + sum(table.part.size for table in self.tables)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def store_manifest(folder: BackupFolder, manifest: Manifest) -> None:
    """Store the manifest, with its own hash: from now on this is a backup."""
    body = orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)
    whole = {"sha256": sha256(body).hexdigest(), "manifest": body.decode()}
    folder.put(f"{manifest.name}/{MANIFEST}", orjson.dumps(whole))


def load_manifest(folder: BackupFolder, name: str) -> Manifest:
    """The manifest of this backup; raises ConfabError("conflict") for half a backup, and for a damaged or newer
    manifest.
    """
    try:
        data = folder.read(f"{name}/{MANIFEST}")
    except FileNotFoundError as error:
        raise ConfabError(
            "conflict",
            f"The backup {name} was interrupted and is not whole: choose another one with --backup.",
        ) from error
    try:
        whole = orjson.loads(data)
        body = whole["manifest"].encode()
        found: Mapping[str, Any] = orjson.loads(body)
        if sha256(body).hexdigest() != whole["sha256"]:
            raise ValueError(name)
        if found["format"] > FORMAT:
            raise ConfabError(
                "conflict", f"The backup {name} was made by a newer version of Confab: use that one."
            )
        return _parsed(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfabError(
            "conflict", f"The manifest of the backup {name} is damaged: choose another one with --backup."
        ) from error


def _parsed(found: Mapping[str, Any]) -> Manifest:
    tables = [TablePart(**{**table, "part": Part(**table["part"])}) for table in found["tables"]]
    media = MediaPart(**{**found["media"], "part": Part(**found["media"]["part"])})
    secrets = Part(**found["secrets"]) if found["secrets"] else None
    return Manifest(**{**found, "tables": tables, "media": media, "secrets": secrets})


def list_whole(folder: BackupFolder) -> list[Manifest]:
    """The manifests of all whole backups that this version can read, oldest first."""
    found = []
    for name in folder.list_names():
        try:
            found.append(load_manifest(folder, name))
        except ConfabError as error:
            if error.code != "conflict":
                raise
    return found


def choose_backup(folder: BackupFolder, name: str | None) -> str:
    """The backup with this name, or the newest whole one; raises ConfabError("not_found") with the names there are."""
    names = folder.list_names()
    if name is not None:
        if name in names:
            return name
        there = ", ".join(names[-5:]) or "none"
        raise ConfabError("not_found", f"There is no backup {name} in {folder.location}; there is: {there}.")
    for each in reversed(names):
        if _has_manifest(folder, each):
            return each
    raise ConfabError("not_found", f"There is no whole backup in {folder.location}.")


def _has_manifest(folder: BackupFolder, name: str) -> bool:
    try:
        folder.read(f"{name}/{MANIFEST}")
    except FileNotFoundError:
        return False
    return True

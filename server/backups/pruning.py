"""Retention: deletes whole older backups of this installation, what was interrupted, and files that none refers to."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge

from server.backups.folder import MANIFEST, MEDIA, BackupFolder, media_path
from server.backups.manifest import Manifest, list_whole
from server.backups.media_copies import MediaFile, parse_files
from server.backups.parts import PartReader

# Another installation may be writing to the same folder: what is younger than this may belong to its next backup.
UNFINISHED = timedelta(days=1)
FOLDERS = [f"{first:02x}" for first in range(256)]


def prune(folder: BackupFolder, installation: str, keep_last: int) -> list[str]:
    """Delete all whole backups of this installation but the newest `keep_last`; returns their names."""
    whole = list_whole(folder)
    own = [manifest for manifest in whole if manifest.installation == installation]
    old = own[:-keep_last]
    for manifest in old:
        _delete_backup(folder, manifest.name)
    _delete_interrupted(folder)
    if old:
        _delete_unused(folder, [manifest for manifest in whole if manifest not in old])
    return [manifest.name for manifest in old]


def delete_parts(folder: BackupFolder, name: str) -> None:
    """Delete what an interrupted backup has written."""
    folder.delete([path for path, _ in folder.list_paths(name)])


def _delete_backup(folder: BackupFolder, name: str) -> None:
    """The manifest first: what is left of a backup whose deletion was interrupted is none."""
    folder.delete([f"{name}/{MANIFEST}"])
    delete_parts(folder, name)


def _delete_interrupted(folder: BackupFolder) -> None:
    before = datetime.now(UTC) - UNFINISHED
    for name in folder.list_names():
        found = folder.list_paths(name)
        has_manifest = any(path == f"{name}/{MANIFEST}" for path, _ in found)
        if not has_manifest and all(written_at < before for _, written_at in found):
            folder.delete([path for path, _ in found])


def _delete_unused(folder: BackupFolder, left: Sequence[Manifest]) -> None:
    """Delete files that no backup refers to. All lists are sorted, so that no more than one folder is in memory."""
    before = datetime.now(UTC) - UNFINISHED
    used = merge(*(_names(folder, manifest) for manifest in left))
    following = next(used, None)
    for prefix in FOLDERS:
        known = set()
        while following is not None and following <= f"{prefix}g":
            known.add(following)
            following = next(used, None)
        stored = folder.list_files(f"{MEDIA}/{prefix}")
        unused = [name for name, entry in stored.items() if name not in known and entry.written_at < before]
        folder.delete([media_path(name) for name in unused])


def _names(folder: BackupFolder, manifest: Manifest) -> Iterator[str]:
    return (file.sha256 for file in media_of(folder, manifest))


def media_of(folder: BackupFolder, manifest: Manifest) -> Iterator[MediaFile]:
    """The media files of a backup, in the order of their hashes."""
    return parse_files(PartReader(folder, manifest.name, manifest.media.part).lines())

"""Parses where backups are stored: a folder, `file:///folder` or `s3://bucket/prefix`."""

from pathlib import Path

from server.config.urls.storage_url import LocalFolder, S3Bucket, StorageUrlError, read_storage_url

WANTED = "must be a folder, file:///folder or s3://bucket/prefix"


def read_backup_url(text: str) -> LocalFolder | S3Bucket:
    """The location; raises StorageUrlError, whose message continues a sentence. Credentials come from the environment
    (AWS_…).
    """
    if not text.strip():
        raise StorageUrlError(WANTED)
    if "://" not in text:
        return LocalFolder(Path(text).expanduser().absolute())
    return read_storage_url(text, Path())

"""Parses the URL of the media storage, without any storage library or network."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

S3_OPTIONS = ("endpoint", "region")


class StorageUrlError(ValueError):
    """The URL is invalid; the message continues a sentence that begins with the key."""


class LocalFolder(NamedTuple):
    """A folder on a disk."""

    folder: Path


class S3Bucket(NamedTuple):
    """A bucket of an S3-compatible service."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None


def read_storage_url(url: str, data_dir: Path) -> LocalFolder | S3Bucket:
    """`s3://bucket/prefix?endpoint=…&region=…`, `file:///folder`, or, if empty, the folder `media` in the data folder.
    It holds no credentials; those come from the environment (AWS_…).
    """
    if not url:
        return LocalFolder(data_dir / "media")
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise StorageUrlError("is not a valid URL: write file:///folder or s3://bucket/prefix") from error
    if parts.scheme == "file":
        if parts.netloc or options or parts.path in ("", "/"):
            raise StorageUrlError("must name a folder: file:///var/lib/confab/media")
        return LocalFolder(Path(parts.path))
    if parts.scheme != "s3" or not parts.netloc:
        raise StorageUrlError("must be empty, file:///folder or s3://bucket/prefix")
    endpoint = options.get("endpoint")
    if "@" in parts.netloc or not set(options) <= set(S3_OPTIONS):
        raise StorageUrlError(
            "may have only the options endpoint and region: set credentials as AWS_… in the environment"
        )
    if endpoint is not None and urlsplit(endpoint).scheme not in ("http", "https"):
        raise StorageUrlError("must have an endpoint that begins with https:// or http://")
    return S3Bucket(parts.netloc, parts.path.strip("/"), endpoint, options.get("region"))

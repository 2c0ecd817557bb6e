"""Reads the one URL that says where media are kept; knows no library and no network."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

S3_OPTIONS = ("endpoint", "region")


class StorageUrlError(ValueError):
    """The URL names no store we speak; the message goes on after the key's name."""


class LocalFolder(NamedTuple):
    folder: Path


class S3Bucket(NamedTuple):
    bucket: str
    prefix: str
    endpoint: str | None
    region: str | None


def read_storage_url(url: str, data_dir: Path) -> LocalFolder | S3Bucket:
    """`s3://bucket/prefix?endpoint=…&region=…`, `file:///folder`, or, empty, the folder `media` under the data
    directory. Credentials have no place in it: they come from the environment (AWS_…).
    """
    if not url:
        return LocalFolder(data_dir / "media")
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise StorageUrlError("cannot be read") from error
    if parts.scheme == "file":
        if parts.netloc or options or parts.path in ("", "/"):
            raise StorageUrlError("must name a folder: file:///var/lib/confab/media")
        return LocalFolder(Path(parts.path))
    if parts.scheme != "s3" or not parts.netloc:
        raise StorageUrlError("must be empty, file:///folder or s3://bucket/prefix")
    endpoint = options.get("endpoint")
    if "@" in parts.netloc or not set(options) <= set(S3_OPTIONS):
        raise StorageUrlError(
            "takes endpoint and region behind the prefix; credentials come from AWS_… alone"
        )
    if endpoint is not None and urlsplit(endpoint).scheme not in ("http", "https"):
        raise StorageUrlError("must have an endpoint that begins with https:// or http://")
    return S3Bucket(parts.netloc, parts.path.strip("/"), endpoint, options.get("region"))

"""The media storage on a disk and in a bucket: URLs, storing, reading, deleting."""

import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.config.urls.storage_url import LocalFolder, S3Bucket, StorageUrlError, read_storage_url
from server.errors import Unavailable
from server.media.storage import Missing, Storage, TooLarge, open_storage
from tests.support.bucket import Bucket
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port

SHA = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of b"abc"


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture(params=["disk", "s3"])
async def storage(
    request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Storage]:
    if request.param == "disk":
        yield open_storage("", tmp_path)
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    async with serving(bucket.app(), free_port()) as url:
        yield open_storage(f"s3://inbox/media?endpoint={url}&region=sa-east-1", tmp_path)


async def store(storage: Storage, data: bytes, limit: int = 1000) -> str:
    async with storage.receive(limit) as incoming:
        await incoming.write(data)
    await storage.commit(incoming)
    return incoming.finish().sha256


async def read(storage: Storage, sha256: str, begin: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await storage.read(sha256, begin, end)])


async def test_stored_files_are_read_whole_and_in_ranges(storage: Storage) -> None:
    assert await store(storage, b"abc") == SHA
    assert await store(storage, b"abc") == SHA
    assert await storage.has(SHA)
    assert await read(storage, SHA, 0, 3) == b"abc"
    assert await read(storage, SHA, 1, 2) == b"b"
    assert await read(storage, SHA, 3, 3) == b""
    await storage.delete(SHA)
    await storage.delete(SHA)
    assert not await storage.has(SHA)
    with pytest.raises(Missing):
        await storage.read(SHA, 0, 3)


async def test_a_bucket_stores_hashes_only_and_requests_are_signed(storage: Storage, bucket: Bucket) -> None:
    await store(storage, b"abc")
    if bucket.signed:
        assert list(bucket.objects) == [f"inbox/media/{SHA[:2]}/{SHA}"]
        assert all("AWS4-HMAC-SHA256 Credential=key-of-a-test/" in header for header in bucket.signed)
        assert not any("secret-of-a-test" in header for header in bucket.signed)


async def test_a_failed_upload_leaves_nothing(tmp_path: Path) -> None:
    storage = open_storage("", tmp_path)
    with pytest.raises(TooLarge):
        await store(storage, b"x" * 1001)
    with pytest.raises(ConnectionResetError):
        async with storage.receive(1000) as incoming:
            await incoming.write(b"x" * 10)
            raise ConnectionResetError
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


async def test_fragments_of_a_killed_process_are_dropped_after_their_time(tmp_path: Path) -> None:
    storage = open_storage("", tmp_path)
    incoming = tmp_path / "media" / "incoming"
    incoming.mkdir(parents=True)
    for name in ("old#1", "young"):
        (incoming / name).write_bytes(b"x")
    os.utime(incoming / "old#1", (time.time() - 7200, time.time() - 7200))
    assert await storage.drop_stale(timedelta(hours=1)) == 1
    assert [path.name for path in incoming.iterdir()] == ["young"]


async def test_an_unresponsive_storage_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    storage = open_storage(f"s3://inbox?endpoint=http://127.0.0.1:{free_port()}", tmp_path)
    with pytest.raises(Unavailable):
        await storage.has(SHA)


async def test_a_missing_bucket_is_unavailable_not_a_missing_file(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    async with serving(bucket.app(), free_port()) as url:
        storage = open_storage(f"s3://elsewhere?endpoint={url}&region=sa-east-1", tmp_path)
        with pytest.raises(Unavailable, match="FileNotFoundError"):
            await store(storage, b"abc")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("", LocalFolder(Path("/data/media"))),
        ("file:///srv/media", LocalFolder(Path("/srv/media"))),
        ("s3://inbox", S3Bucket("inbox", "", None, None)),
        (
            "s3://inbox/a/b/?endpoint=https://r2.example&region=auto",
            S3Bucket("inbox", "a/b", "https://r2.example", "auto"),
        ),
    ],
)
def test_a_media_url_is_parsed(url: str, target: LocalFolder | S3Bucket) -> None:
    assert read_storage_url(url, Path("/data")) == target


@pytest.mark.parametrize(
    "url",
    [
        "/srv/media",
        "gs://bucket",
        "s3://",
        "s3:///media",
        "s3://key:secret@bucket",
        "s3://bucket?access_key_id=key",
        "s3://bucket?endpoint=minio:9000",
        "s3://bucket?endpoint",
        "file://host/media",
        "file:///",
        "http://[",
    ],
)
def test_an_invalid_media_url_is_rejected(url: str) -> None:
    with pytest.raises(StorageUrlError):
        read_storage_url(url, Path("/data"))

"""Files of a backup that are too large for one request of S3: stored in parts, whole or not at all."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.backups import folder
from server.backups.folder import BackupFolder, open_folder
from server.errors import Unavailable
from tests.support.bucket import Bucket
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port
from tests.support.uploads import MIN_PART_BYTES

PATH, STORED = "backup/messages", "inbox/backups/backup/messages"
CHUNK = bytes(range(256)) * 1024


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    monkeypatch.setattr(folder, "PART_BYTES", MIN_PART_BYTES)
    monkeypatch.setattr(folder, "MEDIA_PART_BYTES", MIN_PART_BYTES)
    return Bucket()


@pytest.fixture
async def target(bucket: Bucket) -> AsyncIterator[BackupFolder]:
    async with serving(bucket.app(), free_port()) as address:
        yield open_folder(f"s3://inbox/backups?endpoint={address}&region=sa-east-1")


def write(target: BackupFolder, chunks: int, *, fails: bool = False) -> None:
    with target.writer(PATH) as file:
        for _ in range(chunks):
            file.write(CHUNK)
        if fails:
            raise LookupError


async def test_a_large_file_is_stored_in_parts_of_which_the_last_may_be_small(
    target: BackupFolder, bucket: Bucket
) -> None:
    await asyncio.to_thread(write, target, 45)
    assert bucket.objects == {STORED: CHUNK * 45}
    assert bucket.uploads.sizes == [MIN_PART_BYTES, MIN_PART_BYTES, 5 * len(CHUNK)]
    assert bucket.uploads.parts == {}


async def test_a_part_that_fails_is_sent_again(target: BackupFolder, bucket: Bucket) -> None:
    bucket.uploads.failing = [503, 500]
    await asyncio.to_thread(write, target, 45)
    assert bucket.objects == {STORED: CHUNK * 45}
    assert bucket.uploads.failing == []


@pytest.mark.parametrize("chunks", [45, 10])
async def test_a_file_that_is_given_up_leaves_no_parts(
    target: BackupFolder, bucket: Bucket, chunks: int
) -> None:
    with pytest.raises(LookupError):
        await asyncio.to_thread(write, target, chunks, fails=True)
    assert (bucket.objects, bucket.uploads.parts) == ({}, {})


async def test_a_part_that_is_refused_ends_the_file_and_leaves_no_parts(
    target: BackupFolder, bucket: Bucket
) -> None:
    bucket.uploads.failing = [403]
    with pytest.raises(Unavailable, match="The backup folder s3://inbox/backups failed"):
        await asyncio.to_thread(write, target, 45)
    assert (bucket.objects, bucket.uploads.parts) == ({}, {})


async def test_parts_below_the_least_size_are_refused(
    target: BackupFolder, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "PART_BYTES", MIN_PART_BYTES - 1)
    with pytest.raises(Unavailable):
        await asyncio.to_thread(write, target, 45)
    assert (bucket.objects, bucket.uploads.parts) == ({}, {})


async def test_a_media_file_is_stored_in_parts_or_not_at_all(target: BackupFolder, bucket: Bucket) -> None:
    async with target.writer_async(PATH) as file:
        for _ in range(45):
            await file.write(CHUNK)
    assert bucket.objects == {STORED: CHUNK * 45}
    with pytest.raises(LookupError):
        async with target.writer_async("backup/other") as file:
            for _ in range(45):
                await file.write(CHUNK)
            raise LookupError
    assert (list(bucket.objects), bucket.uploads.parts) == ([STORED], {})

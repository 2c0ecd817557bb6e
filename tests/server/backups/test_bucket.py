"""A whole backup in a bucket: made, listed, checked, pruned and restored as on a disk, with signed requests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from server.backups.folder import open_folder
from server.backups.manifest import load_manifest
from server.config import Config
from server.errors import ConfabError, Unavailable
from tests.cli.backing_up import FILES, System, make_system, name_of
from tests.support.backups import rows_of
from tests.support.bucket import Bucket
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port
from tests.support.services import Services


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    return Bucket()


@pytest.fixture
async def url(bucket: Bucket) -> AsyncIterator[str]:
    async with serving(bucket.app(), free_port()) as address:
        yield f"s3://inbox/backups?endpoint={address}&region=sa-east-1"


@pytest.fixture
def system(config: Config, services: Services) -> System:
    return make_system(config, services)


async def test_a_backup_is_made_pruned_and_restored(system: System, bucket: Bucket, url: str) -> None:
    first = await asyncio.to_thread(system.back_up, url)
    second = await asyncio.to_thread(system.back_up, url, "--keep", "1")
    assert (first["copied_files"], second["copied_files"], second["removed"]) == (2, 0, [first["name"]])
    assert second["location"] == "s3://inbox/backups"
    folders = {path.split("/")[2] for path in bucket.objects}
    assert folders == {"media", second["name"]}
    assert {path.rpartition("/")[2] for path in bucket.objects if "/media/" in path} == {*map(name_of, FILES)}
    assert all("Credential=key-of-a-test/" in header for header in bucket.signed)
    new = system.empty("new", template="migrated")
    assert await asyncio.to_thread(new.restore, url) == 0
    assert rows_of(new.url)["channels_message"] == rows_of(system.url)["channels_message"]
    assert {path.name for path in new.media.rglob("*") if path.is_file()} == {*map(name_of, FILES)}


async def test_an_interrupted_backup_in_a_bucket_is_none(system: System, bucket: Bucket, url: str) -> None:
    made = await asyncio.to_thread(system.back_up, url)
    del bucket.objects[f"inbox/backups/{made['name']}/manifest.json"]
    with pytest.raises(ConfabError, match="no whole backup"):
        await asyncio.to_thread(system.restore, url, "--check")
    with pytest.raises(ConfabError, match="was interrupted"):
        await asyncio.to_thread(load_manifest, open_folder(url), made["name"])


async def test_an_absent_bucket_is_one_sentence(system: System, url: str) -> None:
    elsewhere = replace(system, config=system.config)
    wrong = url.replace("inbox", "elsewhere")
    with pytest.raises(Unavailable, match=r"The backup folder s3://elsewhere/backups failed \(\w+\)\."):
        await asyncio.to_thread(elsewhere.back_up, wrong)

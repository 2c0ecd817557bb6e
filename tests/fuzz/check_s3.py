"""Media in a real S3 server instead of our fake (tests/server/media/test_storage.py). Run by `make fuzz`."""

import hashlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from server.config import Config
from server.errors import Unavailable
from server.media.storage import Missing, Storage, TooLarge, open_storage
from tests.fuzz.s3_server import BUCKET, S3Server, run_s3_server
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.media_files import enclosed, file_path, form, png, post, receive
from tests.support.peers import Peer, eventually
from tests.support.programs import run
from workers.context import open_parts
from workers.media import cleanup

PART = 5 * 1024 * 1024
# Three parts, the last one short: sizes that S3 accepts as a single part and sizes that it does not.
LARGE = random.Random(4711).randbytes(2 * PART + 12_345)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with run_s3_server() as running:
        yield running


@pytest.fixture
def bucket(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """The bucket itself, for inspection; it is emptied afterwards."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret)
    chosen = {"endpoint": s3.url, "region": "us-east-1"}
    store = S3Store(BUCKET, config=chosen, client_options={"allow_http": True})  # type: ignore[arg-type]
    yield store
    obstore.delete(store, names(store))


@pytest.fixture
def storage(s3: S3Server, bucket: S3Store, tmp_path: Path) -> Storage:
    return open_storage(s3.media_url(), tmp_path)


@pytest.fixture
async def stack(s3: S3Server, bucket: S3Store, config: Config) -> AsyncIterator[Stack]:
    """Everything, with its media in the bucket."""
    in_bucket = replace(config.media, url=s3.media_url())
    async with run_stack(replace(config, media=in_bucket)) as running:
        yield running


def names(store: S3Store) -> list[str]:
    return [entry["path"] for page in obstore.list(store) for entry in page]


def key_of(data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    return f"media/{sha256[:2]}/{sha256}"


async def store_file(storage: Storage, data: bytes, limit: int = 100_000_000) -> str:
    async with storage.receive(limit) as incoming:
        for begin in range(0, len(data), 100_000):
            await incoming.write(data[begin : begin + 100_000])
    await storage.commit(incoming)
    return incoming.finish().sha256


async def read(storage: Storage, sha256: str, begin: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await storage.read(sha256, begin, end)])


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, len(LARGE)])
async def test_stored_files_are_read_whole_and_in_ranges(
    storage: Storage, bucket: S3Store, size: int
) -> None:
    data = LARGE[:size]
    sha256 = await store_file(storage, data)
    assert await store_file(storage, data) == sha256
    assert names(bucket) == [f"media/{sha256[:2]}/{sha256}"]
    assert await read(storage, sha256, 0, size) == data
    assert await read(storage, sha256, size // 2, size) == data[size // 2 :]
    await storage.delete(sha256)
    await storage.delete(sha256)
    assert not await storage.has(sha256)
    with pytest.raises(Missing):
        await storage.read(sha256, 0, size)


async def test_a_failed_upload_leaves_nothing(storage: Storage, bucket: S3Store) -> None:
    with pytest.raises(TooLarge):
        await store_file(storage, LARGE, limit=2 * PART)
    assert names(bucket) == []


async def test_unfinished_uploads_are_listed_and_dropped(storage: Storage, bucket: S3Store) -> None:
    sha256 = await store_file(storage, b"abc")
    for _ in range(3):
        async with storage.receive(100) as incoming:
            await incoming.write(b"cut off before it was kept")
    assert len(names(bucket)) == 4
    assert await storage.drop_stale(timedelta(hours=1)) == 0
    assert await storage.drop_stale(timedelta(seconds=-60)) == 3
    assert names(bucket) == [f"media/{sha256[:2]}/{sha256}"]


async def test_files_are_sent_received_and_removed_over_rest(
    stack: Stack, bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await stack.sign_in()
    account = (await stack.make_account(agent))["id"]
    received = await receive(stack, agent, account, enclosed("a.png", png(), "image/png"))
    chat_path = f"{CHANNELS}/{account}/chats/{received['chat_id']}"
    answer = await post(agent, f"{chat_path}/send", form(("large.bin", LARGE, "application/octet-stream")))
    assert answer.status == 201, answer.raw
    sent = answer.body["message"]
    # Beside them, sooner or later, the picture of the sender.
    assert {key_of(LARGE), key_of(png())} <= set(names(bucket))
    await assert_readable(agent, file_path(sent), LARGE)
    await assert_readable(agent, file_path(received), png())
    contact = (await agent.ok("GET", "/api/search?q=Bia"))["people"][0]["id"]
    await agent.ok("DELETE", f"{CHANNELS}/{account}/contacts/{contact}")
    monkeypatch.setattr(cleanup, "RELEASED_SECONDS", 0.0)
    async with open_parts(stack.config) as parts:

        async def are_removed() -> bool:
            await cleanup.clear_released(parts)
            return names(bucket) == []

        await eventually(are_removed)


async def assert_readable(agent: Peer, path: str, data: bytes) -> None:
    """Reads the whole file, from the middle to the end, and one byte past the end."""
    assert (await agent.call("GET", path)).raw == data
    middle = len(data) // 2
    part = await agent.call("GET", path, headers={"Range": f"bytes={middle}-"})
    assert (part.status, part.raw) == (206, data[middle:])
    behind = await agent.call("GET", path, headers={"Range": f"bytes={len(data)}-"})
    assert behind.status == 416


@pytest.mark.parametrize(
    ("key", "bucket_name", "expected"),
    [
        ("AWS_SECRET_ACCESS_KEY", BUCKET, "AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", BUCKET, "AWS_ACCESS_KEY_ID"),
        (None, "no-such-bucket", "the bucket or folder does not exist"),
    ],
)
async def test_wrong_keys_and_a_missing_bucket_are_reported(
    s3: S3Server, bucket: S3Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    key: str | None, bucket_name: str, expected: str,
) -> None:  # fmt: skip
    if key is not None:
        monkeypatch.setenv(key, "AKIAWRONGWRONGWRONG1")
    storage = open_storage(s3.media_url(bucket_name), tmp_path)
    with pytest.raises(Unavailable, match=r"The media storage failed \(\w+\)"):
        await store_file(storage, b"abc")
    settings = {
        "DATABASE_URL": config.database.url or "",
        "REDIS_URL": config.redis.url or "",
        "CONFAB_MEDIA_URL": s3.media_url(bucket_name),
        "DATA_DIR": str(tmp_path),
    }
    said = run("doctor", settings=settings).stdout
    (line,) = [line for line in said.splitlines() if line.lstrip().startswith("media") or " media " in line]
    assert expected in line
    assert s3.secret not in said

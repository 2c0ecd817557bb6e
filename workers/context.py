"""The shared connections of a worker process, which every job finds in its context."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from server.config import Config
from server.connections import open_database, open_unipile, open_webpush
from server.media.storage import Storage, open_storage
from server.process.redis_start import open_redis
from server.redis.client import Client
from server.store.db.database import Database
from server.store.privacy.erasure_digests import NameHasher
from server.unipile.client import UnipileClient
from server.webpush.sender import WebpushSender

# The key of the parts in arq's context dictionary.
PARTS = "confab"


@dataclass(frozen=True, slots=True)
class Parts:
    """What jobs and periodic tasks work with."""

    config: Config
    database: Database
    redis: Client
    unipile: UnipileClient
    storage: Storage
    name_hasher: NameHasher  # hashes the names of erased contacts
    webpush: WebpushSender | None  # None where web push is off
    # Accounts whose traffic was counted and whose payers have not been notified yet (workers/people/usage.py).
    counted: set[int] = field(default_factory=set)


def parts_of(ctx: Mapping[Any, Any]) -> Parts:
    parts: Parts = ctx[PARTS]
    return parts


@asynccontextmanager
async def open_parts(config: Config) -> AsyncIterator[Parts]:
    """Connect to everything that jobs need; the connections close when the block ends."""
    database = await open_database(config)
    try:
        redis = await open_redis(config.redis)
    except BaseException:
        await database.close()
        raise
    unipile, webpush = open_unipile(config), open_webpush(config)
    try:
        storage = open_storage(config.media.url, config.data_dir)
        hasher = NameHasher(config.secrets.erasure_keys)
        yield Parts(config, database, redis, unipile, storage, hasher, webpush)
    finally:
        await unipile.close()
        if webpush is not None:
            await webpush.close()
        await redis.aclose()
        await database.close()

"""What every job finds in its context: the shared connections of this worker process, typed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from arq.connections import ArqRedis

from server import queue
from server.config import Config
from server.storage import Storage, open_storage
from server.store import pool
from server.store.pool import Database
from server.unipile.client import UnipileClient
from server.unipile.media import UnipileMedia

# Under this name the parts stand in arq's context dictionary.
PARTS = "confab"


@dataclass(frozen=True, slots=True)
class Parts:
    config: Config
    database: Database
    redis: ArqRedis
    unipile: UnipileClient
    downloads: UnipileMedia
    storage: Storage


def parts_of(ctx: Mapping[Any, Any]) -> Parts:
    parts: Parts = ctx[PARTS]
    return parts


@asynccontextmanager
async def open_parts(config: Config) -> AsyncIterator[Parts]:
    """Connect to everything a job needs; closed when the worker has drained."""
    if config.database.url is None or config.redis.url is None:
        raise RuntimeError("the embedded services have not been started")
    database = await pool.connect(
        config.database.url,
        size=config.database.pool_size,
        statement_timeout_ms=config.database.statement_timeout_ms,
        connect_timeout_seconds=config.database.connect_timeout_seconds,
        prepare=config.database.prepare,
    )
    redis = queue.connect(config.redis.url)
    unipile = UnipileClient(
        config.unipile.dsn or config.sandbox.url,
        config.unipile.api_key,
        concurrency=config.unipile.concurrency,
        connect_timeout_seconds=config.unipile.connect_timeout_seconds,
        total_timeout_seconds=config.unipile.total_timeout_seconds,
        read_timeout_seconds=config.unipile.read_timeout_seconds,
        pairing_timeout_seconds=config.unipile.pairing_timeout_seconds,
        breaker_failures=config.unipile.breaker_failures,
        breaker_seconds=config.unipile.breaker_seconds,
    )
    downloads = UnipileMedia(
        config.unipile.dsn or config.sandbox.url,
        config.unipile.api_key,
        concurrency=config.media.copies,
        connect_timeout_seconds=config.unipile.connect_timeout_seconds,
        total_timeout_seconds=config.media.deadline_seconds,
    )
    try:
        storage = open_storage(config.media.url, config.data_dir)
        yield Parts(config, database, redis, unipile, downloads, storage)
    finally:
        await downloads.close()
        await unipile.close()
        await redis.aclose()
        await database.close()

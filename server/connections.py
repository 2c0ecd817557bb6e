"""Opens what web, workers and commands share: the database and the UniPile clients, as the configuration has them."""

from server.config import Config
from server.store.db import database
from server.store.db.database import Database
from server.unipile.client import UnipileClient


async def open_database(config: Config, *, size: int | None = None) -> Database:
    """The pool of web or workers; a command, which asks one thing after the other, wants only a connection or two."""
    if config.database.url is None:
        raise RuntimeError("the embedded Postgres has not been started")
    return await database.connect(
        config.database.url,
        size=size or config.database.pool_size,
        statement_timeout_ms=config.database.statement_timeout_ms,
        connect_timeout_seconds=config.database.connect_timeout_seconds,
        prepare=config.database.prepare,
    )


def open_unipile(config: Config) -> UnipileClient:
    return UnipileClient(
        config.unipile.dsn or config.sandbox.url,
        config.unipile.api_key,
        concurrency=config.unipile.concurrency,
        connect_timeout_seconds=config.unipile.connect_timeout_seconds,
        total_timeout_seconds=config.unipile.total_timeout_seconds,
        read_timeout_seconds=config.unipile.read_timeout_seconds,
        pairing_timeout_seconds=config.unipile.pairing_timeout_seconds,
        breaker_failures=config.unipile.breaker_failures,
        breaker_seconds=config.unipile.breaker_seconds,
        downloads=config.media.copies,
        download_timeout_seconds=config.media.deadline_seconds,
    )

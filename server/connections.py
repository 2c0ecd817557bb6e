"""Opens the connections that web, workers and commands need: database pool, UniPile client, sender of web push."""

from server.config import Config
from server.store.db import database
from server.store.db.database import Database
from server.unipile.client import UnipileClient
from server.webpush.sender import WebpushSender
from server.webpush.vapid import Vapid


async def open_database(config: Config, *, size: int | None = None) -> Database:
    """A connection pool; commands, which run one query at a time, pass a small `size`."""
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
    """The client of UniPile, or of the sandbox."""
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


def open_vapid(config: Config) -> Vapid | None:
    """The key of web push; None where it is off."""
    value = config.webpush.private_value
    if value is None:
        return None
    own = config.web.public_url if config.web.is_https else f"mailto:{config.auth.owner_email}"
    return Vapid(value, config.webpush.subject or own)


def open_webpush(config: Config) -> WebpushSender | None:
    """The sender of web push; None where it is off."""
    vapid = open_vapid(config)
    if vapid is None:
        return None
    return WebpushSender(vapid, allows_private=config.webpush.private_endpoints)

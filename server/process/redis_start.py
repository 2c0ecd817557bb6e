"""Opens Redis at a start, and checks first that Confab can use it."""

import asyncio
import time

import structlog
from redis.exceptions import ResponseError

from server.config import Redis as RedisConfig
from server.errors import Unavailable
from server.queue import read_queues
from server.redis.client import Client, address_of, connect
from server.redis.reasons import REASONS, UNREACHABLE, Reason, reason_of

log = structlog.get_logger()

RETRY_SECONDS = 0.5


async def open_redis(config: RedisConfig) -> Client:
    """A client, after a successful write. Waits while Redis is unavailable, then raises Unavailable with the reason."""
    redis = connect(config)
    redis.logs_failures = False
    give_up_at = time.monotonic() + config.start_seconds
    last_logged = ""
    while reason := await why_unusable(redis, config):
        sentence = sentence_of(config, reason)
        if not reason.passes or time.monotonic() + RETRY_SECONDS > give_up_at:
            await redis.aclose()
            raise Unavailable(sentence)
        if sentence != last_logged:
            log.warning("waiting_for_redis", reason=sentence, seconds=config.start_seconds)
            last_logged = sentence
        await asyncio.sleep(RETRY_SECONDS)
    redis.logs_failures = True
    return redis


async def why_unusable(redis: Client, config: RedisConfig) -> Reason | None:
    """Sign in, check that it is not a cluster, and write. Returns None if all of this succeeds."""
    try:
        if await _is_cluster(redis):
            return REASONS["CLUSTERDOWN"]
        await read_queues(redis, must_write=True)
    except UNREACHABLE as error:
        return reason_of(error, is_tls=address_of(config).is_tls)
    return None


def sentence_of(config: RedisConfig, reason: Reason) -> str:
    """The reason as one sentence that names the address."""
    return f"Redis at {address_of(config).location} {reason.sentence}."


async def _is_cluster(redis: Client) -> bool:
    try:
        info = await redis.info("cluster")
    except ResponseError:
        return False  # hosted Redis may forbid INFO; a cluster is then reported by the write
    return bool(info.get("cluster_enabled"))

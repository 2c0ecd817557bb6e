"""One cleanup context per resource: open, put on the application, close. They close in reverse order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

from aiohttp import web

from server.accounts.page_cache import PageCache
from server.accounts.page_checks import PageChecks
from server.auth.passwords import Passwords
from server.cancellation import end_tasks
from server.connections import open_database, open_unipile
from server.event_batch import EventBatch
from server.media.storage import open_storage
from server.messages.send_batcher import SendBatcher
from server.plans.entitlement_cache import Entitlements
from server.plans.ttl_cache import TTLCache
from server.process.loop_lag import measured_loop
from server.process.redis_start import open_redis
from server.realtime.access_watch import AccessWatch
from server.realtime.broker import Broker, publish_signal
from server.realtime.hub.background import Background
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.healing import Healing
from server.realtime.hub.hub import Hub
from server.realtime.hub.receiver import Receiver
from server.realtime.hub.room_members import Membership
from server.realtime.joining import Rooms
from server.realtime.presence import Presence
from server.realtime.topic_rows import open_rows
from server.redis.rate_limiter import Limiter
from server.store.db.database import Database
from server.store.people import access
from server.store.people.access import AccessChanges
from server.web.app_keys import (
    CACHED_ROLES,
    CONFIG,
    DATABASE,
    ENTITLEMENTS,
    EVENTS,
    HUB,
    LIMITER,
    LOCAL_JOBS,
    PAGE_CHECKS,
    PAGES,
    PASSWORDS,
    PRESENCE,
    REDIS,
    ROOMS,
    SENDS,
    STORAGE,
    TOKENS,
    UNIPILE,
)
from server.web.authorize import forget_cached_roles

FAREWELL_SECONDS = 1.0
# Permission changes are broadcast; an instance that misses the broadcast picks them up after this TTL.
CACHED_ROLES_SECONDS = 2.0
MAX_CACHED_ROLES = 50_000
# A page that was erased or lost its readers is never answered again, and is in memory for as long at most.
UNUSED_PAGE_SECONDS = 60.0


async def database_context(app: web.Application) -> AsyncIterator[None]:
    config = app[CONFIG]
    size = config.database.pool_of_one(config.web.processes)
    app[DATABASE] = await open_database(config, size=size)
    yield
    await app[DATABASE].close()


async def redis_context(app: web.Application) -> AsyncIterator[None]:
    """The Redis client, and the batch of incoming events in front of the queue."""
    redis = app[REDIS] = await open_redis(app[CONFIG].redis)
    app[EVENTS] = EventBatch(
        redis,
        app[LOCAL_JOBS],
        limit=app[CONFIG].webhooks.batch_events,
        timeout_seconds=app[CONFIG].webhooks.ack_timeout_seconds,
    )
    yield
    await redis.aclose()


async def sends_context(app: web.Application) -> AsyncIterator[None]:
    app[SENDS] = SendBatcher(app[DATABASE], app[REDIS])
    yield
    await app[SENDS].close()


async def limiter_context(app: web.Application) -> AsyncIterator[None]:
    app[LIMITER] = Limiter(app[REDIS])
    yield


async def roles_context(app: web.Application) -> AsyncIterator[None]:
    app[CACHED_ROLES] = TTLCache(CACHED_ROLES_SECONDS, MAX_CACHED_ROLES)
    yield


async def pages_context(app: web.Application) -> AsyncIterator[None]:
    """Checks of pages, and the time limit of the bodies in memory."""
    checks = app[PAGE_CHECKS] = PageChecks(app[DATABASE])
    task = asyncio.create_task(_forget_unused_pages(app[PAGES]))
    yield
    await end_tasks([task])
    await checks.close()


async def _forget_unused_pages(pages: PageCache) -> None:
    while True:
        await asyncio.sleep(UNUSED_PAGE_SECONDS / 2)
        pages.forget_unused(UNUSED_PAGE_SECONDS)


async def entitlements_context(app: web.Application) -> AsyncIterator[None]:
    app[ENTITLEMENTS] = Entitlements(app[DATABASE], app[REDIS], app[CONFIG].plans)
    yield


async def unipile_context(app: web.Application) -> AsyncIterator[None]:
    app[UNIPILE] = open_unipile(app[CONFIG])
    yield
    await app[UNIPILE].close()


async def storage_context(app: web.Application) -> AsyncIterator[None]:
    app[STORAGE] = open_storage(app[CONFIG].media.url, app[CONFIG].data_dir)
    yield


async def passwords_context(app: web.Application) -> AsyncIterator[None]:
    app[PASSWORDS] = Passwords()
    yield
    app[PASSWORDS].close()


async def realtime_context(app: web.Application) -> AsyncIterator[None]:
    """The live part of the process: at the end every socket is closed, and other instances drop its users."""
    database, config = app[DATABASE], app[CONFIG].realtime
    rows, broker, background = open_rows(database), Broker(app[REDIS]), Background()
    membership, delivery = Membership(), Delivery()
    healing = Healing(membership, delivery, rows, background)
    presence = app[PRESENCE] = Presence(
        membership,
        delivery,
        partial(publish_signal, app[REDIS]),
        refresh_seconds=config.presence_refresh_seconds,
        typing_seconds=config.typing_seconds,
    )
    hub = app[HUB] = Hub(
        broker, rows, membership, delivery, healing, presence, background, head_seconds=config.head_seconds
    )
    rooms = app[ROOMS] = Rooms(hub, database, healing, presence, background)
    watch = AccessWatch(app[TOKENS], hub, rooms, partial(_read_access_changes, database))

    def check_access() -> None:
        forget_cached_roles(app)
        app[PAGES].forget()
        watch.check_soon()

    receiver = Receiver(membership, delivery, healing, presence, check_access)
    await watch.check()
    works = (broker.run(receiver), hub.watch(), watch.run(), presence.run())
    tasks = [asyncio.create_task(work) for work in works]
    yield
    await hub.close()
    await end_tasks(tasks)
    with suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL_SECONDS):
            await presence.flush()


async def _read_access_changes(database: Database, seconds: float) -> AccessChanges:
    return await database.read(access.list_access_changes, seconds)


async def loop_context(app: web.Application) -> AsyncIterator[None]:
    async with measured_loop():
        yield


CONTEXTS = (
    loop_context,
    database_context,
    redis_context,
    sends_context,
    limiter_context,
    roles_context,
    pages_context,
    entitlements_context,
    unipile_context,
    storage_context,
    passwords_context,
    realtime_context,
)

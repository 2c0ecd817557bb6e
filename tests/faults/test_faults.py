"""Whatever is cut, killed or lost: each client finally matches the database, and no change is missed."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import redis.asyncio

from server.cancellation import end_tasks
from server.realtime.events import decode_pushes
from server.redis.channels import account_topic, topic_channel
from tests.faults.checker import check, check_unbroken
from tests.faults.fleet import Fleet, Person, through
from tests.faults.followers import Follower
from tests.faults.stalled import StalledClient
from tests.support.peers import eventually, message_received

EVENTS, SECONDS = 240, 2.5
STORM = 300


async def two_people(fleet: Fleet) -> tuple[Person, Person]:
    """Two users without common accounts."""
    return await fleet.person(2), await fleet.person(1)


@asynccontextmanager
async def meanwhile(fault: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Repeat a fault during the block."""

    async def repeat() -> None:
        while True:
            await fault()

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        assert not task.done(), task.exception()
        await end_tasks([task])


async def joined(*followers: Follower) -> None:
    async def all_in() -> bool:
        return all(follower.joins for follower in followers)

    await eventually(all_in)


async def test_sockets_cut_at_random(fleet: Fleet, rng: random.Random) -> None:
    ana, bia = await two_people(fleet)
    followers = [*fleet.follow(ana, rng, 4), *fleet.follow(bia, rng, 3)]
    traffic = fleet.traffic(rng, ana, bia)

    async def cut() -> None:
        await asyncio.sleep(rng.uniform(0.05, 0.3))
        rng.choice(fleet.doors).cut(rng, 0.5)

    await joined(*followers)
    async with meanwhile(cut):
        await traffic.live(EVENTS, SECONDS)
    await check(fleet.rows, traffic, fleet.seen(ana, bia), followers)
    assert sum(follower.joins for follower in followers) > 2 * len(followers)


async def test_a_killed_web_process(fleet: Fleet, rng: random.Random) -> None:
    ana, bia = await two_people(fleet)
    followers = [*fleet.follow(ana, rng, 4), *fleet.follow(bia, rng, 3)]
    traffic = fleet.traffic(rng, ana, bia)
    await joined(*followers)
    living = asyncio.create_task(traffic.live(EVENTS, SECONDS))
    await asyncio.sleep(rng.uniform(0.3, 1.5))
    await fleet.webs[[door.url for door in fleet.doors].index(rng.choice(followers).at)].kill()
    await living
    await check(fleet.rows, traffic, fleet.seen(ana, bia), followers)
    assert any(follower.joins > 1 for follower in followers)


async def test_subscriptions_killed_twenty_times(fleet: Fleet, rng: random.Random) -> None:
    ana, bia = await two_people(fleet)
    followers = [*fleet.follow(ana, rng, 3), *fleet.follow(bia, rng, 2)]
    traffic, client = fleet.traffic(rng, ana, bia), redis.asyncio.Redis.from_url(fleet.services.redis_url)
    await joined(*followers)
    living = asyncio.create_task(traffic.live(EVENTS, SECONDS))
    for _ in range(20):
        # A busy machine may need a moment to subscribe again.
        await eventually(partial(client.client_kill_filter, _type="pubsub"))
        await asyncio.sleep(rng.uniform(0.02, SECONDS / 10))
    await living
    await client.aclose()
    await check(fleet.rows, traffic, fleet.seen(ana, bia), followers)


async def test_a_killed_and_restarted_redis(fleet: Fleet, rng: random.Random) -> None:
    ana, bia = await two_people(fleet)
    followers = [*fleet.follow(ana, rng, 3), *fleet.follow(bia, rng, 2)]
    traffic, valkey = fleet.traffic(rng, ana, bia), fleet.services.valkey
    await joined(*followers)
    living = asyncio.create_task(traffic.live(EVENTS, SECONDS))
    await asyncio.sleep(rng.uniform(0.3, 1.5))
    valkey.child.kill()
    await asyncio.sleep(rng.uniform(0.1, 0.6))
    await asyncio.to_thread(valkey.child.start)
    await asyncio.to_thread(valkey.child.wait_until_ready)
    await living
    await check(fleet.rows, traffic, fleet.seen(ana, bia), followers)


async def test_lost_publishes(fleet: Fleet, rng: random.Random) -> None:
    """One in a hundred, and then the very last ones, which no later seq reveals."""
    ana, bia = await two_people(fleet)
    followers = [*fleet.follow(ana, rng, 3), *fleet.follow(bia, rng, 2)]
    traffic, wire = fleet.traffic(rng, ana, bia), fleet.web_wire
    await joined(*followers)
    wire.is_lost = lambda: rng.random() < 0.01
    await traffic.live(EVENTS, SECONDS)
    lost = wire.lost
    wire.is_lost = lambda: True
    await traffic.live(3, 0.1)
    await check(fleet.rows, traffic, fleet.seen(ana, bia), followers)
    assert wire.lost > lost


async def test_workers_that_publish_out_of_order(fleet: Fleet, rng: random.Random) -> None:
    """Every seq still arrives in order, and a client that was never cut misses none."""
    ana = await fleet.person(1)
    (account_id,) = ana.accounts.values()
    followers = fleet.follow(ana, rng, 4)
    traffic = fleet.traffic(rng, ana)
    await joined(*followers)
    for wire in fleet.worker_wires:
        wire.late = lambda: rng.uniform(0, 0.1)
    async with seqs_in_redis(fleet, account_id) as heard:
        await traffic.live(EVENTS, SECONDS)
        await check(fleet.rows, traffic, fleet.seen(ana), followers)
    assert heard != sorted(heard)
    for follower in followers:
        check_unbroken(fleet.rows, follower)


@asynccontextmanager
async def seqs_in_redis(fleet: Fleet, account_id: int) -> AsyncIterator[list[int]]:
    """The seqs as published in Redis."""
    seqs: list[int] = []
    client = redis.asyncio.Redis.from_url(through(fleet.services, fleet.web_wire))
    async with client.pubsub() as pubsub:
        await pubsub.subscribe(topic_channel(account_topic(account_id)))

        async def listen() -> None:
            async for message in pubsub.listen():
                if message["type"] == "message" and message["data"][:1].isdigit():
                    seqs.extend(push.seq for push in decode_pushes(message["data"]))

        task = asyncio.create_task(listen())
        yield seqs
        await end_tasks([task])
    await client.aclose()


async def test_a_client_that_stops_reading(fleet: Fleet, rng: random.Random) -> None:
    """It is closed with 4008; the others in its room receive everything without delay or disconnect."""
    ana = await fleet.person(1)
    followers = fleet.follow(ana, rng, 4)
    traffic = fleet.traffic(rng, ana)
    await joined(*followers)
    async with StalledClient(ana, fleet.webs[0].url) as stalled:
        big = message_received(next(iter(ana.accounts)), "x" * 60_000)
        sequence = 0
        while not await stalled.is_cut():
            sequence += 1
            await traffic.post(big | {"message_id": f"big-{ana.user_id}-{sequence}"})
            assert sequence < 400
        assert await stalled.close_code() == 4008
    await traffic.live(30, 0.3)
    await check(fleet.rows, traffic, fleet.seen(ana), followers)
    for follower in followers:
        check_unbroken(fleet.rows, follower)


async def test_all_clients_reconnect_at_once(fleet: Fleet, rng: random.Random) -> None:
    """All clients of an instance move to the other one while the contacts keep writing."""
    ana = await fleet.person(1)
    (account_id,) = ana.accounts.values()
    followers = fleet.follow(ana, rng, STORM)
    traffic = fleet.traffic(rng, ana)
    await joined(*followers)
    living = asyncio.create_task(traffic.live(40, 1.5))
    await asyncio.sleep(0.3)
    victim = rng.randrange(2)
    thrown = [follower for follower in followers if follower.at == fleet.doors[victim].url]
    await fleet.webs[victim].kill()
    await living
    assert len(thrown) > STORM / 4
    await check(fleet.rows, traffic, fleet.seen(ana), followers)
    assert all(follower.joins > 1 for follower in thrown)
    assert all(account_id in follower.cursors for follower in followers)

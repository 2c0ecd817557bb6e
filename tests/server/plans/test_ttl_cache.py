"""The TTL cache: read once, read again after expiry, after a drop, and if dropped during a read."""

import asyncio

from server.plans.ttl_cache import TTLCache


class Source:
    """Returns its value and counts the reads."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked = 0

    async def read(self) -> str:
        self.asked += 1
        answer = self.answer
        await asyncio.sleep(0)
        return answer


async def test_a_value_is_read_once() -> None:
    cache, source = TTLCache[str](60, 10), Source("agent")
    assert [await cache.ask(1, source.read) for _ in range(3)] == ["agent"] * 3
    assert source.asked == 1
    await cache.ask(2, source.read)
    assert source.asked == 2


async def test_dropped_and_expired_values_are_read_again() -> None:
    cache, source = TTLCache[str](60, 10), Source("agent")
    await cache.ask(1, source.read)
    source.answer = "viewer"
    cache.forget()
    assert await cache.ask(1, source.read) == "viewer"
    old = TTLCache[str](0, 10)
    await old.ask(1, source.read)
    source.answer = "owner"
    assert await old.ask(1, source.read) == "owner"


async def test_a_value_dropped_during_its_read_is_not_cached() -> None:
    cache, source = TTLCache[str](60, 10), Source("agent")
    asking = asyncio.create_task(cache.ask(1, source.read))
    await asyncio.sleep(0)
    source.answer = "viewer"
    cache.forget()
    assert await asking == "agent"
    assert await cache.ask(1, source.read) == "viewer"


async def test_only_accepted_values_up_to_the_limit_are_cached() -> None:
    cache, source = TTLCache[str](60, 2), Source("")
    for _ in range(3):
        await cache.ask(1, source.read)
    assert source.asked == 3
    source.answer = "agent"
    for key in range(5):
        await cache.ask(key, source.read)
    assert len(cache._entries) <= 2

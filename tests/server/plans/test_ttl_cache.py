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


async def test_an_answer_is_asked_for_once() -> None:
    kept, source = TTLCache[str](60, 10), Source("agent")
    assert [await kept.ask(1, source.read) for _ in range(3)] == ["agent"] * 3
    assert source.asked == 1
    await kept.ask(2, source.read)
    assert source.asked == 2


async def test_what_is_forgotten_or_old_is_asked_anew() -> None:
    kept, source = TTLCache[str](60, 10), Source("agent")
    await kept.ask(1, source.read)
    source.answer = "viewer"
    kept.forget()
    assert await kept.ask(1, source.read) == "viewer"
    old = TTLCache[str](0, 10)
    await old.ask(1, source.read)
    source.answer = "owner"
    assert await old.ask(1, source.read) == "owner"


async def test_what_was_read_before_it_was_forgotten_is_not_kept() -> None:
    kept, source = TTLCache[str](60, 10), Source("agent")
    asking = asyncio.create_task(kept.ask(1, source.read))
    await asyncio.sleep(0)
    source.answer = "viewer"
    kept.forget()
    assert await asking == "agent"
    assert await kept.ask(1, source.read) == "viewer"


async def test_only_what_is_liked_is_kept_and_no_more_than_the_limit() -> None:
    kept, source = TTLCache[str](60, 2), Source("")
    for _ in range(3):
        await kept.ask(1, source.read)
    assert source.asked == 3
    source.answer = "agent"
    for key in range(5):
        await kept.ask(key, source.read)
    assert len(kept._entries) <= 2

"""Gathers sends of one number while others of it are being stored: what came meanwhile is stored together."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import structlog
from redis.asyncio import Redis

from server.cancellation import end_tasks
from server.errors import ConfabError, Unavailable
from server.messages.sending import NotBatchable, SendRequest, StoredSend, store_send, store_sends
from server.queue import SEND_CHAT, enqueue
from server.realtime.broker import log_if_unavailable, publish
from server.store.db.database import Database
from server.store.messages.messages import ChangedMessage

log = structlog.get_logger()

Waiting = tuple[SendRequest, asyncio.Future[StoredSend]]
# As long as everybody waits, so many are answered at once.
AT_ONCE = 100


class SendLines:
    """One line a number: its sends wait for its row in any case, one transaction each, unless they go together.

    A send that finds nobody before it is stored at once, by itself. Whatever stands in the way of storing several
    together (a plan that has not room for all, a client_id that comes again) is decided for each by itself.
    """

    def __init__(self, database: Database, redis: Redis) -> None:
        self._database = database
        self._redis = redis
        self._lines: dict[int, list[Waiting]] = defaultdict(list)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def store(self, wish: SendRequest) -> list[ChangedMessage]:
        """Return the wish's messages once they are committed; raises what stands in its way."""
        if not wish.is_plain:
            # Quotes and files have questions of their own.
            stored = await self._database.write(store_send, wish)
            await announce_sends(self._redis, [stored])
            return stored.messages
        future: asyncio.Future[StoredSend] = asyncio.get_running_loop().create_future()
        self._lines[wish.account_id].append((wish, future))
        if wish.account_id not in self._tasks:
            self._tasks[wish.account_id] = asyncio.create_task(self._work_off(wish.account_id))
        return (await future).messages

    async def close(self) -> None:
        await end_tasks(list(self._tasks.values()))

    async def _work_off(self, account_id: int) -> None:
        try:
            while line := self._lines[account_id]:
                batch = _take(line)
                if len(batch) == 1 or not await self._store_together(batch):
                    await self._store_apart(batch)
        finally:
            for _, future in self._lines.pop(account_id):
                future.cancel()
            del self._tasks[account_id]

    async def _store_together(self, batch: Sequence[Waiting]) -> bool:
        """False when nothing was stored, since they do not go together."""
        try:
            stored = await self._database.write(store_sends, [wish for wish, _ in batch])
        except Unavailable as error:
            _answer(batch, error)
            return True
        except (NotBatchable, ConfabError):
            return False
        except Exception:
            log.exception("sends_not_together", sends=len(batch))
            return False
        await announce_sends(self._redis, stored)
        for (_, future), one in zip(batch, stored, strict=True):
            if not future.done():
                future.set_result(one)
        return True

    async def _store_apart(self, batch: Sequence[Waiting]) -> None:
        for wish, future in batch:
            try:
                stored = await self._database.write(store_send, wish)
                await announce_sends(self._redis, [stored])
            except Exception as error:
                _answer([(wish, future)], error)
            else:
                if not future.done():
                    future.set_result(stored)


async def announce_sends(redis: Redis, stored: Sequence[StoredSend]) -> None:
    """Have the worker send what one number has stored, and tell the rooms. The rows are committed, so the sends are
    accepted: with Redis away the worker's look-around finds them later, and a failure told here would make the caller
    send a second time.
    """
    told = [one for one in stored if one.pushes]
    if not told:
        return
    messages = [one.messages[0] for one in told]
    pushes = [push for one in told for push in one.pushes]
    with log_if_unavailable("send_not_announced", message_id=messages[0].id):
        for chat_id in dict.fromkeys(message.chat_id for message in messages):
            await enqueue(redis, SEND_CHAT, chat_id)
        await publish(redis, messages[0].account_id, sorted(pushes, key=lambda push: push.seq))


def _take(line: list[Waiting]) -> list[Waiting]:
    """The next of a line, up to one that says a client_id again: that one has to see what came of the first."""
    batch: list[Waiting] = []
    seen: set[str] = set()
    while line and len(batch) < AT_ONCE and line[0][0].client_id not in seen:
        seen.add(line[0][0].client_id)
        batch.append(line.pop(0))
    return batch


def _answer(batch: Sequence[Waiting], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)

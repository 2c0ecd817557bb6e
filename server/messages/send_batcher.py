"""Batches sends: those of an account that arrive while others of it are being stored share a transaction (ADR 9)."""

from collections.abc import Iterable, Sequence
from functools import partial

import structlog
from redis.asyncio import Redis

from server.errors import ConfabError, Unavailable
from server.group_commit import CommitSeparately, GroupCommit
from server.messages.sending import SendRequest, StoredSend, store_send, store_sends
from server.queue import SEND_CHAT, enqueue
from server.realtime.broker import log_if_unavailable, publish
from server.store.db.database import Database
from server.store.messages.messages import ChangedMessage

log = structlog.get_logger()

# Every caller of a batch waits for all of it.
MAX_BATCH_SENDS = 100


class SendBatcher:
    """One group commit per account, whose row lock its sends would wait for anyway, one transaction each.

    When nothing is being stored, a send is stored at once, alone. If a batch cannot be stored as a whole (the plan has
    not enough messages left, a client_id is known), each of its sends is stored, or denied, in its own transaction.
    """

    def __init__(self, database: Database, redis: Redis) -> None:
        self._database = database
        self._redis = redis
        self._groups: dict[int, GroupCommit[SendRequest, StoredSend]] = {}

    async def store(self, send: SendRequest) -> list[ChangedMessage]:
        """Return the messages of the request once they are committed; raises why they cannot be stored."""
        if send.is_plain:
            stored = await self._group_of(send.account_id).submit(send)
        else:
            # Quotes and files need statements of their own.
            stored = await self._store_one(send)
        return stored.messages

    async def close(self) -> None:
        for group in list(self._groups.values()):
            await group.close()

    def _group_of(self, account_id: int) -> GroupCommit[SendRequest, StoredSend]:
        group = self._groups.get(account_id)
        if group is None:
            forget = partial(self._groups.pop, account_id)
            group = self._groups[account_id] = GroupCommit(self._commit, _next_size, when_idle=forget)
        return group

    async def _commit(self, batch: list[SendRequest]) -> Sequence[StoredSend]:
        if len(batch) == 1:
            return [await self._store_one(batch[0])]
        try:
            stored = await self._database.write(store_sends, batch)
        except Unavailable:
            raise
        except (CommitSeparately, ConfabError) as error:
            raise CommitSeparately from error
        except Exception as error:
            log.exception("send_batch_failed", sends=len(batch))
            raise CommitSeparately from error
        await announce_sends(self._redis, stored)
        return stored

    async def _store_one(self, send: SendRequest) -> StoredSend:
        stored = await self._database.write(store_send, send)
        await announce_sends(self._redis, [stored])
        return stored


async def announce_sends(redis: Redis, stored: Sequence[StoredSend]) -> None:
    """Queue the jobs that send what one account has stored, and publish its pushes.

    The rows are committed, so the sends are accepted: an error here would make the caller send a second time. With
    Redis away, the periodic job that looks for lost sends queues them later.
    """
    new = [one for one in stored if one.pushes]
    if not new:
        return
    messages = [one.messages[0] for one in new]
    pushes = [push for one in new for push in one.pushes]
    with log_if_unavailable("send_not_announced", message_id=messages[0].id):
        for chat_id in dict.fromkeys(message.chat_id for message in messages):
            await enqueue(redis, SEND_CHAT, chat_id)
        await publish(redis, messages[0].account_id, sorted(pushes, key=lambda push: push.seq))


def _next_size(waiting: Iterable[SendRequest]) -> int:
    """The next batch ends before a repeated client_id, whose send must see what became of the first."""
    seen: set[str] = set()
    for send in waiting:
        if len(seen) == MAX_BATCH_SENDS or send.client_id in seen:
            break
        seen.add(send.client_id)
    return len(seen)

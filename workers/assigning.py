"""Hands out chats without an owner where that is automatic: at once when one arrives, and whenever a user has room."""

from server.conversations.assigning import assign_queued
from server.conversations.states import pushes_by_account
from server.realtime.broker import publish_all
from server.store.assigning import due
from workers.context import Parts, parts_of

ACCOUNTS, CHATS = 200, 100


async def assign_due(parts: Parts) -> None:
    """Hand out what can be handed out, in every account: it follows the rows, so nothing has to be reported to it."""
    for account_id in await parts.database.read(due.list_due, ACCOUNTS):
        await _assign(parts, account_id)


async def assign_chats(ctx: dict[object, object], account_id: int) -> None:
    """The same in one account, in which a chat has just arrived. A job that is lost is made up for by `assign_due`."""
    await _assign(parts_of(ctx), account_id)


async def _assign(parts: Parts, account_id: int) -> None:
    """A batch per transaction: other writers of the account come in between."""
    while True:
        assigned = await parts.database.write(assign_queued, account_id, CHATS)
        await publish_all(parts.redis, pushes_by_account(assigned), "assigned_chats_not_published")
        if len(assigned.chats) < CHATS:
            return

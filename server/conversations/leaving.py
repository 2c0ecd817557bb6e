"""What remains of a user who can no longer write in an account: chats are given back, planned messages cancelled."""

from aiopg import Cursor

from server.conversations.owners import release_chats
from server.realtime.events import Push
from server.realtime.pushes import planned_push
from server.store.sending import planned
from server.store.sending.sends import Author


async def end_access(
    cursor: Cursor, user_id: int, actor: Author | None, account_id: int | None = None
) -> dict[int, list[Push]]:
    """Give back and cancel, in one account or all; returns the pushes by account. Without an actor the operator did
    it.
    """
    pushes = await release_chats(cursor, user_id, actor, account_id)
    for cancelled in await planned.cancel_of_user(cursor, user_id, actor, account_id):
        pushes.setdefault(cancelled.account_id, []).append(planned_push(cancelled))
    return pushes

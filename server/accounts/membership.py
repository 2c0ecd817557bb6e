"""Adds, changes and removes members of an account, with the audit record in the same transaction. Who can no longer
answer gives back their chats, and what they planned is cancelled; the functions return the pushes of those, by account.
"""

from collections.abc import Collection, Mapping

from aiopg import Cursor

from server.conversations.leaving import end_access
from server.conversations.owners import author_of
from server.errors import NotFound
from server.realtime.events import Push
from server.realtime.pushes import account_push, shared_draft_push
from server.said.said import said
from server.store.accounts import accounts, members
from server.store.chats import sight
from server.store.conversations import drafts
from server.store.people import audit, notifications
from server.store.people.audit import Actor


async def set_member(
    cursor: Cursor,
    account_id: int,
    user_id: int,
    role: str,
    actor: Actor,
    *,
    restricted: bool | None = None,
) -> dict[int, list[Push]]:
    """Add a member, or change their role and whether they are restricted (None: as before); raises NotFound for an
    absent or disabled user.
    """
    if role == "viewer":
        await members.lock_accounts(cursor, user_id, account_id)
    before = await sight.fetch_sight(cursor, user_id, account_id)
    if not await members.set_member(cursor, account_id, user_id, role, restricted=restricted):
        raise NotFound(said("user_absent"))
    after = await sight.fetch_sight(cursor, user_id, account_id)
    is_restricted = after is not None and after.is_restricted
    details = {"user_id": user_id, "role": role, **({"restricted": True} if is_restricted else {})}
    await audit.record(cursor, "member.set", actor, ("account", account_id), details)
    pushes = await end_access(cursor, user_id, author_of(actor), account_id) if role == "viewer" else {}
    if is_restricted != (before is not None and before.is_restricted):
        pushes = merged(await sight_pushes(cursor, [account_id]), pushes)
    return pushes


async def sight_pushes(cursor: Cursor, account_ids: Collection[int]) -> dict[int, list[Push]]:
    """Of accounts in which a member sees other chats than before: their rows, with the seq that this has taken."""
    return {
        account_id: [account_push(account_id, seq, shown)]
        for account_id, seq, shown in await accounts.list_for_push(cursor, account_ids)
    }


def merged(*found: Mapping[int, list[Push]]) -> dict[int, list[Push]]:
    """The pushes of several steps, by account and seq."""
    accounts_of = {account_id for pushes in found for account_id in pushes}
    return {
        account_id: sorted(
            (push for pushes in found for push in pushes.get(account_id, [])), key=lambda push: push.seq
        )
        for account_id in accounts_of
    }


async def remove_member(cursor: Cursor, account_id: int, user_id: int, actor: Actor) -> dict[int, list[Push]]:
    """Remove a member; raises NotFound if they are not one."""
    await members.lock_accounts(cursor, user_id, account_id)
    if not await members.remove_member(cursor, account_id, user_id):
        raise NotFound
    await audit.record(cursor, "member.removed", actor, ("account", account_id), {"user_id": user_id})
    pushes = await end_access(cursor, user_id, author_of(actor), account_id)
    for draft in await drafts.remove_drafts(cursor, account_id, user_id):
        pushes.setdefault(account_id, []).append(shared_draft_push(account_id, draft))
    await notifications.remove_notifications(cursor, account_id, user_id)
    return pushes

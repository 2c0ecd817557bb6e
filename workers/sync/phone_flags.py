"""Applies the flags that were set on the phone: chats read, archived, pinned or muted there."""

from collections.abc import Sequence
from typing import cast

from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.pushes import chat_pushes
from server.store.accounts import accounts
from server.store.chats import kinds, phone_flags
from server.store.chats.chat_rows import PhoneFlags, ReportedChat
from server.store.chats.chats import ChangedChat
from server.unipile.history import MAX_LIMIT, History
from server.unipile.lists.chats import StoredChat
from workers.context import Parts

# Pages of the chat list that a sweep reads, newest chats first: older chats are rarely changed on the phone.
PAGES = 4


async def sweep_flags(parts: Parts, account_id: int, external_account_id: str) -> None:
    """Read the newest chats of an account and apply their flags."""
    cursor: str | None = None
    for _ in range(PAGES):
        head = await parts.database.read(phone_flags.fetch_head, account_id)
        chats, cursor = await History(parts.unipile).list_chats(external_account_id, cursor, MAX_LIMIT)
        await apply_flags(parts, account_id, chats, head)
        if cursor is None:
            return


async def apply_flags(parts: Parts, account_id: int, chats: Sequence[StoredChat], head: int) -> None:
    """Apply and publish the flags of these chats; those that are not stored are skipped. `head` is the account's head
    seq before they were read: UniPile's list does not include later changes.
    """
    if not chats:
        return
    changed = await parts.database.write(_store_flags, account_id, chats, head)
    pushes = chat_pushes(changed)
    if pushes:
        await publish(parts.redis, account_id, pushes)


async def _store_flags(
    cursor: Cursor, account_id: int, chats: Sequence[StoredChat], head: int
) -> list[ChangedChat]:
    await accounts.lock_account(cursor, account_id)
    rows: list[ReportedChat] = [
        {
            "account_id": account_id,
            "provider_chat_id": chat.provider_chat_id,
            "address": chat.address,
            "kind": chat.kind,
        }
        for chat in chats
    ]
    corrected = await kinds.correct_chats(cursor, rows)
    marks = [
        cast(PhoneFlags, {"provider_chat_id": chat.provider_chat_id, **(chat.flags or {})}) for chat in chats
    ]
    return [*corrected, *await phone_flags.apply_phone_flags(cursor, account_id, marks, head)]

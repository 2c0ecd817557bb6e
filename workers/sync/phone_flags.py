"""Takes over what was set on the real phone: chats read, archived, pinned, muted there."""

from collections.abc import Sequence
from typing import cast

from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.pushes import chat_pushes
from server.store.accounts import accounts
from server.store.chats import kinds, phone_flags
from server.store.chats.chats import ChangedChat
from server.store.chats.rows import PhoneFlags, ReportedChat
from server.unipile.history import MAX_LIMIT, History
from server.unipile.lists.chats import StoredChat
from workers.context import Parts

# A sweep looks at so many pages of the list, newest chats first: what is older is seldom touched on the phone.
PAGES = 4


async def sweep_flags(parts: Parts, account_id: int, external_account_id: str) -> None:
    """Read the newest chats of an account, and take their marks over."""
    cursor: str | None = None
    for _ in range(PAGES):
        head = await parts.database.read(phone_flags.fetch_head, account_id)
        chats, cursor = await History(parts.unipile).list_chats(external_account_id, cursor, MAX_LIMIT)
        await apply_flags(parts, account_id, chats, head)
        if cursor is None:
            return


async def apply_flags(parts: Parts, account_id: int, chats: Sequence[StoredChat], head: int) -> None:
    """Take over and tell what is new in these; chats that are not stored here are passed over. `head` is the account's
    number before they were read: what arrived since, UniPile's list did not know.
    """
    if not chats:
        return
    changed = await parts.database.write(_take, account_id, chats, head)
    pushes = chat_pushes(changed)
    if pushes:
        await publish(parts.redis, account_id, pushes)


async def _take(cursor: Cursor, account_id: int, chats: Sequence[StoredChat], head: int) -> list[ChangedChat]:
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

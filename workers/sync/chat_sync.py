"""Reads chats at UniPile, mirrors flags set here to it, and registers our webhooks there."""

from typing import Any

import structlog
from aiopg import Cursor

from server.accounts import webhook_registration
from server.realtime.broker import publish
from server.realtime.pushes import chat_push
from server.store.accounts import accounts
from server.store.chats import flags
from server.store.chats.chats import ChangedChat
from server.store.chats.flags import ChatState
from server.unipile.errors import OutcomeUnknown, Rejected
from workers.context import parts_of

log = structlog.get_logger()


async def refresh_chat(ctx: dict[Any, Any], chat_id: int) -> None:
    """Read a chat's name that no event has given, such as a group's subject."""
    parts = parts_of(ctx)
    known = await parts.database.read(flags.fetch_chat_state, chat_id)
    if known is None:
        return
    try:
        name = await parts.unipile.fetch_chat_name(known.provider_chat_id)
    except Rejected as error:
        log.info("chat_not_read", chat_id=chat_id, error=error.type)
        return
    if name is None:
        return
    changed = await parts.database.write(_rename_chat, known.account_id, chat_id, name)
    if changed is not None:
        push = chat_push(changed)
        await publish(parts.redis, changed.account_id, [push])


async def _rename_chat(cursor: Cursor, account_id: int, chat_id: int, name: str) -> ChangedChat | None:
    await accounts.lock_account(cursor, account_id)
    return await flags.rename_chat(cursor, account_id, chat_id, name)


async def mirror_chat(ctx: dict[Any, Any], chat_id: int, marks: list[str]) -> None:
    """Set the flags of a chat at UniPile that were set here: `read` and `unread` as requested; `archived`, `pinned` and
    `muted` as they are now, so that two quick changes end right in any order. What UniPile rejects is not retried.
    """
    parts = parts_of(ctx)
    state = await parts.database.read(flags.fetch_chat_state, chat_id)
    if state is None:
        return
    for flag, value in _flags_to_set(state, marks):
        try:
            await parts.unipile.set_chat(state.provider_chat_id, flag, value)
        except (Rejected, OutcomeUnknown) as error:
            log.info("flag_not_mirrored", chat_id=chat_id, flag=flag, error=error.type)


def _flags_to_set(state: ChatState, marks: list[str]) -> list[tuple[str, bool | str]]:
    """The requested flags with their values. `read` sends a read receipt, which an account can switch off; and UniPile
    only marks whole chats as read, so a chat with unread messages is not.
    """
    values: dict[str, tuple[str, bool | str]] = {
        "unread": ("read", False),
        "archived": ("archived", state.archived),
        "pinned": ("pinned", state.pinned),
        "muted": ("muted", state.is_muted_for_good or state.muted_until or False),
    }
    if state.sends_read_receipts and not state.has_unread:
        values["read"] = ("read", True)
    return [values[mark] for mark in marks if mark in values]


async def register_webhooks(ctx: dict[Any, Any]) -> None:
    """Make sure that UniPile posts to us exactly once."""
    parts = parts_of(ctx)
    await webhook_registration.register_webhooks(
        parts.unipile, parts.config.web.public_url, parts.config.secrets.webhook_secrets
    )

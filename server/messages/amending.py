"""Applies what the provider says of a message that was edited, deleted or reacted to here."""

from aiopg import Cursor

from server.rules.amendments import Amendment, ProviderState
from server.store.accounts import accounts
from server.store.messages import amendments
from server.store.messages.amendments import Amended
from server.store.messages.messages import OpenMessage


async def apply_provider_state(
    cursor: Cursor, message: OpenMessage, truth: ProviderState, hints: list[Amendment]
) -> Amended:
    await accounts.lock_account(cursor, message.account_id)
    return await amendments.apply_provider_state(
        cursor, message.account_id, message.provider_msg_id, truth, hints
    )

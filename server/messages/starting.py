"""Starts chats: sends a first message to a phone number, with a row in the database before the provider is called."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from aiopg import Cursor
from redis.asyncio import Redis

from server.accounts.provider_errors import api_error_of, status_error
from server.config import Pace
from server.conversations.owners import take_begun
from server.errors import ConfabError, NotFound
from server.messages.new_chats import NewChatGuard, require_not_stopped, stop_error, stop_if_restricted
from server.plans.payer import Payer
from server.plans.quotas import check_messages, require_messages
from server.queue import NOTE_USAGE, REFRESH_CHAT, enqueue
from server.realtime.broker import log_if_unavailable, publish, publish_or_log
from server.realtime.events import Push
from server.realtime.pushes import chat_push, message_push
from server.said.said import said
from server.store.accounts import accounts
from server.store.chats import flags, sight
from server.store.chats.advance import advance_chats
from server.store.chats.chat_rows import ChatAdvance
from server.store.db.database import Database
from server.store.messages.messages import ChangedMessage
from server.store.plans import usage
from server.store.plans.usage import UsageCount
from server.store.sending import chat_starts, new_chats, sends
from server.store.sending.chat_starts import ChatStart, StartTarget
from server.store.sending.new_chats import Stop
from server.store.sending.sends import Author
from server.text.phones import is_same_phone
from server.unipile.client import UnipileClient
from server.unipile.errors import OutcomeUnknown, UnipileError
from server.unipile.fields import jids

log = structlog.get_logger()

HIDDEN = said("start_not_yours")

UNKNOWN_OUTCOME = said("message_unconfirmed")


@dataclass(frozen=True, slots=True)
class ChatStarter:
    """Sends first messages. The caller waits for UniPile, which alone knows whether a phone number has WhatsApp and
    which chat is its chat. The row with the client_id is committed before the call, so an unknown outcome is never
    followed by a second message.
    """

    database: Database
    redis: Redis
    unipile: UnipileClient
    pace: Pace

    async def start(
        self, payer: Payer, target: StartTarget, author: Author, to: str, client_id: str, text: str
    ) -> ChangedMessage:
        """Send a first message and return it; a known client_id returns the message of the earlier request."""
        known = await self.find(target, author, client_id)
        if known is not None:
            return known
        if denial := status_error(target.account_status):
            raise denial
        if is_same_phone(to, target.phone):
            raise ConfabError("invalid", fields={"to": [said("start_own_number")]})
        address = await self._resolve_address(target, to.removeprefix("+"))
        if await self.database.read(chat_starts.is_hidden, target.user_id, target.account_id, address):
            raise ConfabError("conflict", HIDDEN)
        start = ChatStart(target.account_id, client_id, address, text, author.kind, author.id)
        # Before the guard, so that a chat the plan does not allow does not take one of the account's chats of the day.
        await self.database.read(_require_messages_left, payer, target.owner_id)
        is_new = await self._admit(target, address)
        begun_at = await self.database.write(_insert_start, payer, start, is_new)
        if begun_at is None:
            raise ConfabError("conflict", said("message_already_sending"))
        try:
            return await self._send(payer.rights.provider, target, author, start, begun_at, is_new)
        finally:
            # The message counts from the insert on, unless UniPile certainly did not send it.
            with log_if_unavailable("usage_not_pushed", account_id=start.account_id):
                await enqueue(self.redis, NOTE_USAGE, start.account_id)

    async def find(self, target: StartTarget, author: Author, client_id: str) -> ChangedMessage | None:
        """The message of an earlier request with this client_id; raises if its outcome is unknown."""
        found = await self.database.write(_find_started, target, author, client_id)
        if found is None:
            return None
        await self._announce(*found)
        return found[0]

    async def _resolve_address(self, target: StartTarget, digits: str) -> str:
        """The phone number's WhatsApp address: of its two forms, where it has two, the one that is known here."""
        addresses = jids.phone_addresses(digits)
        if len(addresses) == 1:
            return addresses[0]
        known = await self.database.read(chat_starts.find_address, target.account_id, addresses)
        return known or addresses[0]

    async def _admit(self, target: StartTarget, address: str) -> bool:
        """Whether this begins a chat, and not a message in one that is there; raises if it may not begin now."""
        guard = NewChatGuard(self.database, self.unipile, self.pace)
        if not await guard.is_new(target, address):
            return False
        try:
            await guard.admit(target, address)
        except UnipileError as error:
            raise await self._reject(target.account_id, error, is_new=True) from error
        return True

    async def _send(
        self,
        provider: str,
        target: StartTarget,
        author: Author,
        start: ChatStart,
        begun_at: datetime,
        is_new: bool,
    ) -> ChangedMessage:
        try:
            chat_id, message_id = await self.unipile.start_chat(
                target.external_account_id, start.address, start.body
            )
        except OutcomeUnknown as error:
            raise ConfabError(api_error_of(error).code, UNKNOWN_OUTCOME) from error
        except UnipileError as error:
            # Certainly not sent: the same client_id may be used again.
            raise await self._reject(start.account_id, error, is_new, start) from error
        try:
            chat_id = chat_id or await self.unipile.fetch_chat_id(target.external_account_id, start.address)
        except UnipileError as error:
            log.info("new_chat_not_fetched", account_id=start.account_id, error=error.type)
        if chat_id is None:
            raise ConfabError("provider_timeout", UNKNOWN_OUTCOME)
        message, pushes = await self.database.write(
            _store_started, provider, target.user_id, author, start, begun_at, chat_id, message_id
        )
        await self._announce(message, pushes)
        return message

    async def _reject(
        self, account_id: int, error: UnipileError, is_new: bool, start: ChatStart | None = None
    ) -> ConfabError:
        """Forget a first message that was certainly not sent, stop new chats if WhatsApp restricts the account, and
        return what the caller is told.
        """
        push, stop = await self.database.write(
            _store_rejection, account_id, error, self.pace.stop_hours, is_new, start
        )
        if push is not None:
            await publish_or_log(self.redis, account_id, [push], "stop_not_published")
        is_restricted = is_new and error.is_restriction(to_stranger=True)
        return stop_error(stop) if is_restricted and stop is not None else api_error_of(error)

    async def _announce(self, message: ChangedMessage, pushes: list[Push]) -> None:
        """Publish, and have the chat refreshed. The message is sent: an error here would make the caller repeat it."""
        with log_if_unavailable("new_chat_not_announced", chat_id=message.chat_id):
            await publish(self.redis, message.account_id, pushes)
            await enqueue(self.redis, REFRESH_CHAT, message.chat_id)


async def _require_messages_left(cursor: Cursor, payer: Payer, owner_id: int) -> None:
    used = await usage.fetch_used(cursor, owner_id, payer.rights.provider)
    check_messages(await payer.rights_of(cursor, owner_id), used, 1)


async def _insert_start(cursor: Cursor, payer: Payer, start: ChatStart, is_new: bool) -> datetime | None:
    """Insert the row and return its time; None if another request has this client_id. Raises if new chats were stopped
    meanwhile.

    The row counts against the month; deleting it gives the count back.
    """
    account = await accounts.lock_account(cursor, start.account_id)
    if account is None:
        raise NotFound
    if is_new:
        await require_not_stopped(cursor, start.account_id)
    begun_at = await chat_starts.insert_start(cursor, start)
    if begun_at is not None:
        await require_messages(cursor, payer, account.user_id, 1)
    return begun_at


async def _store_rejection(
    cursor: Cursor, account_id: int, error: UnipileError, hours: int, is_new: bool, start: ChatStart | None
) -> tuple[Push | None, Stop | None]:
    """In one transaction, so that a first message without an outcome never hides a restriction."""
    await accounts.lock_account(cursor, account_id)
    push = await stop_if_restricted(cursor, account_id, error, hours, to_stranger=is_new)
    if start is not None:
        await chat_starts.delete_start(cursor, start)
    return push, await new_chats.fetch_stop(cursor, account_id)


async def _find_started(
    cursor: Cursor, target: StartTarget, author: Author, client_id: str
) -> tuple[ChangedMessage, list[Push]] | None:
    """The message, found by its client_id or adopted from its echo, and the pushes of its chat; raises provider_timeout
    if the start is stored but no message of it is known.
    """
    known = await sends.fetch_by_client_id(cursor, target.account_id, client_id)
    if known is not None and not await sight.sees_now(cursor, target.user_id, known.chat_id):
        raise ConfabError("conflict", said("message_other_chat"))
    if known is not None:
        return known, []
    begun = await chat_starts.lock_start(cursor, target.account_id, client_id)
    if begun is None:
        return None
    start, begun_at = begun
    adopted = await chat_starts.adopt_message(cursor, start, begun_at)
    if adopted is None:
        raise ConfabError("provider_timeout", UNKNOWN_OUTCOME)
    await chat_starts.delete_start(cursor, start)
    await new_chats.note_chat(cursor, start.account_id, start.address, adopted.chat_id)
    return adopted, await take_begun(cursor, target.user_id, adopted.chat_id, begun_at, author)


async def _store_started(
    cursor: Cursor,
    provider: str,
    user_id: int,
    author: Author,
    start: ChatStart,
    begun_at: datetime,
    provider_chat_id: str,
    provider_msg_id: str | None,
) -> tuple[ChangedMessage, list[Push]]:
    """Store the chat, the message and the count in one transaction; the echo may have stored chat and message."""
    await accounts.lock_account(cursor, start.account_id)
    chat_id = await chat_starts.ensure_chat(cursor, start, provider_chat_id)
    await new_chats.note_chat(cursor, start.account_id, start.address, chat_id)
    known = await chat_starts.adopt_message(cursor, start, begun_at, provider_msg_id)
    if known is not None:
        await chat_starts.delete_start(cursor, start)
        taken = await take_begun(cursor, user_id, known.chat_id, begun_at, author)
        return known, [message_push(known, "message:sent"), *taken]
    message, sent_at, payer_id = await chat_starts.insert_message(cursor, start, chat_id, provider_msg_id)
    await chat_starts.delete_start(cursor, start)
    advance: ChatAdvance = {
        "account_id": start.account_id,
        "chat_id": chat_id,
        "message_id": message.id,
        "sent_at": sent_at,
        "message_key": provider_msg_id or "",
        "preview": flags.preview_of(start.body, []),
        # The sender has read nothing of the chat, which may exist: it stays as unread as it is.
        "arrived": 0,
        "recounts": False,
    }
    if start.author_kind is not None and start.author_id is not None:
        advance["author_kind"], advance["author_id"] = start.author_kind, start.author_id
    (chat,) = await advance_chats(cursor, [advance])
    # The count of the start's row was given back when the row was deleted.
    count: UsageCount = {"user_id": payer_id, "sent": 1, "here": 1, "received": 0}
    await usage.raise_usage(cursor, provider, [count])
    taken = await take_begun(cursor, user_id, chat_id, begun_at, author)
    return message, [message_push(message, "message:sent"), chat_push(chat), *taken]

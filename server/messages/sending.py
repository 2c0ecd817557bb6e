"""Stores sends: who may, what the plan allows, the rows, their chats and the count, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiopg import Cursor

from server.accounts.provider_errors import error_of
from server.errors import ConfabError, NotFound
from server.messages.uploads import Upload
from server.plans.payer import Payer
from server.plans.quotas import require_messages
from server.realtime.events import Push
from server.realtime.pushes import chat_push, message_push
from server.store.chats import chats
from server.store.chats.flags import preview_of
from server.store.messages import attachments
from server.store.messages.messages import ChangedMessage
from server.store.plans import usage
from server.store.sending import sends


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What somebody wants to send, and in which chat."""

    payer: Payer
    user_id: int
    provider: str
    account_id: int
    chat_id: int
    client_id: str
    text: str | None
    quote_id: int | None = None
    uploads: Sequence[Upload] = ()
    # Up to where the writer had read; None when a program writes, which reads nothing.
    seen_seq: int | None = None

    @property
    def is_plain(self) -> bool:
        """A text and nothing else, as most are."""
        return self.quote_id is None and not self.uploads


@dataclass(frozen=True, slots=True)
class StoredSend:
    """The messages of one wish, and what to push; no pushes when it was sent before."""

    messages: list[ChangedMessage]
    pushes: list[Push]


class NotBatchable(Exception):
    """These wishes are not alike enough to be stored together: each has its own answer."""


async def store_send(cursor: Cursor, wish: SendRequest) -> StoredSend:
    """One wish by itself, whatever it is."""
    account_id, chat_id, uploads = wish.account_id, wish.chat_id, wish.uploads
    target = await sends.lock_send_target(cursor, wish.user_id, wish.provider, account_id, chat_id)
    if target is None:
        raise NotFound
    if refusal := error_of(target.account_status) or _refusal_of_chat(target.chat_kind):
        known = await find_sends(cursor, account_id, chat_id, wish.client_id)
        if not known:
            raise refusal
        return StoredSend(known, [])
    quoted = await _quoted(cursor, chat_id, wish.quote_id)
    stored = await _insert_sends(cursor, wish, quoted)
    if not stored:
        return StoredSend(await _known_sends(cursor, wish), [])
    await _count(cursor, wish, target.owner_id, len(stored))
    shown = [upload.attachment for upload in uploads[-1:]]
    preview = preview_of(wish.text if len(stored) == 1 else None, shown)
    pushes = [message_push(message) for message, _ in stored]
    return StoredSend(
        [message for message, _ in stored], [*pushes, await advance_chat(cursor, *stored[-1], preview)]
    )


def _refusal_of_chat(kind: str) -> ConfabError | None:
    """A channel is read, not answered."""
    return ConfabError("conflict", "Nobody can write in a channel.") if kind == "channel" else None


async def store_sends(cursor: Cursor, wishes: Sequence[SendRequest]) -> list[StoredSend]:
    """Plain wishes of one number, with different client_ids, in as many statements as one has; raises Apart, or what
    the plan says, when they are not all to be stored, and then none is.
    """
    first = wishes[0]
    places = [{"user_id": wish.user_id, "chat_id": wish.chat_id} for wish in wishes]
    target = await sends.lock_send_targets(cursor, first.provider, first.account_id, places)
    if target is None or target.reachable != len(wishes) or error_of(target.account_status):
        raise NotBatchable
    rows = [
        {
            "n": n,
            "chat_id": wish.chat_id,
            "client_id": wish.client_id,
            "body": wish.text,
            "seen_seq": wish.seen_seq,
        }
        for n, wish in enumerate(wishes)
    ]
    stored = await sends.insert_sends(cursor, first.account_id, rows)
    if len(stored) != len(wishes):
        raise NotBatchable
    await _count(cursor, first, target.owner_id, len(wishes))
    last = {m.chat_id: (m, sent_at, wish) for (m, sent_at), wish in zip(stored, wishes, strict=True)}
    changes = [_chat_change(m, sent_at, preview_of(wish.text, [])) for m, sent_at, wish in last.values()]
    told = {chat.id: chat for chat in await chats.advance_chats(cursor, changes)}
    return [
        StoredSend([m], [message_push(m), *([chat_push(told[m.chat_id])] if last[m.chat_id][0] is m else [])])
        for m, _ in stored
    ]


async def _count(cursor: Cursor, wish: SendRequest, owner_id: int, number: int) -> None:
    """Take so many units of the month; raises when there are not so many."""
    count = {"user_id": owner_id, "sent": number, "here": number, "received": 0}
    await usage.raise_usage(cursor, wish.provider, [count])
    await require_messages(cursor, wish.payer, owner_id, number)


async def advance_chat(cursor: Cursor, message: ChangedMessage, sent_at: str, preview: str) -> Push:
    """The chat with this message of ours as its last, read up to what its writer had seen."""
    (chat,) = await chats.advance_chats(cursor, [_chat_change(message, sent_at, preview)])
    return chat_push(chat)


def _chat_change(message: ChangedMessage, sent_at: str, preview: str) -> dict[str, Any]:
    return {
        "account_id": message.account_id,
        "chat_id": message.chat_id,
        "message_id": message.id,
        "sent_at": sent_at,
        "message_key": "",
        "preview": preview,
        "arrived": 0,
        "recounts": True,
    }


async def _insert_sends(
    cursor: Cursor, wish: SendRequest, quoted: str | None
) -> list[tuple[ChangedMessage, str]]:
    """(message, sent_at) of each row: one a file, or the text alone. None of them when the client_id is taken."""
    stored = []
    for number, upload in enumerate(wish.uploads or [None], start=1):
        row = await sends.insert_send(
            cursor,
            wish.account_id,
            wish.chat_id,
            part_id(wish.client_id, number),
            wish.text if number == 1 else None,
            quoted if number == 1 else None,
            [upload.attachment] if upload else [],
            seen_seq=wish.seen_seq,
        )
        if row is None and number == 1:
            return []
        if row is None:
            raise ConfabError("conflict", "A part of this client_id belongs to another message.")
        if upload:
            await attachments.refer(cursor, row[0].id, upload.attachment["id"], upload.sha256)
        stored.append(row)
    return stored


async def _quoted(cursor: Cursor, chat_id: int, quote_id: int | None) -> str | None:
    """What the answer keeps of the message it quotes."""
    if quote_id is None:
        return None
    quoted = await sends.fetch_quotable(cursor, chat_id, quote_id)
    if quoted is None:
        raise ConfabError("invalid", fields={"quote_id": ["No message of this chat that can be answered."]})
    return quoted


async def _known_sends(cursor: Cursor, wish: SendRequest) -> list[ChangedMessage]:
    """The messages that this client_id, which is taken, stands for."""
    known = await find_sends(cursor, wish.account_id, wish.chat_id, wish.client_id)
    if not known:
        raise ConfabError("conflict", "This client_id belongs to a message of another chat.")
    return known


async def find_sends(cursor: Cursor, account_id: int, chat_id: int, client_id: str) -> list[ChangedMessage]:
    """The messages of this chat that the client_id stands for, in order."""
    known: list[ChangedMessage] = []
    while message := await sends.fetch_by_client_id(cursor, account_id, part_id(client_id, len(known) + 1)):
        known.append(message)
    return known if known and known[0].chat_id == chat_id else []


def part_id(client_id: str, number: int) -> str:
    """The client_id of the n-th message of one send: the caller's own for the first."""
    return client_id if number == 1 else f"{client_id}#{number}"

"""Stores sends: checks access and plan, inserts the rows, advances the chat and counts usage in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from aiopg import Cursor

from server.accounts.provider_errors import status_error
from server.errors import ConfabError, NotFound
from server.group_commit import CommitSeparately
from server.messages.uploads import Upload
from server.plans.payer import Payer
from server.plans.quotas import require_messages
from server.realtime.events import Push
from server.realtime.pushes import chat_push, message_push
from server.said.said import said
from server.store.chats.advance import advance_chats
from server.store.chats.chat_rows import ChatAdvance
from server.store.chats.flags import preview_of
from server.store.messages import attachments
from server.store.messages.messages import ChangedMessage
from server.store.plans import usage
from server.store.plans.usage import UsageCount
from server.store.sending import newer_items, sends
from server.store.sending.newer_items import GuardedSend
from server.store.sending.sends import Author, NewSend, SenderChat


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A message that a user or a program wants to send in a chat."""

    payer: Payer
    user_id: int
    provider: str
    account_id: int
    chat_id: int
    author: Author
    client_id: str
    text: str | None
    quote_id: int | None = None
    uploads: Sequence[Upload] = ()
    # The seq up to which the sender had read the account; None for a program, which reads nothing.
    seen_seq: int | None = None
    # Held if a colleague wrote, or took the chat, after this seq; None: sent in any case.
    guard_seq: int | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is text only, as most sends are."""
        return self.quote_id is None and not self.uploads


@dataclass(frozen=True, slots=True)
class StoredSend:
    """The messages of one request and their pushes; no pushes if an earlier request stored them."""

    messages: list[ChangedMessage]
    pushes: list[Push]


async def store_send(cursor: Cursor, send: SendRequest) -> StoredSend:
    """Store one request of any kind; one whose client_id is known returns the messages of the first."""
    account_id, chat_id, uploads = send.account_id, send.chat_id, send.uploads
    target = await sends.lock_send_target(cursor, send.user_id, send.provider, account_id, chat_id)
    if target is None:
        raise NotFound
    if denial := status_error(target.account_status) or _channel_error(target.chat_kind):
        known = await find_sends(cursor, account_id, chat_id, send.client_id)
        if not known:
            raise denial
        return StoredSend(known, [])
    if newer := await _find_newer(cursor, send):
        known = await find_sends(cursor, account_id, chat_id, send.client_id)
        if not known:
            raise ConfabError("newer_messages", details=newer)
        return StoredSend(known, [])
    quoted = await _fetch_quoted(cursor, chat_id, send.quote_id)
    stored = await _insert_parts(cursor, send, quoted)
    if not stored:
        return StoredSend(await _require_known(cursor, send), [])
    await _count_sends(cursor, send, target.owner_id, len(stored))
    shown = [upload.attachment for upload in uploads[-1:]]
    preview = preview_of(send.text if len(stored) == 1 else None, shown)
    pushes = [message_push(message) for message, _ in stored]
    return StoredSend(
        [message for message, _ in stored],
        [*pushes, await advance_chat(cursor, *stored[-1], preview, send.author)],
    )


async def _find_newer(cursor: Cursor, send: SendRequest) -> dict[str, object] | None:
    """What holds the send back."""
    if send.guard_seq is None:
        return None
    row: GuardedSend = {
        "chat_id": send.chat_id,
        "guard_seq": send.guard_seq,
        "author_kind": send.author.kind,
        "author_id": send.author.id,
    }
    newer = await newer_items.find_newer(cursor, send.account_id, [row])
    if not any(newer):
        return None
    return {name: [orjson.loads(text) for text in items] for name, items in newer._asdict().items()}


async def _is_any_overtaken(cursor: Cursor, batch: Sequence[SendRequest]) -> bool:
    """Whether one of them is held back by what is stored, or by another of them."""
    authors: dict[int, Author] = {}
    if any(send.guard_seq is not None for send in batch) and any(
        authors.setdefault(send.chat_id, send.author) != send.author for send in batch
    ):
        return True
    rows: list[GuardedSend] = [
        {
            "chat_id": send.chat_id,
            "guard_seq": send.guard_seq,
            "author_kind": send.author.kind,
            "author_id": send.author.id,
        }
        for send in batch
        if send.guard_seq is not None
    ]
    return bool(rows) and any(await newer_items.find_newer(cursor, batch[0].account_id, rows))


def _channel_error(chat_kind: str) -> ConfabError | None:
    return ConfabError("conflict", said("channel_read_only")) if chat_kind == "channel" else None


async def store_sends(cursor: Cursor, batch: Sequence[SendRequest]) -> list[StoredSend]:
    """Store plain sends of one account, with distinct client_ids, in as many statements as one takes.

    Stores all or none: raises CommitSeparately, or the plan's error, if one of them cannot be stored as it is.
    """
    first = batch[0]
    sender_chats: list[SenderChat] = [{"user_id": send.user_id, "chat_id": send.chat_id} for send in batch]
    target = await sends.lock_send_targets(cursor, first.provider, first.account_id, sender_chats)
    if target is None or target.reachable != len(batch) or status_error(target.account_status):
        raise CommitSeparately
    if await _is_any_overtaken(cursor, batch):
        raise CommitSeparately
    stored = await sends.insert_sends(cursor, first.account_id, _new_sends(batch))
    if len(stored) != len(batch):
        raise CommitSeparately
    await _count_sends(cursor, first, target.owner_id, len(batch))
    newest = {m.chat_id: (m, sent_at, send) for (m, sent_at), send in zip(stored, batch, strict=True)}
    # The first who answers takes the chat.
    answerers = {send.chat_id: send.author for send in reversed(batch)}
    advances = [
        _chat_advance(m, sent_at, preview_of(send.text, []), answerers[m.chat_id])
        for m, sent_at, send in newest.values()
    ]
    advanced = {chat.id: chat for chat in await advance_chats(cursor, advances)}
    return [
        StoredSend(
            [m], [message_push(m), *([chat_push(advanced[m.chat_id])] if newest[m.chat_id][0] is m else [])]
        )
        for m, _ in stored
    ]


def _new_sends(batch: Sequence[SendRequest]) -> list[NewSend]:
    return [
        {
            "n": n,
            "chat_id": send.chat_id,
            "client_id": send.client_id,
            "body": send.text,
            "seen_seq": send.seen_seq,
            "author_kind": send.author.kind,
            "author_id": send.author.id,
        }
        for n, send in enumerate(batch)
    ]


async def _count_sends(cursor: Cursor, send: SendRequest, owner_id: int, sent: int) -> None:
    """Count them against the month of the account's payer; raises plan_limit if the plan has not that many left."""
    count: UsageCount = {"user_id": owner_id, "sent": sent, "here": sent, "received": 0}
    await usage.raise_usage(cursor, send.provider, [count])
    await require_messages(cursor, send.payer, owner_id, sent)


async def advance_chat(
    cursor: Cursor, message: ChangedMessage, sent_at: str, preview: str, author: Author
) -> Push:
    """Make this message the chat's last, with the chat read up to what its sender had seen, and answered."""
    (chat,) = await advance_chats(cursor, [_chat_advance(message, sent_at, preview, author)])
    return chat_push(chat)


def _chat_advance(message: ChangedMessage, sent_at: str, preview: str, author: Author) -> ChatAdvance:
    advance: ChatAdvance = {
        "account_id": message.account_id,
        "chat_id": message.chat_id,
        "message_id": message.id,
        "sent_at": sent_at,
        "message_key": "",
        "preview": preview,
        "arrived": 0,
        "recounts": True,
    }
    # What a rule writes opens and answers no conversation.
    if author.kind != "rule":
        advance |= {"author_kind": author.kind, "author_id": author.id}
    return advance


async def _insert_parts(
    cursor: Cursor, send: SendRequest, quoted: str | None
) -> list[tuple[ChangedMessage, str]]:
    """(message, sent_at) of each row: one per file, or the text alone. Empty if the client_id is taken."""
    stored = []
    for n, upload in enumerate(send.uploads or [None], start=1):
        row = await sends.insert_send(
            cursor,
            send.account_id,
            send.chat_id,
            part_id(send.client_id, n),
            send.text if n == 1 else None,
            quoted if n == 1 else None,
            [upload.attachment] if upload else [],
            author=send.author,
            seen_seq=send.seen_seq,
        )
        if row is None and n == 1:
            return []
        if row is None:
            raise ConfabError("conflict", said("message_other_part"))
        if upload:
            await attachments.refer(cursor, row[0].id, upload.attachment["id"], upload.sha256)
        stored.append(row)
    return stored


async def _fetch_quoted(cursor: Cursor, chat_id: int, quote_id: int | None) -> str | None:
    """What a reply stores of the message it quotes."""
    if quote_id is None:
        return None
    quoted = await sends.fetch_quotable(cursor, chat_id, quote_id)
    if quoted is None:
        raise ConfabError("invalid", fields={"quote_id": [said("message_not_quotable")]})
    return quoted


async def _require_known(cursor: Cursor, send: SendRequest) -> list[ChangedMessage]:
    """The messages that took this client_id; raises conflict if they are in another chat."""
    known = await find_sends(cursor, send.account_id, send.chat_id, send.client_id)
    if not known:
        raise ConfabError("conflict", said("message_other_chat"))
    return known


async def find_sends(cursor: Cursor, account_id: int, chat_id: int, client_id: str) -> list[ChangedMessage]:
    """The messages of this chat that were sent with the client_id, in order."""
    known: list[ChangedMessage] = []
    while message := await sends.fetch_by_client_id(cursor, account_id, part_id(client_id, len(known) + 1)):
        known.append(message)
    return known if known and known[0].chat_id == chat_id else []


def part_id(client_id: str, n: int) -> str:
    """The client_id of the n-th message of one send: the caller's own for the first."""
    return client_id if n == 1 else f"{client_id}#{n}"

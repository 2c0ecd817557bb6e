"""Erases people: a round that carries on what was begun, a bounded piece a transaction, whoever was killed."""

from typing import NamedTuple

import structlog
from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.events import Push, make_push
from server.store import accounts, erasures, gone
from server.store.chats import ChangedChat
from server.store.erased import Seal, mark_erased
from server.store.erasures import Erasure
from server.store.gone import Gone
from server.store.messages import ChangedMessage
from workers.context import Parts

log = structlog.get_logger()

ROWS_AT_ONCE = 500
# Renewed with every piece.
CLAIM_SECONDS = 60.0


class Piece(NamedTuple):
    """What a transaction did; `walked_seq` is None when nothing was left to look at."""

    pushes: list[Push]
    walked_seq: int | None


async def erase_people(parts: Parts) -> None:
    """A round: everything that is begun and that nobody carries on."""
    while (erasure := await parts.database.write(erasures.claim_erasure, CLAIM_SECONDS)) is not None:
        walked_seq: int | None = erasure.walked_seq
        while walked_seq is not None:
            piece = await parts.database.write(_erase_piece, erasure, walked_seq, parts.seal)
            await publish(parts.redis, erasure.account_id, piece.pushes)
            walked_seq = piece.walked_seq
        log.info("person_erased", account_id=erasure.account_id, contact_id=erasure.contact_id)


async def _erase_piece(cursor: Cursor, erasure: Erasure, walked_seq: int, seal: Seal) -> Piece:
    account = await accounts.lock_account(cursor, erasure.account_id)
    if account is None:
        return Piece([], None)
    rows = await erasures.walk(cursor, erasure, walked_seq, ROWS_AT_ONCE)
    if not rows:
        return Piece(await _finish(cursor, erasure, account.external_account_id), None)
    theirs = [row for row in rows if row.is_theirs]
    names = await gone.delete_messages(cursor, erasure.account_id, [row.id for row in theirs])
    await mark_erased(cursor, seal, erasure.account_id, names, erasure.erased_at)
    told = await gone.insert_gone(
        cursor,
        erasure.account_id,
        [("message:erased", row.id, row.chat_id) for row in theirs if row.chat_id not in erasure.chat_ids],
    )
    quoting = {row.id for row in rows if row.has_quote and not row.is_theirs}
    quoting |= await gone.list_answers(cursor, erasure.account_id, names)
    reacted = {row.id for row in rows if row.has_reaction and not row.is_theirs}
    cleaned = await gone.clean_messages(cursor, erasure.account_id, quoting, reacted, erasure.names)
    shared = sorted({row.chat_id for row in theirs} - set(erasure.chat_ids))
    chats = await gone.settle_chats(cursor, erasure.account_id, shared)
    await erasures.note_walked(cursor, erasure.id, rows[-1].seq, len(theirs), CLAIM_SECONDS)
    return Piece([*gone_pushes(told), *_message_pushes(cleaned), *chat_pushes(chats)], rows[-1].seq)


async def _finish(cursor: Cursor, erasure: Erasure, external_account_id: str) -> list[Push]:
    """The direct chats go, unless somebody wrote in them after the erase; then all that led here."""
    await erasures.forget_traces(cursor, erasure.account_id, external_account_id, erasure.names)
    emptied = await gone.delete_empty_chats(cursor, erasure.account_id, erasure.chat_ids)
    left = [chat_id for chat_id in erasure.chat_ids if chat_id not in emptied]
    told = await gone.insert_gone(
        cursor, erasure.account_id, [("chat:erased", chat_id, chat_id) for chat_id in emptied]
    )
    told += await gone.trim_chats(cursor, erasure.account_id, left, erasure.erased_at)
    chats = await gone.settle_chats(cursor, erasure.account_id, left)
    await erasures.finish_erasure(cursor, erasure.id)
    return [*gone_pushes(told), *chat_pushes(chats)]


def gone_pushes(things: list[Gone]) -> list[Push]:
    return [make_push(one.event, one.account_id, one.seq, one.chat_id, one.json) for one in things]


def chat_pushes(chats: list[ChangedChat]) -> list[Push]:
    return [make_push("chat:updated", chat.account_id, chat.seq, chat.id, chat.json) for chat in chats]


def _message_pushes(messages: list[ChangedMessage]) -> list[Push]:
    return [make_push("message:updated", m.account_id, m.seq, m.chat_id, m.json) for m in messages]

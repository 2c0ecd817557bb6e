"""Erases contacts: resumes what was begun, in bounded transactions, so that a killed worker is replaced by another."""

from typing import NamedTuple

import structlog
from aiopg import Cursor

from server.realtime.broker import publish
from server.realtime.events import Push
from server.realtime.pushes import chat_pushes, message_push, tombstone_pushes
from server.store.accounts import accounts
from server.store.conversations import notes
from server.store.dead_letters import blank_dead_letters, list_dead_letters
from server.store.messages import tombstones
from server.store.messages.tombstones import NewTombstone
from server.store.privacy import contact_erasures
from server.store.privacy.contact_erasures import Erasure
from server.store.privacy.erasure_digests import NameHasher, find_erased, mark_erased
from workers.context import Parts
from workers.storing.erasure_filter import forms_of

log = structlog.get_logger()

BATCH_SIZE = 500
# Renewed with every step.
LEASE_SECONDS = 60.0


class ErasureStep(NamedTuple):
    """The result of one transaction; `walked_seq` is None when no row was left."""

    pushes: list[Push]
    walked_seq: int | None


async def erase_contacts(parts: Parts) -> None:
    """Work on every erasure that is not leased."""
    while (erasure := await parts.database.write(contact_erasures.lease_erasure, LEASE_SECONDS)) is not None:
        walked_seq = await _walk(parts, erasure, erasure.walked_seq, is_last=False)
        await _scrub(parts, erasure, walked_seq)
        # Rows that changed meanwhile have higher seqs.
        await _walk(parts, erasure, walked_seq, is_last=True)
        log.info("contact_erased", account_id=erasure.account_id, contact_id=erasure.contact_id)


async def _walk(parts: Parts, erasure: Erasure, walked_seq: int, *, is_last: bool) -> int:
    """Walk all rows after `walked_seq`; the last walk also finishes. Returns the last seq with a row."""
    while True:
        step = await parts.database.write(_erase_step, erasure, walked_seq, parts.name_hasher, is_last)
        await publish(parts.redis, erasure.account_id, step.pushes)
        if step.walked_seq is None:
            return walked_seq
        walked_seq = step.walked_seq


async def _scrub(parts: Parts, erasure: Erasure, walked_seq: int) -> None:
    """Blank dead dead_letters that name erased data, also those stored during the walk; later ones are filtered."""
    last: int | None = 0
    while last is not None:
        last = await parts.database.write(_scrub_page, erasure, walked_seq, parts.name_hasher, last)


async def _scrub_page(
    cursor: Cursor, erasure: Erasure, walked_seq: int, hasher: NameHasher, last: int
) -> int | None:
    account_id = erasure.account_id
    dead_letters = await list_dead_letters(cursor, account_id, last, BATCH_SIZE)
    if not dead_letters:
        return None
    named = {
        dead_letter_id: {(account_id, form) for form in forms_of(body)}
        for dead_letter_id, body in dead_letters
    }
    erased = await find_erased(cursor, hasher, {key for keys in named.values() for key in keys})
    await blank_dead_letters(
        cursor, [dead_letter_id for dead_letter_id, keys in named.items() if keys & erased.keys()]
    )
    await contact_erasures.note_walked(cursor, erasure.id, walked_seq, 0, LEASE_SECONDS)
    return dead_letters[-1][0]


async def _erase_step(
    cursor: Cursor, erasure: Erasure, walked_seq: int, hasher: NameHasher, is_last: bool
) -> ErasureStep:
    account = await accounts.lock_account(cursor, erasure.account_id)
    if account is None:
        return ErasureStep([], None)
    rows = await contact_erasures.walk(cursor, erasure, walked_seq, BATCH_SIZE)
    if not rows:
        return ErasureStep(
            await _finish(cursor, erasure, account.external_account_id) if is_last else [], None
        )
    erasable = [row for row in rows if row.is_erasable]
    names = await tombstones.delete_messages(cursor, erasure.account_id, [row.id for row in erasable])
    await mark_erased(cursor, hasher, erasure.account_id, names, erasure.erased_at)
    erased = await tombstones.insert_tombstones(
        cursor,
        erasure.account_id,
        [
            NewTombstone("message:erased", row.id, row.chat_id)
            for row in erasable
            if row.chat_id not in erasure.chat_ids
        ],
    )
    quoting = {row.id for row in rows if row.has_quote and not row.is_erasable}
    quoting |= await tombstones.list_replies(cursor, erasure.account_id, names)
    reacted = {row.id for row in rows if row.has_reaction and not row.is_erasable}
    cleaned = await tombstones.clean_messages(cursor, erasure.account_id, quoting, reacted, erasure.names)
    shared = sorted({row.chat_id for row in erasable} - set(erasure.chat_ids))
    chats = await tombstones.recompute_chats(cursor, erasure.account_id, shared)
    await contact_erasures.note_walked(cursor, erasure.id, rows[-1].seq, len(erasable), LEASE_SECONDS)
    return ErasureStep(
        [*tombstone_pushes(erased), *map(message_push, cleaned), *chat_pushes(chats)], rows[-1].seq
    )


async def _finish(cursor: Cursor, erasure: Erasure, external_account_id: str) -> list[Push]:
    """Delete the direct chats without later messages, then the remaining traces."""
    await contact_erasures.erase_traces(cursor, erasure.account_id, external_account_id, erasure.names)
    emptied = await tombstones.delete_empty_chats(cursor, erasure.account_id, erasure.chat_ids)
    left = [chat_id for chat_id in erasure.chat_ids if chat_id not in emptied]
    erased = await tombstones.insert_tombstones(
        cursor,
        erasure.account_id,
        [NewTombstone("chat:erased", chat_id, chat_id, seen) for chat_id, seen in emptied.items()],
    )
    await notes.delete_before(cursor, erasure.account_id, left, erasure.erased_at)
    erased += await tombstones.trim_chats(cursor, erasure.account_id, left, erasure.erased_at)
    chats = await tombstones.recompute_chats(cursor, erasure.account_id, left)
    await contact_erasures.finish_erasure(cursor, erasure.id)
    return [*tombstone_pushes(erased), *chat_pushes(chats)]

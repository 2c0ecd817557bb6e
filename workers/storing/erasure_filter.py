"""Drops erased and expired data from a batch, so that late duplicates cannot resurrect it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aiopg import Cursor

from server.rules.amendments import Amendment, ProviderState, reactor_id
from server.store.accounts.accounts import LockedAccount
from server.store.messages import messages
from server.store.privacy.account_erasures import was_erased
from server.store.privacy.erasure_digests import NameHasher, find_erased, has_erased
from server.unipile.events.parse import account_of
from server.unipile.events.types import MessageEvent
from server.unipile.fields import jids
from workers.storing.batch import Batch, Key
from workers.storing.rows import key_of, key_rows

# Names are short: what is longer is a message's text.
MAX_NAME = 255

Erased = dict[Key, datetime]


async def drop_erased(cursor: Cursor, batch: Batch, hasher: NameHasher) -> None:
    """Drop from the batch what must not be stored; the accounts are locked.

    For accounts without erasures and retention limit, which is nearly all of them, this runs no query.
    """
    for account in batch.accounts:
        if account.retained_from is not None:
            _drop_expired(batch, account.id, account.retained_from)
    watched = {account.id for account in batch.accounts if account.has_erased}
    if not watched:
        return
    erased = await _find_erased(cursor, hasher, _names_of(batch, watched))
    if not erased:
        return
    stored = await _find_stored(cursor, batch, watched)
    for key, event in list(batch.messages.items()):
        if key not in stored and _is_erased(key, event, erased):
            batch.drop_message(key)
    _drop_erased_receipts_and_amendments(batch, erased, stored)
    batch.mentions = [
        mention
        for mention in batch.mentions
        if not _has_erased(mention.account_id, mention.contact["ids"], erased)
    ]
    _strip_quotes(batch, erased, stored)


async def _find_erased(cursor: Cursor, hasher: NameHasher, names: Iterable[Key]) -> Erased:
    """Those of these names that were erased, in whichever of their forms."""
    forms = {key: {(key[0], form) for form in jids.forms(key[1])} for key in set(names)}
    found = await find_erased(cursor, hasher, set().union(*forms.values()))
    return {
        key: max(found[form] for form in own & found.keys())
        for key, own in forms.items()
        if own & found.keys()
    }


def _drop_expired(batch: Batch, account_id: int, retained_from: datetime) -> None:
    for key, event in list(batch.messages.items()):
        if key[0] == account_id and datetime.fromisoformat(event.sent_at) < retained_from:
            batch.drop_message(key)


def _names_of(batch: Batch, watched: set[int]) -> Iterator[Key]:
    for key, event in batch.messages.items():
        if key[0] in watched:
            yield key
            yield from ((key[0], name) for name in (*_participants(event), *_quoted(event)))
    for key in batch.receipts:
        if key[0] in watched:
            yield key
    for (key, _, _), (amendment, raw) in batch.amendments.items():
        if key[0] in watched:
            yield key
            yield from ((key[0], name) for name in (amendment.reactor, *names_in(raw)) if name)
    for mention in batch.mentions:
        if mention.account_id in watched:
            yield from ((mention.account_id, name) for name in mention.contact["ids"])


def _participants(event: MessageEvent) -> Iterator[str]:
    """The names of the chat, of the contact and of the sender."""
    yield event.provider_chat_id
    if event.chat_address:
        yield event.chat_address
    yield from event.respelled
    if event.contact is not None:
        yield from event.contact["ids"]
    if event.direction == "in" and event.sender is not None:
        yield event.sender["provider_id"]


def _quoted(event: MessageEvent) -> Iterator[str]:
    yield from (name for name in (event.quoted_message, event.quoted_sender) if name)


def names_in(value: object) -> Iterator[str]:
    """Every string of a raw event that could be a name."""
    if isinstance(value, str):
        if 0 < len(value) <= MAX_NAME:
            yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from names_in(key)
            yield from names_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def forms_of(raw: object) -> Iterator[str]:
    """The names in a raw event, each in all its forms."""
    for name in names_in(raw):
        yield f"#{name}"
        yield from jids.forms(name)


async def _find_stored(cursor: Cursor, batch: Batch, watched: set[int]) -> set[Key]:
    """Which of the messages that this batch mentions are stored."""
    keys = {key for key in batch.messages if key[0] in watched}
    keys |= {key for key, _, _ in batch.amendments if key[0] in watched}
    keys |= {
        (key[0], event.quoted_message)
        for key, event in batch.messages.items()
        if key[0] in watched and event.quoted_message
    }
    found = await messages.fetch_by_provider_ids(cursor, key_rows(sorted(keys)))
    return {key_of(message) for message in found}


def _is_erased(key: Key, event: MessageEvent, erased: Erased) -> bool:
    """By its own id, or sent by or to a contact before that was erased: what the contact writes later is new."""
    if key in erased:
        return True
    sent_at = datetime.fromisoformat(event.sent_at)
    return any(sent_at <= erased[key[0], name] for name in _participants(event) if (key[0], name) in erased)


def _has_erased(account_id: int, names: Iterable[str], erased: Erased) -> bool:
    return any((account_id, name) in erased for name in names)


def _drop_erased_receipts_and_amendments(batch: Batch, erased: Erased, stored: set[Key]) -> None:
    """These have no time of their own: those of an erased contact are dropped, and those of an erased message."""
    for key in [key for key in batch.receipts if key in erased]:
        del batch.receipts[key]
    for amendment_key, (amendment, raw) in list(batch.amendments.items()):
        key = amendment_key[0]
        is_known = key in stored or key in batch.messages
        is_by_erased = bool(amendment.reactor) and (key[0], amendment.reactor) in erased
        if key in erased or is_by_erased or (not is_known and _has_erased(key[0], names_in(raw), erased)):
            del batch.amendments[amendment_key]


def _strip_quotes(batch: Batch, erased: Erased, stored: set[Key]) -> None:
    """Replies must not quote an erased message, nor one of an erased contact that is not stored."""
    for key, event in batch.messages.items():
        if event.quoted is None:
            continue
        quoted: Key = (key[0], event.quoted_message)
        is_known = quoted in stored or quoted in batch.messages
        is_by_erased = (key[0], event.quoted_sender) in erased
        if quoted in erased or (is_by_erased and not is_known):
            batch.messages[key] = replace(event, quoted=None)


async def drop_erased_reactions(
    cursor: Cursor,
    account_id: int,
    state: ProviderState | None,
    events: Sequence[Amendment],
    hasher: NameHasher,
) -> tuple[ProviderState | None, list[Amendment]]:
    """A message's state at UniPile, and its webhooks, without the reactions of erased contacts, which have no time."""
    senders = {event.reactor for event in events}
    senders |= {reactor_id(reaction) for reaction in (state.reactions if state else ())}
    erased = await _find_erased(cursor, hasher, ((account_id, name) for name in senders if name))
    if state is not None:
        left = [r for r in state.reactions if (account_id, reactor_id(r)) not in erased]
        state = state._replace(reactions=left)
    return state, [event for event in events if (account_id, event.reactor) not in erased]


async def names_erased(
    cursor: Cursor,
    hasher: NameHasher,
    provider: str,
    account: LockedAccount | None,
    raw: Mapping[str, object],
) -> bool:
    """Whether a raw event names an erased contact or message, or comes from an erased account; `account` is None if it
    could not be locked.
    """
    if account is not None and not account.has_erased:
        return False
    name = account_of(raw) or ""
    if account is None and await was_erased(cursor, hasher, provider, name):
        return True
    account_id = account.id if account else await has_erased(cursor, provider, name)
    if account_id is None:
        return False
    return bool(await find_erased(cursor, hasher, ((account_id, name) for name in forms_of(raw))))

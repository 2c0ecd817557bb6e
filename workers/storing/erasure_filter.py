"""Takes out of a batch what was erased, or is older than its number keeps: late duplicates bring nobody back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiopg import Cursor

from server.store.accounts.accounts import LockedAccount
from server.store.messages import messages
from server.store.messages.amendments import Amendment, ProviderState
from server.store.messages.reactions import who_reacted
from server.store.privacy.account_erasures import was_erased
from server.store.privacy.erasure_digests import NameHasher, find_erased, has_erased
from server.unipile import jids
from server.unipile.events import MessageEvent, account_of
from workers.storing.batch import Batch, Key, key_rows

# Names are short: what is longer is a message's text.
MAX_NAME = 255

Erased = dict[Key, datetime]


async def forget(cursor: Cursor, batch: Batch, seal: NameHasher) -> None:
    """Leave out of the batch what must not be stored; the accounts are locked.

    Where nobody was erased and nothing is limited, which is nearly everywhere, this asks nothing.
    """
    for account in batch.accounts:
        if account.kept_from is not None:
            _drop_old(batch, account.id, account.kept_from)
    watched = {account.id for account in batch.accounts if account.has_erased}
    if not watched:
        return
    erased = await _find_erased(cursor, seal, _names_of(batch, watched))
    if not erased:
        return
    stored = await _stored(cursor, batch, watched)
    for key, event in list(batch.messages.items()):
        if key not in stored and _is_erased(key, event, erased):
            batch.drop_message(key)
    _drop_hints(batch, erased, stored)
    batch.people = [told for told in batch.people if not _any(told[0], told[1]["ids"], erased)]
    _strip_quotes(batch, erased, stored)


async def _find_erased(cursor: Cursor, seal: NameHasher, names: Iterable[Key]) -> Erased:
    """Of these names those that were erased, under whichever form of them."""
    forms = {key: {(key[0], form) for form in jids.forms(key[1])} for key in set(names)}
    found = await find_erased(cursor, seal, set().union(*forms.values()))
    return {
        key: max(found[form] for form in mine & found.keys())
        for key, mine in forms.items()
        if mine & found.keys()
    }


def _drop_old(batch: Batch, account_id: int, kept_from: datetime) -> None:
    for key, event in list(batch.messages.items()):
        if key[0] == account_id and datetime.fromisoformat(event.sent_at) < kept_from:
            batch.drop_message(key)


def _names_of(batch: Batch, watched: set[int]) -> Iterator[Key]:
    for key, event in batch.messages.items():
        if key[0] in watched:
            yield key
            yield from ((key[0], name) for name in (*_places(event), *_quoted(event)))
    for key in batch.receipts:
        if key[0] in watched:
            yield key
    for (key, _, _), hint in batch.amendments.items():
        if key[0] in watched:
            yield key
            told = names_in(batch.raw_amendments.get(id(hint)))
            yield from ((key[0], name) for name in (hint.person, *told) if name)
    for account_id, who, _ in batch.people:
        if account_id in watched:
            yield from ((account_id, name) for name in who["ids"])


def _places(event: MessageEvent) -> Iterator[str]:
    """By whom or with whom a message was written."""
    yield event.provider_chat_id
    if event.chat_address:
        yield event.chat_address
    yield from event.spelled
    if event.contact is not None:
        yield from event.contact["ids"]
    if event.direction == "in" and event.sender is not None:
        yield event.sender["provider_id"]


def _quoted(event: MessageEvent) -> Iterator[str]:
    yield from (name for name in (event.quoted_message, event.quoted_person) if name)


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
    """The names in a raw event, and all that each may be called here."""
    for name in names_in(raw):
        yield f"#{name}"
        yield from jids.forms(name)


async def _stored(cursor: Cursor, batch: Batch, watched: set[int]) -> set[Key]:
    """Which of the messages that this batch speaks of are here."""
    keys = {key for key in batch.messages if key[0] in watched}
    keys |= {key for key, _, _ in batch.amendments if key[0] in watched}
    keys |= {
        (key[0], event.quoted_message)
        for key, event in batch.messages.items()
        if key[0] in watched and event.quoted_message
    }
    found = await messages.fetch_by_provider_ids(cursor, key_rows(sorted(keys)))
    return {(message.account_id, message.provider_msg_id) for message in found}


def _is_erased(key: Key, event: MessageEvent, erased: Erased) -> bool:
    """By its own id, or sent by or to somebody until they were erased: what they write later is new."""
    if key in erased:
        return True
    sent_at = datetime.fromisoformat(event.sent_at)
    return any(sent_at <= erased[key[0], name] for name in _places(event) if (key[0], name) in erased)


def _any(account_id: int, names: Iterable[str], erased: Erased) -> bool:
    return any((account_id, name) in erased for name in names)


def _drop_hints(batch: Batch, erased: Erased, stored: set[Key]) -> None:
    """A hint has no time of its own: none of somebody who was erased is taken, and none of an erased message."""
    for key in [key for key in batch.receipts if key in erased]:
        del batch.receipts[key]
    for place, hint in list(batch.amendments.items()):
        key, told = place[0], names_in(batch.raw_amendments.get(id(hint)))
        is_known = key in stored or key in batch.messages
        is_theirs = bool(hint.person) and (key[0], hint.person) in erased
        if key in erased or is_theirs or (not is_known and _any(key[0], told, erased)):
            del batch.amendments[place]


def _strip_quotes(batch: Batch, erased: Erased, stored: set[Key]) -> None:
    """Their words come back in nobody's answer: quotes of what was erased, or of what they wrote and is not here."""
    for key, event in batch.messages.items():
        if event.quoted is None:
            continue
        quoted: Key = (key[0], event.quoted_message)
        is_here = quoted in stored or quoted in batch.messages
        is_theirs = (key[0], event.quoted_person) in erased
        if quoted in erased or (is_theirs and not is_here):
            batch.messages[key] = replace(event, quoted=None)


async def leave_out_erased(
    cursor: Cursor, account_id: int, truth: ProviderState | None, hints: Sequence[Amendment], seal: NameHasher
) -> tuple[ProviderState | None, list[Amendment]]:
    """What UniPile and webhooks say of a message, without the reactions of who was erased: they have no time."""
    people = {hint.person for hint in hints} | {who_reacted(r) for r in (truth.reactions if truth else ())}
    erased = await _find_erased(cursor, seal, ((account_id, person) for person in people if person))
    if truth is not None:
        left = [r for r in truth.reactions if (account_id, who_reacted(r)) not in erased]
        truth = truth._replace(reactions=left)
    return truth, [hint for hint in hints if (account_id, hint.person) not in erased]


async def names_erased(
    cursor: Cursor, seal: NameHasher, provider: str, account: LockedAccount | None, raw: Mapping[str, Any]
) -> bool:
    """Whether a raw event speaks of somebody, or comes from a number, that was erased; `account` is None where it is
    not held.
    """
    if account is not None and not account.has_erased:
        return False
    name = account_of(raw) or ""
    if account is None and await was_erased(cursor, seal, provider, name):
        return True
    account_id = account.id if account else await has_erased(cursor, provider, name)
    if account_id is None:
        return False
    return bool(await find_erased(cursor, seal, ((account_id, name) for name in forms_of(raw))))

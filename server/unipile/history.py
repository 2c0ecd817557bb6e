"""Reads what UniPile has stored (unipile-api.md §§6–9) into the events that its webhooks would have given."""

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from server.text.times import read_time
from server.unipile import jids
from server.unipile.client import UnipileClient
from server.unipile.errors import NotTaken, OutcomeUnknown
from server.unipile.events import MessageEvent
from server.unipile.fields import (
    CLOCK_SKEW,
    MAX_TEXT_LENGTH,
    UnusableEventError,
    address,
    attachments,
    contact_of,
    identifier,
    known_contact,
    mentions,
    quoted,
    sent_times,
    spelled,
    text,
    with_phone_keys,
)
from server.unipile.scalars import flag, provided_flag, small_integer, whole
from server.unipile.system_texts import system_text

# Status messages after which UniPile may hold more of the past than before (§3).
HISTORY_GREW = ("SYNC_SUCCESS",)
# The words of one that comes after a time in which nothing was told.
RECONNECTED = ("RECONNECTED",)
CHAT_KINDS: Mapping[object, str] = {0: "direct", 1: "group", 2: "channel"}
MAX_LIMIT = 250
FOR_GOOD = "9999-12-31T00:00:00Z"
MARKED_UNREAD = -1
MUTED_FOR_GOOD = -1
# All attempts of one read together; a read harms nothing, so it is asked again while this lasts.
READ_SECONDS = 20.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 4.0
EXACT_MILLISECONDS = re.compile(r"\.(\d{3})\d*\+00:00$")

Attendees = Mapping[
    str, dict[str, Any]
]  # UniPile's attendee id -> {provider_id, name, phone, ids, external_id, is_self}


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A chat as UniPile lists it, with the marks that stand on it there."""

    provider_chat_id: str
    kind: str
    address: str | None = None
    marks: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as UniPile holds it: the event its webhook would have been, and what has happened to it since.

    `tick` is the furthest of an own message; an amended one was edited, deleted or reacted to.
    """

    event: MessageEvent
    tick: str | None
    is_amended: bool
    # Where UniPile says no time that can be, `sent_at` is not known yet.
    is_dated: bool = True


@dataclass(frozen=True, slots=True)
class RawPage:
    """Objects of one page, and the opaque cursor of the next; None after the last."""

    items: list[dict[str, Any]]
    cursor: str | None


class History:
    """Pages through UniPile's lists, newest first."""

    def __init__(self, client: UnipileClient) -> None:
        self._client = client

    async def list_chats(
        self, external_account_id: str, cursor: str | None, limit: int
    ) -> tuple[list[StoredChat], str | None]:
        page = await self._page(("chats",), {"account_id": external_account_id}, cursor, limit)
        return [chat for item in page.items if (chat := read_chat(item)) is not None], page.cursor

    async def list_chat_messages(self, provider_chat_id: str, cursor: str | None, limit: int) -> RawPage:
        return await self._page(("chats", provider_chat_id, "messages"), {}, cursor, limit)

    async def list_messages(self, external_account_id: str, after: datetime, cursor: str | None) -> RawPage:
        filters = {"account_id": external_account_id, "after": _exact(after)}
        return await self._page(("messages",), filters, cursor, MAX_LIMIT)

    async def list_people(self, provider_chat_id: str) -> Attendees:
        """Who takes part in a chat, by UniPile's id of them; that list has no pages (§6.2)."""
        return read_attendees(await self._read(("chats", provider_chat_id, "attendees"), {}))

    async def _page(
        self, path: tuple[str, ...], filters: Mapping[str, str], cursor: str | None, limit: int
    ) -> RawPage:
        """A cursor carries its filters; UniPile ignores those beside it (§1.5), or heeds them."""
        more = {"cursor": cursor} if cursor else {}
        answer = await self._read(path, {**filters, "limit": str(limit), **more})
        following = answer.get("cursor")
        # A cursor that leads to itself would be read for ever.
        is_good = isinstance(following, str) and following not in ("", cursor)
        return RawPage(_items(answer), following if is_good else None)

    async def _read(self, path: tuple[str, ...], params: Mapping[str, str]) -> dict[str, Any]:
        """Raises NotTaken when it stays impossible to read, Rejected when UniPile refuses."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + READ_SECONDS, FIRST_PAUSE_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._client.read(*path, params=params)
            except TimeoutError as error:
                raise NotTaken("timeout", "UniPile did not answer in time.") from error
            except (NotTaken, OutcomeUnknown) as error:
                wait = pause * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
                if loop.time() + wait > deadline:
                    raise NotTaken(error.type, error.title, error.status) from error
            await asyncio.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _items(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = answer.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _exact(moment: datetime) -> str:
    """A time as the filters want it: three digits and a Z (§1.5)."""
    return EXACT_MILLISECONDS.sub(r".\1Z", moment.isoformat(timespec="milliseconds"))


def read_chat(item: Mapping[str, Any]) -> StoredChat | None:
    """None for statuses and broadcast lists, which are no chats, and for what has no id."""
    place = address(item.get("provider_id"))
    kind = jids.kind_of(place) or CHAT_KINDS.get(small_integer(item.get("type")), "direct")
    if kind == jids.BROADCAST:
        return None
    try:
        return StoredChat(identifier(item, "id"), kind, place, read_marks(item))
    except UnusableEventError:
        return None


def read_attendees(answer: Mapping[str, Any]) -> Attendees:
    """A list of attendees, by UniPile's id of each."""
    return {item["id"]: who for item in _items(answer) if (who := read_attendee(item)) is not None}


def read_marks(item: Mapping[str, Any]) -> dict[str, Any]:
    """What is set on a chat there; None where UniPile does not say."""
    count, last_at = whole(item.get("unread_count")), read_time(item.get("timestamp"))
    unread = small_integer(count)
    if last_at is not None and last_at > datetime.now(UTC) + CLOCK_SKEW:
        last_at = None  # nothing was read that is still to come
    is_flagged = flag(item.get("unread"))
    return {
        "archived": provided_flag(item.get("archived")),
        "pinned": provided_flag(item.get("pinned")),
        "mutes": "muted_until" in item,
        "muted_until": _muted_until(item.get("muted_until")),
        "counts": unread is not None and unread > 0,
        # Marked by hand, with nothing new in it: v2 says -1, and a v1 may say it by its flag.
        "is_marked": count == MARKED_UNREAD or (unread == 0 and is_flagged),
        "is_read": unread == 0 and not is_flagged and last_at is not None,
        "last_at": last_at,
    }


def _muted_until(value: object) -> str | None:
    """For good is -1, or a flag; else the time."""
    if whole(value) == MUTED_FOR_GOOD or value is True:
        return FOR_GOOD
    until = read_time(value)
    return None if until is None else until.isoformat()


def read_attendee(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Somebody in the words of webhooks, so that both ways give the same person."""
    who = known_contact(
        {
            "attendee_id": item.get("id"),
            "attendee_provider_id": item.get("provider_id"),
            "attendee_name": item.get("name"),
            "attendee_specifics": item.get("specifics"),
            "attendee_public_identifier": item.get("public_identifier"),
        }
    )
    if who is None or not isinstance(item.get("id"), str):
        return None
    return who | {"is_self": flag(item.get("is_self"))}


def chat_id_of(item: Mapping[str, Any]) -> str:
    """The chat a message belongs to; raises UnusableEventError when it does not say."""
    return identifier(item, "chat_id")


def is_shown(item: Mapping[str, Any]) -> bool:
    """Whether a message is meant to be shown, and stands in a conversation."""
    return (
        not flag(item.get("hidden")) and jids.kind_of(address(item.get("chat_provider_id"))) != jids.BROADCAST
    )


def read_stored(
    item: Mapping[str, Any], external_account_id: str, people: Attendees, kind: str | None, read_at: str
) -> StoredMessage | None:
    """One message; None for what is not shown. Its chat's address tells the kind, else the chat's own `kind`.

    Raises UnusableEventError when an id is missing or absurd.
    """
    if not is_shown(item):
        return None
    is_own = flag(item.get("is_sender"))
    place = address(item.get("chat_provider_id"))
    kind = jids.kind_of(place) or kind or "direct"
    sender = _sender(item, people)
    sent_at, claimed_at = sent_times(item.get("timestamp"), read_at)
    is_event, event_type = flag(item.get("is_event")), small_integer(item.get("event_type"))
    written = text(item.get("text"), MAX_TEXT_LENGTH)
    event = MessageEvent(
        external_account_id=external_account_id,
        provider_chat_id=identifier(item, "chat_id"),
        provider_msg_id=identifier(item, "id"),
        chat_address=place,
        chat_kind=kind,
        direction="out" if is_own else "in",
        body=system_text(event_type, sender, is_own=is_own) if is_event and not written else written,
        attachments=attachments(item.get("attachments")),
        quoted=quoted(item.get("quoted"), item.get("reply_to")),
        sender=_shown(sender),
        contact=_contact(people, sender, kind=kind, place=place, is_own=is_own),
        is_event=is_event,
        event_type=event_type,
        is_forwarded=flag(item.get("is_forwarded")),
        sent_at=sent_at,
        claimed_at=claimed_at,
        mentioned=mentions(item.get("mentions")),
        spelled=spelled(item.get("chat_provider_id"), item.get("sender_id")),
    )
    is_dated = read_time(item.get("timestamp")) is not None
    return StoredMessage(event, _tick(item) if is_own else None, _is_amended(item), is_dated)


def _sender(item: Mapping[str, Any], people: Attendees) -> dict[str, Any] | None:
    """The author as the attendees know them, else by nothing but their ids."""
    known = people.get(str(item.get("sender_attendee_id")))
    if known is not None:
        return known
    told = {"attendee_provider_id": item.get("sender_id"), "attendee_id": item.get("sender_attendee_id")}
    return known_contact(told) or contact_of(told)


def _contact(
    people: Attendees, sender: dict[str, Any] | None, *, kind: str, place: str | None, is_own: bool
) -> dict[str, Any] | None:
    """Whom of our contacts a message is about, as its webhook would have told it."""
    if is_own:
        return _other_side(people) if kind == "direct" else None
    if sender is None or "ids" not in sender:
        return None
    if kind != "direct" or place is None or not jids.is_contact(place):
        return sender
    return sender | {"ids": with_phone_keys([*sender["ids"], place])}


def _other_side(people: Attendees) -> dict[str, Any] | None:
    others = [who for who in people.values() if not who["is_self"]]
    return others[0] if len(others) == 1 else None


def _shown(who: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if who is None else {name: who[name] for name in ("provider_id", "name", "phone")}


def _tick(item: Mapping[str, Any]) -> str | None:
    if flag(item.get("seen")):
        return "read"
    return "delivered" if flag(item.get("delivered")) else None


def _is_amended(item: Mapping[str, Any]) -> bool:
    return any(flag(item.get(word)) for word in ("edited", "deleted")) or bool(item.get("reactions"))

"""Gives stored messages without a time one next to their neighbours on the page, which is newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from server.unipile.history import StoredMessage

STEP = timedelta(milliseconds=1)


def locate(page: Sequence[StoredMessage], fallback: datetime) -> list[StoredMessage]:
    """The page with every message in its place: just before the next newer one of its chat, else just after the next
    older one, else by the page's other chats, else at `fallback`.
    """
    placed = list(page)
    for number, message in enumerate(placed):
        if not message.is_dated:
            sent_at = _beside(placed, page, number, fallback).isoformat(timespec="milliseconds")
            event = replace(message.event, sent_at=sent_at, claimed_at=None)
            placed[number] = replace(message, event=event)
    return placed


def _beside(
    placed: Sequence[StoredMessage], page: Sequence[StoredMessage], number: int, fallback: datetime
) -> datetime:
    chat_id = page[number].event.provider_chat_id
    newer = placed[:number][::-1]
    older = [message for message in page[number + 1 :] if message.is_dated]
    here = [message for message in newer if message.event.provider_chat_id == chat_id]
    if (time := _first(here)) is not None:
        return time - STEP
    if (time := _first(m for m in older if m.event.provider_chat_id == chat_id)) is not None:
        # Several of them keep their order.
        return time + STEP * (1 + sum(m.event.provider_chat_id == chat_id for m in _undated(page, number)))
    if (time := _first([*newer, *older])) is not None:
        return time - STEP
    return fallback - STEP


def _undated(page: Sequence[StoredMessage], number: int) -> Iterable[StoredMessage]:
    """Those directly behind this one that have no time either."""
    for message in page[number + 1 :]:
        if message.is_dated:
            return
        yield message


def _first(messages: Iterable[StoredMessage]) -> datetime | None:
    found = next(iter(messages), None)
    return None if found is None else datetime.fromisoformat(found.event.sent_at)

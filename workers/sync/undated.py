"""Dates messages for which UniPile reports no time, by their neighbours on the page, which is newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from server.unipile.lists.messages import StoredMessage

STEP = timedelta(milliseconds=1)


def date_undated(page: Sequence[StoredMessage], fallback: datetime) -> list[StoredMessage]:
    """The page with a time for each message: just before the next newer message of its chat, else just after the next
    older one, else just before a message of another chat, else just before `fallback`.
    """
    dated = list(page)
    for index, message in enumerate(dated):
        if not message.is_dated:
            sent_at = _time_beside(dated, page, index, fallback).isoformat(timespec="milliseconds")
            event = replace(message.event, sent_at=sent_at, claimed_at=None)
            dated[index] = replace(message, event=event)
    return dated


def _time_beside(
    dated: Sequence[StoredMessage], page: Sequence[StoredMessage], index: int, fallback: datetime
) -> datetime:
    chat_id = page[index].event.provider_chat_id
    newer = dated[:index][::-1]
    older = [message for message in page[index + 1 :] if message.is_dated]
    same_chat = [message for message in newer if message.event.provider_chat_id == chat_id]
    if (time := _first_time(same_chat)) is not None:
        return time - STEP
    if (time := _first_time(m for m in older if m.event.provider_chat_id == chat_id)) is not None:
        # Several undated messages keep their order.
        following = _undated_after(page, index)
        return time + STEP * (1 + sum(m.event.provider_chat_id == chat_id for m in following))
    if (time := _first_time([*newer, *older])) is not None:
        return time - STEP
    return fallback - STEP


def _undated_after(page: Sequence[StoredMessage], index: int) -> Iterable[StoredMessage]:
    """The undated messages that directly follow."""
    for message in page[index + 1 :]:
        if message.is_dated:
            return
        yield message


def _first_time(messages: Iterable[StoredMessage]) -> datetime | None:
    first = next(iter(messages), None)
    return None if first is None else datetime.fromisoformat(first.event.sent_at)

"""Finds answers to surveys among new messages, before they would open conversations and count as unread."""

from collections.abc import Sequence
from typing import NamedTuple

from aiopg import Cursor

from server.realtime.pushes import activity_push
from server.rules.answering.surveys import read_rating
from server.store.messages.messages import InsertedMessage
from server.store.surveys import ratings
from server.store.surveys.ratings import ReadRating
from workers.storing.batch import AccountPush, Batch
from workers.storing.rows import arrived_seq, key_of


class RatedMessages(NamedTuple):
    """The messages, of which those that only rate need no reader, and the pushes of the ratings."""

    messages: Sequence[InsertedMessage]
    pushes: Sequence[AccountPush] = ()


async def store_ratings(cursor: Cursor, batch: Batch, arrived: Sequence[InsertedMessage]) -> RatedMessages:
    """Store what answers a survey. A batch without a text that can be a rating, as nearly all are, asks for nothing."""
    rows = _rating_rows(batch, arrived)
    rated = await ratings.store_ratings(cursor, rows) if rows else ()
    if not rated:
        return RatedMessages(arrived)
    silent = {rating.message_id for rating in rated if rating.is_silent}
    return RatedMessages(
        [message._replace(is_countable=False) if message.id in silent else message for message in arrived],
        [(rating.activity.account_id, activity_push(rating.activity)) for rating in rated],
    )


def _rating_rows(batch: Batch, arrived: Sequence[InsertedMessage]) -> list[ReadRating]:
    rows: list[ReadRating] = []
    for message in arrived:
        event = batch.messages[key_of(message)]
        if not message.is_countable or event.chat_kind != "direct" or event.attachments:
            continue
        if (rating := read_rating(event.body)) is not None:
            rows.append(
                {
                    "chat_id": message.chat_id,
                    "message_id": message.id,
                    "arrived_seq": arrived_seq(message),
                    "sent_at": event.sent_at,
                    "score": rating.score,
                    "has_words": rating.has_words,
                }
            )
    return rows

"""The events of an account's feed as consumers process them: read from the rows themselves, which are the log (ADR 1).

Each message and each activity is an event once. A failed send, and one that was sent again, is one again whenever its
message changes.
"""

from datetime import datetime
from typing import Literal, NamedTuple, TypedDict

from aiopg import Cursor

# A `rating` is a message that answers a survey and nothing else: it asks for nothing, so that nothing answers it.
EventKind = Literal["message", "rating", "send_failed", "send_retried", "activity"]


class ActivityDetails(TypedDict, total=False):
    """What an activity says beside its name, as far as its kind has it."""

    label_id: int
    category: str | None


class FeedEvent(NamedTuple):
    """What has happened in a chat. Of a message or rating: id, direction, author. Of an activity: id, name, actor,
    details.
    """

    seq: int
    kind: EventKind
    chat_id: int
    id: int
    at: datetime  # when it was sent, or done
    direction: Literal["in", "out"] | None
    activity: str | None
    # None: a contact, or not known.
    actor_kind: str | None
    actor_id: int | None
    details: ActivityDetails

    @property
    def is_by_rule(self) -> bool:
        """What Confab did by itself. Consumers that act must not act on it: so none can go round in circles."""
        return self.actor_kind in ("rule", "system")


# The row of a message has the seq of its last change, which is never lower than that of its arrival: the index by seq
# finds all that arrived after the cursor.
LIST_EVENTS = """
    with arrived as (
        select m.inserted_seq as seq, case when m.is_rating then 'rating' else 'message' end as kind, m.chat_id, m.id,
            m.sent_at as at, m.direction, null::text as activity, m.author_kind as actor_kind, m.author_id as actor_id,
            '{}'::jsonb as details
        from channels_message m
        where m.account_id = %(account_id)s and m.seq > %(after)s and m.inserted_seq > %(after)s
            and not m.is_history and not m.is_event
        order by m.inserted_seq limit %(limit)s
    ), failed as (
        select m.seq, 'send_failed', m.chat_id, m.id, m.sent_at, m.direction, null, m.author_kind, m.author_id,
            '{}'::jsonb
        from channels_message m
        where m.account_id = %(account_id)s and m.seq > %(after)s and m.status = 'failed'
        order by m.seq limit %(limit)s
    ), retried as (
        select m.seq, 'send_retried', m.chat_id, m.id, m.sent_at, m.direction, null, m.author_kind, m.author_id,
            '{}'::jsonb
        from channels_message m
        where m.account_id = %(account_id)s and m.seq > %(after)s and m.inserted_seq <= %(after)s
            and m.direction = 'out' and m.status <> 'failed' and m.client_id is not null and m.sent_at > m.created_at
        order by m.seq limit %(limit)s
    ), done as (
        select y.seq, 'activity', y.chat_id, y.id, y.at, null, y.kind, y.actor_kind, y.actor_id, y.details
        from channels_activity y
        where y.account_id = %(account_id)s and y.seq > %(after)s
        order by y.seq limit %(limit)s
    )
    select * from (select * from arrived union all select * from failed union all select * from retried
        union all select * from done) x
    order by seq, kind limit %(limit)s"""


class EventPage(NamedTuple):
    """Events in the order of their seqs, up to which seq these are all, and whether there may be more after it."""

    events: list[FeedEvent]
    up_to: int
    has_more: bool


async def list_events(cursor: Cursor, account_id: int, after: int, limit: int) -> EventPage:
    """What has happened after this seq: the oldest `limit` events, and one or two more if they share the last seq. The
    account must be locked: so no event with a lower seq can be committed later.
    """
    # More than two events never share a seq: a message, and the failure of its send.
    await cursor.execute(LIST_EVENTS, {"account_id": account_id, "after": after, "limit": limit + 2})
    found = [FeedEvent(*row) for row in await cursor.fetchall()]
    if len(found) > limit:
        up_to = found[limit - 1].seq
        return EventPage([event for event in found if event.seq <= up_to], up_to, has_more=True)
    await cursor.execute("select seq from channels_account where id = %s", (account_id,))
    return EventPage(found, int((await cursor.fetchone())[0]), has_more=False)

"""Publishes notifications, marks those of taken chats as read, and deletes old ones."""

from collections import defaultdict

from server.realtime.broker import publish_to_feeds
from server.realtime.events import Push
from server.realtime.pushes import user_push
from server.store.notifying import settled
from server.store.people import notifications
from workers.context import Parts

BATCH = 500
# Of messages: more, because a chat with many is looked at once.
MESSAGES = 2000
PUBLISH_SECONDS, TAKEN_SECONDS, PRUNE_SECONDS = 0.5, 2.0, 3600.0
RETENTION_DAYS, PRUNE_BATCH = 90, 1000


async def publish_notifications(parts: Parts) -> None:
    """Write the notifications of new messages, and publish all that were written since the last run. No transaction
    that stores messages or notifications waits for this; if Redis is away, clients find them in their changes.
    """
    while await parts.database.write(notifications.notify_of_messages, MESSAGES) == MESSAGES:
        pass
    while True:
        found = await parts.database.write(notifications.take_unpushed, BATCH)
        pushes: dict[int, list[Push]] = defaultdict(list)
        for user_id, seq, json in found:
            pushes[user_id].append(user_push("notification:updated", user_id, seq, json))
        await publish_to_feeds(parts.redis, pushes, "notifications_not_published")
        if len(found) < BATCH:
            return


async def settle_taken(parts: Parts) -> None:
    """A chat without an owner is a task of all users only until one takes it, a target only while its clock runs."""
    await parts.database.write(settled.settle_taken)


async def prune_notifications(parts: Parts) -> None:
    """Delete old notifications, one batch a transaction."""
    while await parts.database.write(notifications.prune_notifications, RETENTION_DAYS, PRUNE_BATCH):
        pass

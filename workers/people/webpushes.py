"""Web push: sends due notifications to the devices of users who do not have the app open."""

import orjson
import structlog

from server.queue import SEND_WEBPUSH, enqueue
from server.realtime.broker import list_connected
from server.store.notifying import deliveries, devices
from server.store.notifying.deliveries import Delivery, Quoted
from server.store.people import preferences
from server.webpush.sender import Answer, Outcome, Urgency, WebpushSender
from server.webpush.subscriptions import Subscription
from workers.context import Parts, parts_of
from workers.people.notification_texts import body_of, kind_of, path_of, texts_of, title_of

log = structlog.get_logger()

USERS, NOTIFICATIONS, DELIVERIES = 200, 500, 100
# What others wait for; the rest may wait until the phone wakes up.
URGENT = ("mine", "assigned", "mentioned", "number_down", "target")


async def queue_due_webpushes(parts: Parts) -> None:
    """Spread due notifications over devices, and queue what is due to be sent."""
    user_ids = await parts.database.read(deliveries.list_due_users, USERS)
    if user_ids:
        connected = await list_connected(parts.redis, user_ids)
        await parts.database.write(deliveries.spread_due, user_ids, connected, NOTIFICATIONS)
    for key in await parts.database.write(deliveries.take_due, DELIVERIES):
        await enqueue(parts.redis, SEND_WEBPUSH, *key)


async def send_webpush(ctx: dict[object, object], notification_id: int, device_id: int) -> None:
    """Send one notification to one device, unless it was read meanwhile. What is delayed becomes due by itself."""
    parts = parts_of(ctx)
    if parts.webpush is None:
        return
    delivery = await parts.database.read(deliveries.fetch_delivery, notification_id, device_id)
    if delivery is None:
        await parts.database.write(deliveries.settle_delivery, notification_id, device_id)
        return
    answer = await _send(parts.webpush, delivery)
    await _note(parts, notification_id, device_id, answer)


async def _send(sender: WebpushSender, delivery: Delivery) -> Answer:
    line = delivery.notification
    urgency: Urgency = "high" if line.kind in URGENT else "normal"
    subject = f"chat {line.chat_id}" if line.chat_id is not None else f"account {line.account_id}"
    subscription = Subscription(delivery.endpoint, delivery.p256dh, delivery.auth)
    return await sender.send(subscription, _payload(line), subject=subject, urgency=urgency)


def _payload(line: Quoted) -> bytes:
    """What the service worker (frontend/worker/sw.js) shows."""
    shown = {
        "title": title_of(line),
        "body": kind_of(line) if (text := body_of(line)) is None else text,
        "tag": f"confab-{line.id}",
        "path": path_of(line),
        "lang": line.language,
    }
    return orjson.dumps(shown)


async def _note(parts: Parts, notification_id: int, device_id: int, answer: Answer) -> None:
    """Store what the push service answered."""
    if answer.outcome is Outcome.DELAYED:
        log.info("webpush_delayed", device_id=device_id, reason=answer.reason)
        if answer.retry_after is not None:
            await parts.database.write(
                deliveries.delay_delivery, notification_id, device_id, answer.retry_after
            )
        return
    await parts.database.write(deliveries.settle_delivery, notification_id, device_id)
    await _note_device(parts, device_id, answer)


async def _note_device(parts: Parts, device_id: int, answer: Answer) -> None:
    if answer.outcome is Outcome.ACCEPTED:
        await parts.database.write(devices.note_reached, device_id)
    elif answer.outcome is Outcome.ENDED:
        await parts.database.write(devices.drop_device, device_id)
        log.info("webpush_device_removed", device_id=device_id, reason=answer.reason)
    else:
        log.warning("webpush_rejected", device_id=device_id, reason=answer.reason)


async def send_test_webpush(ctx: dict[object, object], user_id: int) -> None:
    """Send a test to all devices of the user, once: they are looking at them."""
    parts = parts_of(ctx)
    if parts.webpush is None:
        return
    texts = texts_of(await parts.database.read(preferences.fetch_language, user_id))
    shown = {
        "title": texts.test_title,
        "body": texts.test_text,
        "tag": "confab-test",
        "path": "/settings/profile",
        "is_test": True,
    }
    for device in await parts.database.read(deliveries.list_addresses, user_id):
        subscription = Subscription(device.endpoint, device.p256dh, device.auth)
        answer = await parts.webpush.send(subscription, orjson.dumps(shown), subject="test", urgency="high")
        await _note_device(parts, device.id, answer)

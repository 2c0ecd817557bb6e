"""Deliveries of notifications to devices: one row for each that is on its way, until it has arrived or is of no use."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import orjson
from aiopg import Cursor

from server.rules.answering.target_clocks import TargetKind
from server.store.people.notifications import IS_SHOWN, NOTIFICATION_JSON, NotificationKind

# Beyond this a delivery is given up.
LIFETIME_SECONDS = 3600
# Backoff from the first to the longest; a job that was lost is found after the first.
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 30.0, 600.0
IS_LIVE = "s.revoked_at is null and s.expires_at > now()"


class DeliveryKey(NamedTuple):
    """Which notification is on its way to which device."""

    notification_id: int
    device_id: int


class QuotedTarget(NamedTuple):
    """A target at risk, and when it is breached."""

    kind: TargetKind
    due_at: datetime


class Quoted(NamedTuple):
    """What a notification says, to be put into words."""

    id: int
    user_id: int
    kind: NotificationKind
    account_id: int
    chat_id: int | None
    message_id: int | None
    title: str | None
    preview: str | None  # None unless the user chose previews
    language: str
    target: QuotedTarget | None = None


class Address(NamedTuple):
    """A device, and how to reach it."""

    id: int
    endpoint: str
    p256dh: bytes
    auth: bytes


class Delivery(NamedTuple):
    """A device with its keys, and what it gets."""

    endpoint: str
    p256dh: bytes
    auth: bytes
    notification: Quoted


async def list_due_users(cursor: Cursor, limit: int) -> list[int]:
    """Users with notifications that are due to be pushed, at most `limit`."""
    await cursor.execute(
        """select distinct user_id from (
               select user_id from notification where push_due_at <= now() and read_at is null
               order by push_due_at limit %s) due""",
        (limit,),
    )
    return [int(row[0]) for row in await cursor.fetchall()]


# A user at a tab is alerted there: nothing is sent to devices.
SPREAD = f"""
    with due as (
        select id, user_id from notification
        where push_due_at <= now() and read_at is null and user_id = any(%(user_ids)s)
        order by push_due_at limit %(limit)s for update skip locked
    ), settled as (
        update notification n set push_due_at = null from due where n.id = due.id
    )
    insert into webpush_delivery (notification_id, device_id)
    select due.id, d.id from due join webpush_device d on d.user_id = due.user_id join sessions s on s.id = d.session_id
    where due.user_id <> all(%(connected)s) and {IS_LIVE}
    on conflict do nothing"""


async def spread_due(
    cursor: Cursor, user_ids: Collection[int], connected: Collection[int], limit: int
) -> None:
    """Make a delivery of each due notification of these users to each device of those who are not connected."""
    await cursor.execute(SPREAD, {"user_ids": list(user_ids), "connected": list(connected), "limit": limit})


async def take_due(cursor: Cursor, limit: int) -> list[DeliveryKey]:
    """Deliveries that are due; each is due again with exponential backoff unless it is settled before."""
    await cursor.execute(
        """with due as (
               select notification_id, device_id from webpush_delivery where due_at <= now()
               order by due_at limit %(limit)s for update skip locked)
           update webpush_delivery w set tries = least(tries + 1, 1000), due_at = now()
               + make_interval(secs => least(%(first)s * 2 ^ least(tries, 20), %(longest)s))
           from due where (w.notification_id, w.device_id) = (due.notification_id, due.device_id)
           returning w.notification_id, w.device_id""",
        {"limit": limit, "first": FIRST_BACKOFF_SECONDS, "longest": LONGEST_BACKOFF_SECONDS},
    )
    return [DeliveryKey(*row) for row in await cursor.fetchall()]


async def fetch_delivery(cursor: Cursor, notification_id: int, device_id: int) -> Delivery | None:
    """What to send; None if it was read, settled, erased or hidden, is too old, or the device's session has ended."""
    await cursor.execute(
        f"""select d.endpoint, d.p256dh, d.auth, {NOTIFICATION_JSON}, n.user_id,
                coalesce(p.previews, false), coalesce(p.language, 'en')
            from webpush_delivery w
            join notification n on n.id = w.notification_id and n.read_at is null and {IS_SHOWN}
            join webpush_device d on d.id = w.device_id and d.user_id = n.user_id
            join sessions s on s.id = d.session_id and {IS_LIVE}
            left join user_preferences p on p.user_id = n.user_id
            where w.notification_id = %s and w.device_id = %s
                and w.created_at > now() - make_interval(secs => %s)""",
        (notification_id, device_id, LIFETIME_SECONDS),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    endpoint, p256dh, auth, json, user_id, quotes, language = row
    return Delivery(endpoint, bytes(p256dh), bytes(auth), quoted(json, user_id, language, quotes=quotes))


def quoted(json: str, user_id: int, language: str, *, quotes: bool) -> Quoted:
    """The notification without its message's text, unless its user wants that."""
    shown = orjson.loads(json)
    preview = shown["preview"] if quotes else None
    target = shown["target"]
    names = ("id", "kind", "account_id", "chat_id", "message_id", "title")
    return Quoted(
        user_id=user_id,
        preview=preview,
        language=language,
        target=target and QuotedTarget(target["kind"], datetime.fromisoformat(target["due_at"])),
        **{name: shown[name] for name in names},
    )


async def settle_delivery(cursor: Cursor, notification_id: int, device_id: int) -> None:
    """It has arrived, or never will."""
    await cursor.execute(
        "delete from webpush_delivery where notification_id = %s and device_id = %s",
        (notification_id, device_id),
    )


async def delay_delivery(cursor: Cursor, notification_id: int, device_id: int, seconds: int) -> None:
    """Do not send before this time, as the push service asks."""
    await cursor.execute(
        """update webpush_delivery set due_at = greatest(due_at, now() + make_interval(secs => %s))
           where notification_id = %s and device_id = %s""",
        (seconds, notification_id, device_id),
    )


async def list_addresses(cursor: Cursor, user_id: int) -> list[Address]:
    """The user's devices, for a test."""
    await cursor.execute(
        f"""select d.id, d.endpoint, d.p256dh, d.auth from webpush_device d join sessions s on s.id = d.session_id
            where d.user_id = %s and {IS_LIVE} order by d.id""",
        (user_id,),
    )
    return [Address(row[0], row[1], bytes(row[2]), bytes(row[3])) for row in await cursor.fetchall()]

"""Notices without a sequence number: that something outside the accounts changed, which clients then read again."""

from aiohttp import web

from server.realtime.broker import log_if_unavailable, publish_to_user
from server.store.people.team import list_active_ids
from server.web.app_keys import DATABASE, REDIS

LABELS_CHANGED = b'{"event":"labels:changed","data":{}}'
FIELDS_CHANGED = b'{"event":"contact-fields:changed","data":{}}'
VIEWS_CHANGED = b'{"event":"views:changed","data":{}}'


async def publish_notice(app: web.Application, notice: bytes, user_id: int | None) -> None:
    """Send a notice to the sockets of one user, or (None) of all users."""
    users = [user_id] if user_id is not None else await app[DATABASE].read(list_active_ids)
    with log_if_unavailable("notice_not_published"):
        for each in users:
            await publish_to_user(app[REDIS], each, notice)

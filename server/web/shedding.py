"""Rejects reads while too many requests wait for the database, so that those that are admitted stay fast."""

from aiohttp import web

from server.errors import ConfabError
from server.metrics import READS_REJECTED
from server.web.app_keys import CONFIG, DATABASE

BUSY = "Too many requests at the moment: try again in a moment."


def reject_read_when_busy(request: web.Request) -> None:
    """Raise `unavailable` if `[web] max_waiting` requests of this process wait for a connection to Postgres.

    A longer queue answers no more requests, it only answers them later. Changes are few and wait. Webhooks and sockets
    do not wait here.
    """
    limit = request.app[CONFIG].web.max_waiting
    if limit and request.app[DATABASE].waiting >= limit:
        READS_REJECTED.inc()
        raise ConfabError("unavailable", BUSY, retry_after=1)

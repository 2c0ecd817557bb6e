"""UniPile's routes, one module per noun."""

from aiohttp import web

from sandbox.api import accounts, attendees, busy_day, chats, hosted, messages, users, webhooks
from sandbox.web.guards import API_PREFIX

NOUNS = (accounts, chats, messages, attendees, users, webhooks, hosted, busy_day)


def routes() -> list[web.RouteDef]:
    """Return all routes under /api/v1."""
    return [
        web.RouteDef(route.method, API_PREFIX + route.path, route.handler, route.kwargs)
        for noun in NOUNS
        for route in noun.ROUTES
    ]

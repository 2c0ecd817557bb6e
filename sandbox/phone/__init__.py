"""The control routes and the phone page, available on this machine only."""

from aiohttp import web

from sandbox.phone import accounts, chats, faults, hosted, messages, page, scripts

NOUNS = (accounts, chats, messages, faults, scripts, hosted, page)


def routes() -> list[web.RouteDef]:
    """Return all control routes."""
    return [route for noun in NOUNS for route in noun.ROUTES]

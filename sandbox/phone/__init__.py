"""The sandbox's own controls and the page that plays the customers' phones; for this machine only."""

from aiohttp import web

from sandbox.phone import accounts, chats, faults, hosted, messages, page, scripts

NOUNS = (accounts, chats, messages, faults, scripts, hosted, page)


def routes() -> list[web.RouteDef]:
    """List all control routes."""
    return [route for noun in NOUNS for route in noun.ROUTES]

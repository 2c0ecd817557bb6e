"""Shows the API's description, made once for the process: the OpenAPI document and its page."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Docs:
    """The texts that are answered."""

    document: bytes
    page: str
    style: str


DOCS = web.AppKey("docs", Docs)


async def show_openapi(request: web.Request) -> web.Response:
    """This document."""
    return web.Response(body=request.app[DOCS].document, content_type="application/json")


async def show_docs(request: web.Request) -> web.Response:
    """The same as a page."""
    return web.Response(text=request.app[DOCS].page, content_type="text/html")


async def show_docs_style(request: web.Request) -> web.Response:
    """What the page looks like: its own file, since inline styles are not allowed."""
    return web.Response(text=request.app[DOCS].style, content_type="text/css")

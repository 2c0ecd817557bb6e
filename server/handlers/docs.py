"""Serves the API documentation, built once per process: the OpenAPI document and its page."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Docs:
    """The documents, ready to serve."""

    document: bytes
    page: str
    style: str


DOCS = web.AppKey("docs", Docs)


async def show_openapi(request: web.Request) -> web.Response:
    """This OpenAPI document."""
    return web.Response(body=request.app[DOCS].document, content_type="application/json")


async def show_docs(request: web.Request) -> web.Response:
    """The OpenAPI document as a web page."""
    return web.Response(text=request.app[DOCS].page, content_type="text/html")


async def show_docs_style(request: web.Request) -> web.Response:
    """The stylesheet of the page: a file of its own, because the CSP forbids inline styles."""
    return web.Response(text=request.app[DOCS].style, content_type="text/css")

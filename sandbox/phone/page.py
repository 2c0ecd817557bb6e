"""Serves the phone page, its initial state and the stream of changes."""

from pathlib import Path

from aiohttp import web

from sandbox.output.views import account_view, chat_view, contact_view
from sandbox.problems import not_found, reply
from sandbox.web.keys import SCRIPTS, simulator_of

FOLDER = Path(__file__).parent.parent / "page"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ogg": "audio/ogg",
}
POLICY = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'"
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
}


def _page_response(name: str) -> web.Response:
    path = FOLDER / name
    if path.suffix not in TYPES or not path.is_file():
        raise not_found("page")
    return web.Response(
        body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=HEADERS
    )


async def show_page(_request: web.Request) -> web.Response:
    """Serve the phone page."""
    return _page_response("index.html")


async def show_asset(request: web.Request) -> web.Response:
    """Serve a script or stylesheet of the phone page; the route pattern excludes slashes."""
    return _page_response(request.match_info["name"])


async def show_state(request: web.Request) -> web.Response:
    """Return the phone page's initial state."""
    simulator = simulator_of(request)
    world = simulator.world
    state = {
        "accounts": [account_view(account, simulator.settings) for account in world.accounts.values()],
        "contacts": [contact_view(contact) for contact in world.contacts.values()],
        "chats": [chat_view(chat, world) for chat in world.chats.values()],
        "faults": simulator.dice.faults.as_json(),
        "has_inbox": simulator.settings.inbox is not None,
        "script": request.config_dict[SCRIPTS].as_json(),
    }
    return reply(state)


async def stream_changes(request: web.Request) -> web.StreamResponse:
    """Stream changes as server-sent events until the page disconnects."""
    live = simulator_of(request).live
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    queue = live.join()
    try:
        await response.prepare(request)
        await response.write(b"retry: 1000\nevent: ready\ndata: {}\n\n")
        while (frame := await queue.get()) is not None:
            frames = [frame]
            while not queue.empty() and (more := queue.get_nowait()) is not None:
                frames.append(more)
            await response.write("".join(frames).encode())
    except ConnectionError:
        pass  # The page was closed.
    finally:
        live.leave(queue)
    return response


ROUTES = [
    web.get("/", show_page),
    web.get("/page/{name}", show_asset),
    web.get("/sandbox/state", show_state),
    web.get("/sandbox/live", stream_changes),
]

"""Publishes changes to the open phone pages; a page that falls behind is sent a reload."""

import asyncio

from sandbox.problems import dump
from sandbox.store.entities import Json

MAX_WAITING = 500


class Live:
    """The subscribers of /sandbox/live, each with a bounded queue of server-sent events."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()

    def join(self) -> asyncio.Queue[str | None]:
        """Subscribe; None in the queue means that the sandbox is closing."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[str | None]) -> None:
        """Unsubscribe."""
        self._listeners.discard(queue)

    @property
    def is_watched(self) -> bool:
        """Whether there are subscribers; without any, events need not be built."""
        return bool(self._listeners)

    def publish(self, event: str, data: Json) -> None:
        """Send an event to all subscribers."""
        if not self._listeners:
            return
        frame = f"event: {event}\ndata: {dump(data)}\n\n"
        for queue in self._listeners:
            if queue.qsize() >= MAX_WAITING:
                _replace_with_reload(queue)
            else:
                queue.put_nowait(frame)

    def close(self) -> None:
        """End all subscriptions."""
        for queue in self._listeners:
            queue.put_nowait(None)


def _replace_with_reload(queue: asyncio.Queue[str | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait("event: reload\ndata: {}\n\n")

"""Parses what a client sends over the socket, and limits how much of it per second."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, TypeGuard

import orjson

from server.errors import ConfabError

MAX_ROW_ID = 2**63 - 1
BAD_CURSORS = "cursors maps account ids to sequence numbers."
# Of floating point: a burst is let through whole.
EPSILON = 1e-6


class Command(NamedTuple):
    """One frame from a client."""

    event: str
    data: Mapping[str, object]
    id: object  # a number or a string, None for a command that wants no acknowledgement


class CommandLimit:
    """Limits one socket's frames by the algorithm of server/redis/rate_limiter.py (GCRA). A socket is at one instance,
    so a single time is enough: no key, no Redis, and 100 bytes for each of thousands of sockets.
    """

    __slots__ = ("_burst_seconds", "_free_at", "_seconds")

    def __init__(self, *, rate: int, burst: int) -> None:
        self._seconds = 1 / rate
        self._burst_seconds = burst / rate + EPSILON
        self._free_at = 0.0

    def take(self) -> bool:
        """Count one frame; False if there are too many."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + self._seconds
        return self._free_at - now <= self._burst_seconds


def parse_command(text: str) -> Command:
    """Raises ConfabError("malformed"), which ends the socket, for what is not a command."""
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfabError("malformed", "not JSON") from error
    if not isinstance(frame, dict) or not isinstance(event := frame.get("event"), str):
        raise ConfabError("malformed", "not a command")
    data = frame.get("data")
    if data is not None and not isinstance(data, dict):
        raise ConfabError("malformed", "data is not an object")
    command_id = frame.get("id")
    if command_id is not None and not isinstance(command_id, str | int | float):
        raise ConfabError("malformed", "id is not a number or a string")
    return Command(event, data or {}, command_id)


def is_row_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ROW_ID


def read_cursors(value: object) -> dict[int, int]:
    """The account -> seq of a join; raises ConfabError("invalid") for anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfabError("invalid", BAD_CURSORS)
    cursors: dict[int, int] = {}
    for key, seq in value.items():
        if not key.isascii() or not key.isdigit() or len(key) > 19 or not is_row_id(seq):
            raise ConfabError("invalid", BAD_CURSORS)
        cursors[int(key)] = seq
    return cursors


def read_since(value: object) -> int | None:
    """The seq after which to replay; raises ConfabError("invalid") for anything that is not one."""
    if value is not None and not is_row_id(value):
        raise ConfabError("invalid", "since is a sequence number.")
    return value

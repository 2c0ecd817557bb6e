"""Reads what a client sends over the socket: frames, cursors, and how many of them in a second."""

import asyncio
from typing import Any, TypeGuard

import orjson

from server.errors import ConfabError

MAX_ROW_ID = 2**63 - 1


class BadFrameError(Exception):
    """The peer does not speak the protocol."""


class Allowance:
    """A token bucket for one socket's commands."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, *, rate: int, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._left = float(burst)
        self._at = asyncio.get_running_loop().time()

    def take(self) -> bool:
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        self._left -= 1
        return self._left >= 0


def parse_command(text: str) -> tuple[str, dict[str, Any], object]:
    """(event, data, id); raises BadFrameError for what is not a command at all."""
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFrameError("not JSON") from error
    if not isinstance(frame, dict) or not isinstance(frame.get("event"), str):
        raise BadFrameError("not a command")
    data = frame.get("data")
    if data is not None and not isinstance(data, dict):
        raise BadFrameError("data is not an object")
    command_id = frame.get("id")
    if command_id is not None and not isinstance(command_id, str | int | float):
        raise BadFrameError("id is not a number or a string")
    return frame["event"], data or {}, command_id


def is_row_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ROW_ID


def read_cursors(value: object) -> dict[int, int]:
    """The account -> seq of a join; raises ConfabError("invalid") when it is anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfabError("invalid", "cursors maps account ids to sequence numbers.")
    known: dict[int, int] = {}
    for key, seq in value.items():
        if not key.isascii() or not key.isdigit() or len(key) > 19 or not is_row_id(seq):
            raise ConfabError("invalid", "cursors maps account ids to sequence numbers.")
        known[int(key)] = seq
    return known

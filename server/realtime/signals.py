"""What web instances tell each other of the people at their sockets: without a number, forgotten unless repeated."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

# Numbered pushes begin with a digit: one channel an account carries both.
MARK = b"~"


class Report(NamedTuple):
    """One instance's people in one chat, by id with their names; `typing` names people too, open chat or not."""

    people: Mapping[int, str]
    typing: Mapping[int, str]

    @property
    def is_empty(self) -> bool:
        return not self.people and not self.typing


class Signal(NamedTuple):
    """Reports of chats of one account, each whole, so that hearing one twice or after a gap changes nothing."""

    origin: str
    reports: Mapping[int, Report]
    is_question: bool  # an instance that has just begun to listen: the others tell it what they have


def encode_signal(signal: Signal) -> bytes:
    chats = {
        str(chat_id): [_encode_users(report.people), _encode_users(report.typing)]
        for chat_id, report in signal.reports.items()
    }
    return MARK + orjson.dumps({"from": signal.origin, "chats": chats, "asks": signal.is_question})


def decode_signal(payload: bytes) -> Signal:
    body = orjson.loads(payload[len(MARK) :])
    reports = {
        int(chat_id): Report(_decode_users(people), _decode_users(typing))
        for chat_id, (people, typing) in body["chats"].items()
    }
    return Signal(body["from"], reports, body["asks"])


def is_signal(payload: bytes) -> bool:
    return payload.startswith(MARK)


def _encode_users(people: Mapping[int, str]) -> dict[str, str]:
    return {str(user_id): name for user_id, name in people.items()}


def _decode_users(people: Mapping[str, str]) -> dict[int, str]:
    return {int(user_id): name for user_id, name in people.items()}

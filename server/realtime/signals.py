"""Encodes what web instances tell each other about the users at their sockets; signals have no sequence number."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

# Pushes begin with a digit; both travel on the account's channel.
MARK = b"~"


class Report(NamedTuple):
    """One instance's users in one chat, names by id. A user can type without having the chat open."""

    present: Mapping[int, str]
    typing: Mapping[int, str]

    @property
    def is_empty(self) -> bool:
        return not self.present and not self.typing


class Signal(NamedTuple):
    """Complete reports of chats of one account, so that a repeated or missed signal changes nothing."""

    origin: str
    reports: Mapping[int, Report]
    is_question: bool  # the sender has just subscribed and asks the other instances for their reports


def encode_signal(signal: Signal) -> bytes:
    chats = {
        str(chat_id): [_encode_users(report.present), _encode_users(report.typing)]
        for chat_id, report in signal.reports.items()
    }
    return MARK + orjson.dumps({"from": signal.origin, "chats": chats, "asks": signal.is_question})


def decode_signal(payload: bytes) -> Signal:
    body = orjson.loads(payload[len(MARK) :])
    reports = {
        int(chat_id): Report(_decode_users(present), _decode_users(typing))
        for chat_id, (present, typing) in body["chats"].items()
    }
    return Signal(body["from"], reports, body["asks"])


def is_signal(payload: bytes) -> bool:
    return payload.startswith(MARK)


def _encode_users(users: Mapping[int, str]) -> dict[str, str]:
    return {str(user_id): name for user_id, name in users.items()}


def _decode_users(users: Mapping[str, str]) -> dict[int, str]:
    return {int(user_id): name for user_id, name in users.items()}

"""A chat's flags as UniPile reports them."""

import pytest

from server.unipile.lists.chats import read_flags


@pytest.mark.parametrize(
    ("said", "is_read"),
    [
        ({"unread_count": 0, "unread": 0}, True),
        ({"unread_count": 0}, True),
        ({"unread_count": 0, "unread": 1}, False),  # marked manually
        ({"unread_count": 0, "unread": True}, False),
        ({"unread_count": 2, "unread": 1}, False),
        ({"unread_count": -1}, False),
        ({"unread": 0}, False),  # unknown without a count
        ({}, False),
    ],
)
def test_a_chat_is_read_only_without_contrary_marks(said: dict[str, object], is_read: bool) -> None:
    assert read_flags({"timestamp": "2026-03-02T09:14:05.000Z", **said})["is_read"] is is_read


def test_a_chat_without_a_time_is_not_read() -> None:
    assert read_flags({"unread_count": 0, "timestamp": None})["is_read"] is False

"""Flags and small integers in every spelling."""

import pytest

from server.unipile.fields.scalars import flag, provided_flag, small_integer, whole
from server.unipile.lists.chats import read_chat, read_flags
from server.unipile.lists.messages import read_stored
from tests.server.unipile.test_events import parse

YES: list[object] = [True, 1, 1.0, "true", "True", "TRUE", "1", " 1 ", "yes", "Yes", "1.0", "on", "y"]
NO: list[object] = [False, 0, 0.0, "false", "False", "0", "no", "off", "0.0"]
NOTHING: list[object] = [None, "", " ", "maybe", "null", 2, -1, "2", [], {}, [1], float("nan"), "١"]
FLAGS = ("is_sender", "is_group", "is_event", "is_forwarded")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [*((v, True) for v in YES), *((v, False) for v in NO), *((v, None) for v in NOTHING)],
    ids=repr,
)
def test_a_flag_is_read_in_every_spelling(value: object, wanted: bool | None) -> None:
    assert provided_flag(value) is wanted
    assert flag(value) is (wanted is True)


@pytest.mark.parametrize("value", YES, ids=repr)
def test_an_own_message_is_never_a_customers(value: object) -> None:
    parsed = parse(is_sender=value, is_group=value, is_event=value, is_forwarded=value)
    assert (parsed.direction, parsed.chat_kind, parsed.is_event, parsed.is_forwarded) == (
        "out",
        "group",
        True,
        True,
    )
    item = {"id": "m", "chat_id": "c", "timestamp": "2026-03-02T09:14:05.000Z"}
    flags = dict.fromkeys(("is_sender", "is_event", "is_forwarded", "seen", "edited"), value)
    stored = read_stored(item | flags, "acc-1", {}, "direct", "2026-03-02T10:00:00.000+00:00")
    assert stored is not None
    assert (stored.event.direction, stored.event.is_event, stored.tick) == ("out", True, "read")
    assert stored.is_amended
    assert read_stored(item | {"hidden": value}, "acc-1", {}, "direct", "") is None


@pytest.mark.parametrize("value", [*NO, *NOTHING], ids=repr)
def test_an_invalid_flag_is_not_set(value: object) -> None:
    parsed = parse(**dict.fromkeys(FLAGS, value))
    assert (parsed.direction, parsed.is_event, parsed.is_forwarded) == ("in", False, False)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (8, 8),
        ("8", 8),
        (" 8 ", 8),
        ("8.0", 8),
        (8.0, 8),
        ("-1", None),
        (-1, None),
        ("", None),
        ("x", None),
        (True, None),
        (None, None),
        (2**31, None),
        ("9" * 30, None),
        ("٨", None),
        (float("inf"), None),
    ],
)
def test_a_small_integer_is_also_read_from_a_text(value: object, wanted: int | None) -> None:
    assert small_integer(value) == wanted


def test_a_missed_call_reported_as_text_is_recognised() -> None:
    parsed = parse(message=None, is_event="1", event_type="8")
    assert (parsed.event_type, parsed.body) == (8, "Missed voice call")


def test_whole_keeps_the_sign() -> None:
    assert [whole(value) for value in ("-1", -1, "-1.0", "--1", "-")] == [-1, -1, -1, None, None]


@pytest.mark.parametrize(
    ("parsed", "wanted"),
    [
        ({"archived": "1", "pinned": "true"}, {"archived": True, "pinned": True}),
        ({"archived": "0", "pinned": None}, {"archived": False, "pinned": None}),
        ({"unread_count": "3"}, {"counts": True, "is_marked": False}),
        ({"unread_count": "-1"}, {"counts": False, "is_marked": True}),
        ({"unread_count": "0", "unread": "1"}, {"is_marked": True}),
        ({"muted_until": "-1"}, {"muted_until": "9999-12-31T00:00:00Z"}),
        ({"muted_until": 1772442845000}, {"muted_until": "2026-03-02T09:14:05+00:00"}),
        ({"muted_until": "0001-01-01T00:00:00Z"}, {"mutes": True, "muted_until": None}),
        # A chat read in a future year would stay read until then.
        ({"unread_count": 0, "timestamp": "9999-01-01T00:00:00.000Z"}, {"is_read": False, "last_at": None}),
        ({"unread_count": 0, "timestamp": "1970-01-01T00:00:00.000Z"}, {"is_read": False, "last_at": None}),
        ({"unread_count": 0, "timestamp": "1772442845"}, {"is_read": True}),
    ],
)
def test_marks_are_read_in_every_spelling(parsed: dict[str, object], wanted: dict[str, object]) -> None:
    marks = dict(read_flags(parsed))
    assert {key: marks[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("value", "kind"), [(1, "group"), ("1", "group"), ("2", "channel"), ([], "direct"), (None, "direct")]
)
def test_a_chats_kind_is_also_read_from_a_text(value: object, kind: str) -> None:
    chat = read_chat({"id": "c", "type": value})
    assert chat is not None
    assert chat.kind == kind


def test_an_attachments_flags_are_read_from_texts() -> None:
    parsed = {
        "id": "a",
        "type": "audio",
        "voice_note": "true",
        "sticker": "0",
        "unavailable": "1",
        "duration": "4",
    }
    (attachment,) = parse(attachments=[parsed]).attachments
    assert (attachment["voice_note"], attachment["sticker"], attachment["duration"]) == (True, False, 4)
    assert attachment["state"] == "unavailable"

"""Matching a send to its message at UniPile: only if unambiguous, never guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from server.store.sending.send_outcomes import UnverifiedSend
from server.unipile.fields.attachments import Attachment
from server.unipile.lists.messages import OwnMessage
from workers.messages.match_sends import find_match

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def picture(size: int | None, **more: Any) -> dict[str, Any]:
    return {"type": "img", "file_name": None, "file_size": size, "voice_note": False} | more


def send(send_id: int, *files: dict[str, Any], text: str = "", **more: Any) -> UnverifiedSend:
    """The send with this id, attempted a minute after the previous one."""
    at = BEGIN + timedelta(minutes=send_id)
    values = {"provider_msg_id": None, "status": "unconfirmed"} | more
    return UnverifiedSend(
        send_id, 1, "chat-1", text, at, values["provider_msg_id"], values["status"], list(files)
    )


def seen(send_id: int, *files: dict[str, Any], text: str = "") -> OwnMessage:
    """The message of the send with this id, half a minute later."""
    at = BEGIN + timedelta(minutes=send_id, seconds=30)
    return OwnMessage(f"m-{send_id}", text, "sent", at, cast(tuple[Attachment, ...], files))


def found(target: UnverifiedSend, candidates: list[UnverifiedSend], messages: list[OwnMessage]) -> str | None:
    match = find_match(target, candidates, messages)
    return match.provider_msg_id if match else None


def test_the_size_distinguishes_two_files_of_a_kind() -> None:
    first, second = send(1, picture(10)), send(2, picture(20))
    both = [seen(2, picture(10)), seen(3, picture(20))]
    assert [found(target, [first, second], both) for target in (first, second)] == ["m-2", "m-3"]
    assert [found(target, [first, second], both[::-1]) for target in (first, second)] == ["m-2", "m-3"]
    assert found(first, [first, second], [seen(2, picture(20))]) is None
    assert found(second, [first, second], [seen(2, picture(20))]) == "m-2"


def test_without_sizes_each_message_must_have_its_send() -> None:
    first, second = send(1, picture(10)), send(2, picture(20))
    both = [seen(1, picture(None)), seen(2, picture(None))]
    assert [found(target, [first, second], both) for target in (first, second)] == ["m-1", "m-2"]
    for one in both:
        assert [found(target, [first, second], [one]) for target in (first, second)] == [None, None]
    assert found(first, [first], [both[0]]) == "m-1"
    assert found(first, [first], both) is None


def test_kind_name_count_voice_and_text_must_match() -> None:
    target = send(1, picture(10, type="file", file_name="nota.pdf"))
    for other in (
        seen(1),
        seen(1, picture(10)),
        seen(1, picture(10, type="file", file_name="outra.pdf")),
        seen(1, picture(10, type="file"), picture(10, type="file")),
        seen(1, picture(10, type="file", voice_note=True)),
        seen(1, picture(10, type="file"), text="Segue"),
    ):
        assert found(target, [target], [other]) is None
    assert found(target, [target], [seen(1, picture(10, type="file", file_name="nota.pdf"))]) == "m-1"


def test_equal_texts_are_matched_in_order() -> None:
    first, second = send(1, text="Oi"), send(2, text="Oi")
    both = [seen(1, text="Oi"), seen(2, text="Oi ")]
    assert [found(target, [first, second], both) for target in (first, second)] == ["m-1", "m-2"]
    assert [found(target, [first, second], both[:1]) for target in (first, second)] == ["m-1", None]
    assert [found(target, [first, second], both[1:]) for target in (first, second)] == [None, "m-2"]


def test_a_message_that_may_be_a_send_in_progress_is_left_alone() -> None:
    first, second = send(1, text="Oi"), send(2, text="Oi", status="sending")
    assert found(first, [first, second], [seen(2, text="Oi")]) is None
    assert found(second, [first, second], [seen(2, text="Oi")]) == "m-2"


def test_a_message_from_before_the_attempt_is_another() -> None:
    target = send(5, text="Oi")
    assert found(target, [target], [seen(1, text="Oi")]) is None
    assert found(target, [], [seen(5, text="Oi")]) is None  # settled meanwhile


FILES = st.sampled_from([(), (picture(10),), (picture(20),), (picture(None),)])


@given(
    st.lists(st.sampled_from([(), (picture(10),), (picture(20),)]), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 6), FILES), max_size=5),
)
def test_no_message_is_matched_twice_and_none_that_differs(
    sent: list[tuple[dict[str, Any], ...]], there: list[tuple[int, tuple[dict[str, Any], ...]]]
) -> None:
    targets = [send(send_id, *files) for send_id, files in enumerate(sent)]
    messages = [
        OwnMessage(
            f"m-{index}",
            "",
            "sent",
            BEGIN + timedelta(minutes=minute, seconds=30),
            cast(tuple[Attachment, ...], files),
        )
        for index, (minute, files) in enumerate(sorted(there, key=lambda entry: entry[0]))
    ]
    matches = [find_match(target, targets, messages) for target in targets]
    taken = [match.provider_msg_id for match in matches if match]
    assert len(taken) == len(set(taken))
    for target, match in zip(targets, matches, strict=True):
        if match is not None:
            assert len(match.files) == len(target.files)
            assert match.sent_at is not None
            assert match.sent_at >= target.attempted_at - timedelta(seconds=5)
            for sent_file, found_file in zip(target.files, match.files, strict=True):
                assert found_file["file_size"] in (None, sent_file["file_size"])

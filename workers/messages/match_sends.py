"""Matches an unconfirmed send to its UniPile message, if the match is unambiguous."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from server.store.sending.send_outcomes import UnverifiedSend
from server.unipile.lists.messages import OwnMessage

# UniPile's clock and ours may differ a little.
CLOCK_MARGIN = timedelta(seconds=5)


def find_match(
    send: UnverifiedSend, candidates: Sequence[UnverifiedSend], unmatched: Sequence[OwnMessage]
) -> OwnMessage | None:
    """The message that the send became; None if there is none, or more than one is possible.

    `candidates` are all sends of the chat without an id, including this one; `unmatched` are UniPile's messages without
    a row. Both are ordered oldest first.
    """
    if any(other.status == "sending" and other.message_id != send.message_id for other in candidates):
        return None  # a message found may be the send that is in progress now
    possible = [message for message in unmatched if _fits(send, message)]
    # Where UniPile reports everything, equal messages are equal; where it does not, the counts must agree.
    certain = [message for message in possible if _is_fully_known(message)]
    messages = certain or possible
    sends = [other for other in candidates if any(_fits(other, message) for message in messages)]
    if not certain and len(sends) != len(messages):
        return None
    return _pair(sends, messages).get(send.message_id)


def _pair(sends: Sequence[UnverifiedSend], messages: Sequence[OwnMessage]) -> dict[int, OwnMessage]:
    """Pair sends with messages, newest first: a chat is in order, so a message is the last send made before it."""
    left, pairs = list(messages), dict[int, OwnMessage]()
    for send in reversed(sends):
        if left and _is_after(send, left[-1]):
            pairs[send.message_id] = left.pop()
    return pairs


def _is_after(send: UnverifiedSend, message: OwnMessage) -> bool:
    return message.sent_at is None or message.sent_at >= send.attempted_at - CLOCK_MARGIN


def _fits(send: UnverifiedSend, message: OwnMessage) -> bool:
    """Whether nothing that UniPile reports of the message contradicts the send."""
    return (
        send.body.strip() == message.text.strip()
        and len(send.files) == len(message.files)
        and all(_could_be_file(*pair) for pair in zip(send.files, message.files, strict=True))
    )


def _is_fully_known(message: OwnMessage) -> bool:
    """UniPile need not report a file's size, and many images have no name."""
    return all(file["file_size"] is not None for file in message.files)


def _could_be_file(sent: Mapping[str, object], found: Mapping[str, object]) -> bool:
    return (
        sent.get("type") == found["type"]
        and found["file_size"] in (None, sent.get("file_size"))
        and found["file_name"] in (None, sent.get("file_name"))
        and (sent.get("voice_note") is True or not found["voice_note"])
    )

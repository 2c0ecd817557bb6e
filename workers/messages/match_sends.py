"""Tells which of an account's own messages at UniPile a send became: only when nothing else could be meant."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from server.store.sending.send_outcomes import UnverifiedSend
from server.unipile.lists.messages import OwnMessage

# UniPile's clock and ours may differ a little.
CLOCK_MARGIN = timedelta(seconds=5)

File = Mapping[str, Any]


def find_match(
    look: UnverifiedSend, rivals: Sequence[UnverifiedSend], unclaimed: Sequence[OwnMessage]
) -> OwnMessage | None:
    """The message that the send became; None when there is none, or when it cannot be told.

    `rivals` are all sends of the chat whose ids nobody knows, this one among them, `unclaimed` the messages that no row
    has; both oldest first.
    """
    if any(rival.status == "sending" and rival.message_id != look.message_id for rival in rivals):
        return None  # what is there may be the one that is under way just now
    alike = [message for message in unclaimed if _fits(look, message)]
    # Where UniPile tells everything, equal ones are equal; where it does not, each must have its send.
    sure = [message for message in alike if _is_fully_known(message)]
    messages = sure or alike
    sends = [rival for rival in rivals if any(_fits(rival, message) for message in messages)]
    if not sure and len(sends) != len(messages):
        return None
    return _pair(sends, messages).get(look.message_id)


def _pair(sends: Sequence[UnverifiedSend], messages: Sequence[OwnMessage]) -> dict[int, OwnMessage]:
    """Send and message, the newest first: a message is the last send that was made before it, as a chat is in order."""
    left, pairs = list(messages), dict[int, OwnMessage]()
    for send in reversed(sends):
        if left and _is_after(send, left[-1]):
            pairs[send.message_id] = left.pop()
    return pairs


def _is_after(send: UnverifiedSend, message: OwnMessage) -> bool:
    return message.sent_at is None or message.sent_at >= send.attempted_at - CLOCK_MARGIN


def _fits(send: UnverifiedSend, message: OwnMessage) -> bool:
    """Whether nothing that UniPile tells of the message speaks against it."""
    return (
        send.body.strip() == message.text.strip()
        and len(send.files) == len(message.files)
        and all(_could_be_file(*pair) for pair in zip(send.files, message.files, strict=True))
    )


def _is_fully_known(message: OwnMessage) -> bool:
    """UniPile need not tell a file's size, and many pictures have no name."""
    return all(file["file_size"] is not None for file in message.files)


def _could_be_file(ours: File, theirs: File) -> bool:
    return (
        ours.get("type") == theirs["type"]
        and theirs["file_size"] in (None, ours.get("file_size"))
        and theirs["file_name"] in (None, ours.get("file_name"))
        and (ours.get("voice_note") is True or not theirs["voice_note"])
    )

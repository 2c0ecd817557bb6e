"""The sentences that stand for system events: v1 tells only their number, and who caused them."""

from collections.abc import Mapping
from typing import Any

from server.text.graphemes import isolate

# v1's numbers (§8.2): what stands in the place of a message that nobody wrote.
SYSTEM_TEXTS: Mapping[int | None, str] = {
    1: "{name} reacted to a message",
    2: "{name} reacted to your message",
    3: "{name} created the group",
    4: "{name} changed the group's name",
    5: "{name} joined the group",
    6: "{name} was removed from the group",
    7: "{name} left the group",
    8: "Missed voice call",
    9: "Missed video call",
}
UNKNOWN_SYSTEM_TEXT = "Something about this chat changed"


def system_text(event_type: int | None, sender: Mapping[str, Any] | None, *, is_own: bool) -> str:
    """A sentence for a system event: v1 says only which kind it is, and who did it."""
    name = "You" if is_own else isolate((sender and (sender["name"] or sender["phone"])) or "Somebody")
    sentence = SYSTEM_TEXTS.get(event_type, UNKNOWN_SYSTEM_TEXT).format(name=name)
    return sentence.replace("You was", "You were")

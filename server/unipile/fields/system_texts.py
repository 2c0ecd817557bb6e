"""The sentences shown for system events: v1 sends only the type of an event and its actor."""

from collections.abc import Mapping

from server.text.graphemes import isolate
from server.unipile.fields.contacts import ContactRef

# v1's event types (§8.2) and the sentence shown in place of the missing text.
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


def system_text(event_type: int | None, sender: ContactRef | None, *, is_own: bool) -> str:
    """The sentence for a system event of this type by this sender."""
    name = "You" if is_own else isolate((sender and (sender["name"] or sender["phone"])) or "A participant")
    sentence = SYSTEM_TEXTS.get(event_type, UNKNOWN_SYSTEM_TEXT).format(name=name)
    return sentence.replace("You was", "You were")

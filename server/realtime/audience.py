"""Who may see the chat of a push: read from the push itself, so that filtering for a restricted agent needs no query.

The rule is that of server/store/chats/sight.py; a test compares the two.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import orjson

# What a reader gets of a push: its frame, one that says the chat is theirs no more, or one with nothing but a seq.
Share = Literal["frame", "hidden", "skipped"]
# Pushes of the chat's own row, which every change of its owner writes.
OF_THE_CHAT = ("chat:updated", "chat:erased")


class Audience(NamedTuple):
    """A chat's owner, and from which restricted agents it was hidden since which seq."""

    assignee_id: int | None
    team_id: int | None
    hidden_since: dict[int, int]


@dataclass(slots=True)
class Reader:
    """A restricted agent in an account; `seq` is up to which they have everything that they may have."""

    account_id: int
    user_id: int
    team_ids: frozenset[int]
    seq: int = 0

    def owns(self, audience: Audience) -> bool:
        """Whether the chat is theirs, or of a team of theirs and no user's."""
        if audience.assignee_id is not None:
            return audience.assignee_id == self.user_id
        return audience.team_id is not None and audience.team_id in self.team_ids

    def share_of(self, event: str, chat_id: int | None, audience: str) -> Share:
        """What to send of a push; without an audience, nothing of a chat."""
        if chat_id is None:
            # Contacts may be of any chat; those of direct chats come with their chats.
            return "skipped" if event == "contact:updated" else "frame"
        known = parse_audience(audience)
        if known is None:
            return "skipped"
        if self.owns(known):
            return "frame"
        is_new = event in OF_THE_CHAT and known.hidden_since.get(self.user_id, -1) > self.seq
        return "hidden" if is_new else "skipped"


def parse_audience(text: str) -> Audience | None:
    """None for an empty text: it is not known who may see the chat."""
    if not text:
        return None
    assignee, team, hidden = text.split(":")
    pairs = (entry.split("@") for entry in hidden.split(",") if entry)
    return Audience(
        int(assignee) if assignee else None,
        int(team) if team else None,
        {int(user_id): int(seq) for user_id, seq in pairs},
    )


def hidden_data(account_id: int, seq: int, chat_id: int) -> str:
    """What `chat:hidden` says, as an erasure does: drop the chat and everything in it."""
    data = {"id": chat_id, "account_id": account_id, "chat_id": chat_id, "seq": seq, "before": None}
    return orjson.dumps(data).decode()

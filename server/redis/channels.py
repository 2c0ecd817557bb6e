"""Names of the Redis pub/sub channels. The braces put all keys of an account or user into one cluster slot."""

from typing import Literal, NamedTuple

TopicKind = Literal["account", "user"]


class Topic(NamedTuple):
    """Whose changes are numbered: an account's, or what belongs to one user."""

    kind: TopicKind
    id: int


def account_topic(account_id: int) -> Topic:
    return Topic("account", account_id)


def user_topic(user_id: int) -> Topic:
    return Topic("user", user_id)


# Subscribed by every web instance: either "check permissions now", or a user's id and a frame for their sockets.
CONTROL = "confab:control"
PREFIXES: dict[TopicKind, str] = {"account": "confab:account:", "user": "confab:user:"}


def topic_channel(topic: Topic) -> str:
    """The channel of a topic's frames."""
    return f"{PREFIXES[topic.kind]}{{{topic.id}}}"


def parse_channel(name: str) -> Topic | None:
    """The topic, or None for the control channel."""
    for kind, prefix in PREFIXES.items():
        if name.startswith(prefix):
            return Topic(kind, int(name[len(prefix) + 1 : -1]))
    return None


def probe_channel(token: str) -> str:
    """A channel that one process publishes to and subscribes, to check that its subscription works."""
    return f"confab:probe:{token}"

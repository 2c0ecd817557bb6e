"""Serializes pushes: each frame once (docs/protocol.md), and the payload that carries several through Redis."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson

from server.realtime.audience import Reader, hidden_data
from server.redis.channels import Topic, account_topic
from server.tracing import current_traces

# No entry of a heading begins with it.
TRACES_MARK = "~"
EVENT_BEGINNING = b'{"event":"'
STATE_EVENT = "chat:updated"
STATE_BEGINNING = f'{{"event":"{STATE_EVENT}",'.encode()
HIDDEN_EVENT, SKIPPED_EVENT = "chat:hidden", "skipped"
HIDDEN_BEGINNING = f'{{"event":"{HIDDEN_EVENT}",'.encode()
CONTACT_EVENT = "contact:updated"
CONTACT_BEGINNING = f'{{"event":"{CONTACT_EVENT}",'.encode()


class Push(NamedTuple):
    """One frame for a topic's listeners; with a `chat_id`, also for those of the chat, which its `audience` may see."""

    seq: int
    chat_id: int | None
    frame: bytes
    audience: str = ""

    @property
    def event(self) -> str:
        return self.frame[len(EVENT_BEGINNING) : self.frame.index(b'"', len(EVENT_BEGINNING))].decode()

    @property
    def is_state(self) -> bool:
        """Whether this is the state of a chat, of which only the newest counts."""
        return self.frame.startswith(STATE_BEGINNING)

    @property
    def is_hidden(self) -> bool:
        """Whether it tells a restricted agent to drop a chat."""
        return self.frame.startswith(HIDDEN_BEGINNING)

    @property
    def is_contact(self) -> bool:
        """Whether a contact has changed, who may be in any chat of the account."""
        return self.frame.startswith(CONTACT_BEGINNING)


def make_push(event: str, topic: Topic, seq: int, chat_id: int | None, data: str, audience: str = "") -> Push:
    """`data` is JSON text from Postgres. It has no raw line break; the payload relies on that."""
    frame = f'{{"event":"{event}","{topic.kind}_id":{topic.id},"seq":{seq},"data":{data}}}'
    return Push(seq, chat_id, frame.encode(), audience)


def reset_frame(topic: Topic) -> bytes:
    """Tells a client to read all of the account, or of what belongs to the user, over REST; it has no seq."""
    return f'{{"event":"reset","data":{{"{topic.kind}_id":{topic.id}}}}}'.encode()


def head_frame(heads: Mapping[Topic, int]) -> bytes:
    """The head seq of each account, and as the frame's own `seq` that of the user's feed."""
    frame: dict[str, object] = {"event": "head"}
    for topic, seq in heads.items():
        if topic.kind == "user":
            frame |= {"user_id": topic.id, "seq": seq}
    return orjson.dumps(frame | {"data": {str(t.id): seq for t, seq in heads.items() if t.kind == "account"}})


def encode_pushes(pushes: Sequence[Push]) -> bytes:
    """A heading of `seq:chat:audience` entries, then one frame per line: the receiver routes without parsing frames.
    While it is traced, the heading ends with the traces.
    """
    heading = " ".join(f"{push.seq}:{push.chat_id or ''}:{push.audience}" for push in pushes)
    if traces := current_traces():
        heading += f" {TRACES_MARK}{','.join(traces)}"
    return b"\n".join((heading.encode(), *(push.frame for push in pushes)))


def decode_pushes(payload: bytes) -> list[Push]:
    heading, *frames = payload.split(b"\n")
    pushes = []
    entries, _, _ = heading.decode().partition(f" {TRACES_MARK}")
    for entry, frame in zip(entries.split(" "), frames, strict=True):
        seq, chat_id, *audience = entry.split(":", 2)
        pushes.append(Push(int(seq), int(chat_id) if chat_id else None, frame, *audience))
    return pushes


def traces_in(payload: bytes) -> list[str]:
    """The traces that published pushes belong to; nearly always none."""
    _, mark, traces = payload[: payload.find(b"\n")].decode().partition(f" {TRACES_MARK}")
    return traces.split(",") if mark else []


def share_push(push: Push, reader: Reader) -> Push:
    """What a restricted agent gets of a push, with the same seq: so their frames have no gap either."""
    share = reader.share_of(push.event, push.chat_id, push.audience)
    if share == "frame":
        return push
    topic = account_topic(reader.account_id)
    if share == "hidden" and push.chat_id is not None:
        return make_push(
            HIDDEN_EVENT,
            topic,
            push.seq,
            push.chat_id,
            hidden_data(reader.account_id, push.seq, push.chat_id),
        )
    return make_push(SKIPPED_EVENT, topic, push.seq, None, "{}")

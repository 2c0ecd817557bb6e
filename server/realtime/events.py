"""Serializes pushes: each frame once (docs/protocol.md), and the payload that carries several through Redis."""

from collections.abc import Sequence
from typing import NamedTuple

STATE_EVENT = "chat:updated"
STATE_BEGINNING = f'{{"event":"{STATE_EVENT}",'.encode()
CONTACT_EVENT = "contact:updated"
CONTACT_BEGINNING = f'{{"event":"{CONTACT_EVENT}",'.encode()


class Push(NamedTuple):
    """One frame for an account's listeners; with a `chat_id`, also for those of the chat."""

    seq: int
    chat_id: int | None
    frame: bytes

    @property
    def is_state(self) -> bool:
        """Whether this is the state of a chat, of which only the newest counts."""
        return self.frame.startswith(STATE_BEGINNING)

    @property
    def is_contact(self) -> bool:
        """Whether a contact has changed, who may be in any chat of the account."""
        return self.frame.startswith(CONTACT_BEGINNING)


def make_push(event: str, account_id: int, seq: int, chat_id: int | None, data: str) -> Push:
    """`data` is JSON text from Postgres. It has no raw line break; the payload relies on that."""
    frame = f'{{"event":"{event}","account_id":{account_id},"seq":{seq},"data":{data}}}'
    return Push(seq, chat_id, frame.encode())


def reset_frame(account_id: int) -> bytes:
    """Tells a client to read the account again over REST; it has no seq."""
    return f'{{"event":"reset","data":{{"account_id":{account_id}}}}}'.encode()


def encode_pushes(pushes: Sequence[Push]) -> bytes:
    """A heading of `seq:chat` pairs, then one frame per line: the receiver routes without parsing frames."""
    heading = " ".join(f"{push.seq}:{push.chat_id or ''}" for push in pushes)
    return b"\n".join((heading.encode(), *(push.frame for push in pushes)))


def decode_pushes(payload: bytes) -> list[Push]:
    heading, *frames = payload.split(b"\n")
    pushes = []
    for pair, frame in zip(heading.split(b" "), frames, strict=True):
        seq, _, chat_id = pair.partition(b":")
        pushes.append(Push(int(seq), int(chat_id) if chat_id else None, frame))
    return pushes

"""What is pushed: the frames of docs/protocol.md, serialised once, and the payload that carries them through Redis."""

from collections.abc import Sequence
from typing import NamedTuple

STATE_EVENT = "chat:updated"
STATE_BEGINNING = f'{{"event":"{STATE_EVENT}",'.encode()
CONTACT_EVENT = "contact:updated"
CONTACT_BEGINNING = f'{{"event":"{CONTACT_EVENT}",'.encode()


class Push(NamedTuple):
    """One frame for an account's listeners; `chat_id` names the chat's room it also belongs to."""

    seq: int
    chat_id: int | None
    frame: bytes

    @property
    def is_state(self) -> bool:
        """Whether this is how a chat stands now, of which only the newest counts."""
        return self.frame.startswith(STATE_BEGINNING)

    @property
    def is_contact(self) -> bool:
        """Whether somebody is shown otherwise, which may concern any chat of the account."""
        return self.frame.startswith(CONTACT_BEGINNING)


def make_push(event: str, account_id: int, seq: int, chat_id: int | None, data: str) -> Push:
    """`data` is JSON text as Postgres wrote it; it holds no raw line break, which the payload relies on."""
    frame = f'{{"event":"{event}","account_id":{account_id},"seq":{seq},"data":{data}}}'
    return Push(seq, chat_id, frame.encode())


def reset_frame(account_id: int) -> bytes:
    """Says that the account has to be read again over REST; it has no number."""
    return f'{{"event":"reset","data":{{"account_id":{account_id}}}}}'.encode()


def encode_pushes(pushes: Sequence[Push]) -> bytes:
    """A heading of `seq:chat` pairs, then one frame a line: a receiver routes without parsing a frame."""
    heading = " ".join(f"{push.seq}:{push.chat_id or ''}" for push in pushes)
    return b"\n".join((heading.encode(), *(push.frame for push in pushes)))


def decode_pushes(payload: bytes) -> list[Push]:
    heading, *frames = payload.split(b"\n")
    pushes = []
    for pair, frame in zip(heading.split(b" "), frames, strict=True):
        seq, _, chat_id = pair.partition(b":")
        pushes.append(Push(int(seq), int(chat_id) if chat_id else None, frame))
    return pushes

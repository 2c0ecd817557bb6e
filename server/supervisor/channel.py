"""Messages between the supervisor and a child over a socket pair: a kind, a length, and so many bytes."""

import socket
import struct
from collections.abc import Iterator
from enum import IntEnum

HEADER = struct.Struct(">BI")
READ_BYTES = 1 << 16


class Kind(IntEnum):
    """What a message asks for or brings."""

    READY = 1  # from a child: it takes work; of the first child with what it has prepared
    RETIRE = 2  # to a child: end once the open requests are answered, since a successor takes new ones
    COLLECT = 3  # to a child: send the samples of your metrics
    SAMPLES = 4  # from a child: they are
    ASK = 5  # from a child: it was asked for the metrics of all
    MERGED = 6  # to a child: they are


def pack(kind: Kind, body: bytes = b"") -> bytes:
    """The message as it is sent."""
    return HEADER.pack(kind, len(body)) + body


class Channel:
    """The supervisor's end: never waits, neither for a child that reads slowly nor for the rest of a message."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._unsent = bytearray()
        self._received = bytearray()
        self.is_open = True

    def fileno(self) -> int:
        return self._end.fileno()

    @property
    def is_sending(self) -> bool:
        """Whether something waits until the child reads."""
        return self.is_open and bool(self._unsent)

    def send(self, kind: Kind, body: bytes = b"") -> None:
        """Send it now, or as soon as the child reads; to a child that has ended, nothing."""
        self._unsent += pack(kind, body)
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the child reads."""
        try:
            while self._unsent:
                del self._unsent[: self._end.send(self._unsent)]
        except BlockingIOError:
            return
        except OSError:
            self._unsent.clear()

    def receive(self) -> Iterator[tuple[Kind, bytes]]:
        """The whole messages that have arrived."""
        self._read()
        while len(self._received) >= HEADER.size:
            kind, length = HEADER.unpack_from(self._received)
            end = HEADER.size + length
            if len(self._received) < end:
                return
            body = bytes(self._received[HEADER.size : end])
            del self._received[:end]
            yield Kind(kind), body

    def close(self) -> None:
        self.is_open = False
        self._end.close()

    def _read(self) -> None:
        try:
            while self.is_open and (found := self._end.recv(READ_BYTES)):
                self._received += found
        except BlockingIOError:
            return
        except OSError:
            pass
        self.is_open = False

"""What the supervisor waits for: signals, and messages of its children."""

import select
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from server.supervisor.channel import Channel
from server.supervisor.forking import HANDLED

READ = select.POLLIN | select.POLLHUP | select.POLLERR


class Wakeups:
    """Signals as bytes of a socket pair, polled with the channels. `poll` has no descriptor a child would inherit."""

    def __init__(self) -> None:
        self._read_end, self._write_end = socket.socketpair()
        for end in (self._read_end, self._write_end):
            end.setblocking(False)

    def close(self) -> None:
        self._read_end.close()
        self._write_end.close()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Take the signals over while the block runs."""
        before = {each: signal.signal(each, lambda *_: None) for each in HANDLED}
        signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for each, handler in before.items():
                signal.signal(each, handler)

    def wait(self, channels: Iterable[Channel], seconds: float) -> list[int]:
        """Wait for a signal, for something to read, or for a slow reader; returns the signals that have come."""
        poll = select.poll()
        poll.register(self._read_end, READ)
        for channel in channels:
            if channel.is_open:
                poll.register(channel, READ | (select.POLLOUT if channel.is_sending else 0))
        poll.poll(None if seconds == float("inf") else max(0.0, seconds) * 1000)
        try:
            return list(self._read_end.recv(256))
        except BlockingIOError:
            return []

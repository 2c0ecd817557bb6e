"""A scrape ends when every process has answered, has ended, or has had its time; without an asker too."""

import math
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from server.supervisor import scrapes
from server.supervisor.channel import Channel, Kind, pack
from server.supervisor.forking import Child
from server.supervisor.samples import dump
from server.supervisor.scrapes import Scrapes

EMPTY = dump({})


class Process:
    """A ready child, and its own end of the channel."""

    def __init__(self, pid: int) -> None:
        ours, self.end = socket.socketpair()
        self.end.setblocking(False)
        self.child = Child(f"web-{pid}", pid, Channel(ours), is_ready=True)

    def received(self) -> bytes:
        try:
            return self.end.recv(1_000_000)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        self.child.channel.close()
        self.end.close()


@pytest.fixture
def two() -> Iterator[tuple[Process, Process]]:
    with ExitStack() as stack:
        made = Process(1), Process(2)
        for process in made:
            stack.callback(process.close)
        yield made


def test_all_are_asked_once_and_the_answer_goes_to_each_asker(two: tuple[Process, Process]) -> None:
    one, other = two
    children, running = [one.child, other.child], Scrapes()
    running.begin(one.child, children)
    running.begin(other.child, children)
    assert [process.received() for process in two] == [pack(Kind.COLLECT)] * 2
    running.note(one.child, EMPTY)
    running.answer(children)
    assert one.received() == b"", "the other one has not answered yet"
    running.note(other.child, EMPTY)
    running.answer(children)
    assert all(process.received()[0] == Kind.MERGED for process in two)
    assert running.due == math.inf


def test_a_child_that_does_not_answer_is_not_waited_for_forever(
    two: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(scrapes, "COLLECT_SECONDS", 0.0)
    running = Scrapes()
    running.begin(one.child, [one.child, other.child])
    one.received()
    running.note(one.child, EMPTY)
    running.answer([one.child, other.child])
    assert one.received()[0] == Kind.MERGED
    assert running.due == math.inf


def test_an_asker_that_ends_leaves_nothing_behind(
    two: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: its scrape stayed due, and the supervisor did nothing else."""
    one, other = two
    monkeypatch.setattr(scrapes, "COLLECT_SECONDS", 0.0)
    running = Scrapes()
    running.begin(one.child, [one.child, other.child])
    running.note_end(one.child)
    running.answer([other.child])
    assert running.due == math.inf
    assert other.received() == pack(Kind.COLLECT)

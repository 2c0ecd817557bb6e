"""Forks the children of the supervisor, each with its end of a channel."""

import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import structlog

from server.process.exit import leave
from server.process.parent_death import end_with_parent
from server.supervisor.channel import Channel
from server.supervisor.samples import Family

# Of the supervisor alone. On a terminal, and from systemd, they reach the children too, which end when it says so.
IGNORED = (signal.SIGINT, signal.SIGHUP)
HANDLED = (*IGNORED, signal.SIGTERM, signal.SIGCHLD)

# What a child does with its end of the channel, until it exits with this code.
Run = Callable[[socket.socket], int]


class Closable(Protocol):
    """What a child has inherited and must not hold open."""

    def close(self) -> None: ...


@dataclass(eq=False)
class Child:
    """One process as the supervisor sees it."""

    name: str
    pid: int
    channel: Channel
    started_at: float = field(default_factory=time.monotonic)
    is_ready: bool = False
    # Killed at this time. Of a child that starts or has been asked to end.
    due: float = float("inf")
    is_leaving: bool = False
    has_ended: bool = False
    samples: Mapping[str, Family] = field(default_factory=dict)

    def signal(self, signal_number: signal.Signals) -> None:
        """The id is its own until it was waited for."""
        if not self.has_ended:
            os.kill(self.pid, signal_number)


def fork(name: str, run: Run, to_close: Iterable[Closable]) -> Child:
    """Start a child. It is a copy of this process, which has no other thread and no event loop (ADR 29)."""
    parent = os.getpid()
    ours, own_end = socket.socketpair()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # A signal in between would be handled by the child as if it were the supervisor.
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    if (pid := os.fork()) == 0:
        ours.close()
        for inherited in to_close:
            inherited.close()
        _be(run, own_end, parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    own_end.close()
    return Child(name, pid, Channel(ours))


def _be(run: Run, end: socket.socket, parent: int) -> NoReturn:
    """Be the child; nothing may return into the supervisor's stack."""
    code = 1
    try:
        _handle_signals()
        end_with_parent()
        if os.getppid() == parent:  # otherwise no signal will come
            structlog.contextvars.bind_contextvars(pid=os.getpid())
            code = run(end)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    leave(code)


def _handle_signals() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for each in IGNORED:
        signal.signal(each, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)

"""Keeps the web processes running: starts, replaces, reloads and stops them; serves nothing itself (ADR 29)."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from server.config import Config, ConfigError
from server.embedded import ServiceError
from server.supervisor.channel import Kind
from server.supervisor.forking import Child, Closable, Run, fork
from server.supervisor.generations import WORKER, Generation, make_generation
from server.supervisor.scrapes import Scrapes
from server.supervisor.wakeups import Wakeups

log = structlog.get_logger(__name__)

BASE = "base"
STDIN = 0
# So often in a row, without any web process that takes requests, and the supervisor gives up.
MOST_FAILED_STARTS = 4
# Children end by themselves before that.
STOP_SECONDS = 28.0
GIVEN_UP = "The processes end before they are ready, {} times in a row; the last one {}: see the log above."
BASE_ENDED = "The process of the embedded servers has ended; the last lines of the log say why."


class Work(Protocol):
    """What the children do, and what follows from what the first one has prepared."""

    def prepare(self, end: socket.socket) -> int: ...
    def take(self, prepared: bytes) -> Config: ...
    def run(self, name: str, config: Config) -> Run: ...
    def read_again(self) -> Config: ...
    def announce(self) -> None: ...


@dataclass(frozen=True)
class Ended:
    """How a child has ended."""

    code: int

    def __str__(self) -> str:
        if self.code < 0:
            return f"was ended by {signal.Signals(-self.code).name}"
        return f"exited with code {self.code}"


class Supervisor:
    """The parent of the web processes and of the process with the workers."""

    def __init__(self, work: Work, sockets: Sequence[socket.socket]) -> None:
        self._work = work
        self._sockets = sockets
        self._wakeups = Wakeups()
        self._scrapes = Scrapes()
        self._base: Child | None = None
        self._current: Generation | None = None
        # Becomes the current one when all of its children are ready.
        self._coming: Generation | None = None
        self._leaving: list[Child] = []
        self._has_terminal = os.isatty(STDIN)
        self._is_stopping = False
        self._is_reload_wanted = False
        self._failed_starts = 0
        self._code = 0
        self._reason = ""

    def run(self) -> int:
        """Until a signal; returns the exit code. Raises ServiceError if the children do not run."""
        with self._wakeups.signals():
            self._base = self._fork(BASE, self._work.prepare)
            while not self._is_over():
                for sent in self._wakeups.wait(
                    (child.channel for child in self._children()), self._seconds()
                ):
                    self._handle_signal(sent)
                self._read_channels()
                self._note_ended()
                self._do_due()
        if self._reason:
            raise ServiceError(self._reason)
        if not self._code:
            log.info("stopped")
        return self._code

    def _is_over(self) -> bool:
        return self._is_stopping and not list(self._children())

    def _children(self) -> Iterator[Child]:
        if self._base is not None:
            yield self._base
        yield from self._workers()

    def _workers(self) -> Iterator[Child]:
        """All but the base."""
        for generation in (self._current, self._coming):
            yield from generation.children if generation else ()
        yield from self._leaving

    def _fork(self, name: str, run: Run) -> Child:
        inherited: list[Closable] = [self._wakeups, *(child.channel for child in self._children())]
        return fork(name, run, [*inherited, *(self._sockets if name in (BASE, WORKER) else ())])

    # -- what happens ----------------------------------------------------------------------------------------------

    def _handle_signal(self, sent: int) -> None:
        if sent == signal.SIGHUP and not self._has_lost_terminal():
            self._is_reload_wanted = True
        elif sent != signal.SIGCHLD:
            if self._is_stopping:
                # A second signal exits at once. The embedded servers end by their parent death signal.
                for child in self._children():
                    child.signal(signal.SIGKILL)
                os._exit(1)
            log.info("stopping")
            self._stop()

    def _has_lost_terminal(self) -> bool:
        """Whether the signal means that the terminal was closed, which ends what runs there."""
        if not self._has_terminal:
            return False
        try:
            os.close(os.open("/dev/tty", os.O_RDWR))
        except OSError:
            return True
        return False

    def _read_channels(self) -> None:
        for child in list(self._children()):
            if child.channel.is_open:
                child.channel.flush()
                self._read(child)

    def _read(self, child: Child) -> None:
        for kind, body in child.channel.receive():
            if kind is Kind.SAMPLES:
                self._scrapes.note(child, body)
            elif kind is Kind.ASK:
                self._scrapes.begin(child, self._workers())
            elif kind is Kind.READY and child is self._base:
                self._coming = make_generation(self._work.take(body))
                child.is_ready = True
            elif kind is Kind.READY and not child.is_leaving:
                self._note_ready(child)

    def _note_ready(self, child: Child) -> None:
        self._failed_starts = 0
        for generation in (self._current, self._coming):
            if generation and child in generation.children:
                generation.note_ready(child)

    def _note_ended(self) -> None:
        """Wait for those that have ended. As the first process of a container this one also gets orphans."""
        ended: dict[int, int] = {}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            ended[pid] = os.waitstatus_to_exitcode(status)
        for child in list(self._children()):
            child.has_ended = child.pid in ended
        for child in list(self._children()):
            if child.has_ended:
                self._read(child)  # its last samples
                child.channel.close()
                self._scrapes.note_end(child)
                self._note_end(child, Ended(ended[child.pid]))

    def _note_end(self, child: Child, how: Ended) -> None:
        if child is self._base:
            self._base = None
            self._note_base_end(child, how)
        elif child in self._leaving:
            self._leaving.remove(child)
        else:
            self._note_death(child, how)

    def _note_base_end(self, base: Child, how: Ended) -> None:
        if self._is_stopping or (base.is_ready and how.code == 0):
            return
        if not base.is_ready and how.code > 0:
            self._give_up(how.code)  # it has said why
        else:
            self._give_up(1, BASE_ENDED)

    def _note_death(self, child: Child, how: Ended) -> None:
        log.error("process_died", process=child.name, process_id=child.pid, reason=f"It {how}.")
        if not child.is_ready:
            self._failed_starts += 1
        is_coming = self._coming is not None and child in self._coming.children
        for generation in (self._current, self._coming):
            if generation:
                generation.note_end(child)
        if is_coming and self._current:
            self._abandon_reload(f"{child.name} {how}.")
        elif is_coming and not child.is_ready and how.code > 0:
            self._give_up(how.code)  # it has said why
        elif self._failed_starts >= MOST_FAILED_STARTS and not self._takes_requests():
            self._give_up(1, GIVEN_UP.format(self._failed_starts, how))

    def _takes_requests(self) -> bool:
        return any(
            generation.takes_requests
            for generation in (self._current, self._coming)
            if generation is not None
        )

    # -- what is due -----------------------------------------------------------------------------------------------

    def _seconds(self) -> float:
        due = [child.due for child in self._children()]
        due += [generation.next_due() for generation in (self._current, self._coming) if generation]
        return min([*due, self._scrapes.due], default=float("inf")) - time.monotonic()

    def _do_due(self) -> None:
        now = time.monotonic()
        for child in self._children():
            if child.due <= now:
                log.warning("process_killed", process=child.name, process_id=child.pid)
                child.due = float("inf")
                child.signal(signal.SIGKILL)
        self._scrapes.answer(list(self._workers()))
        if self._is_stopping:
            if self._base is not None and not list(self._workers()):
                self._base.channel.close()
            return
        for generation in (self._current, self._coming):
            for child in generation.start_due(self._start) if generation else ():
                log.debug("process_started", process=child.name, process_id=child.pid)
        if self._coming and self._coming.is_ready:
            self._replace()
        elif self._is_reload_wanted and self._current and not self._coming:
            self._reload()

    def _start(self, name: str, config: Config) -> Child:
        return self._fork(name, self._work.run(name, config))

    def _replace(self) -> None:
        """The coming generation takes work: the one before, if any, answers what it has accepted and ends."""
        before, self._current, self._coming = self._current, self._coming, None
        if before is None:
            self._work.announce()
            return
        log.info("processes_reloaded", count=len(self._current.children if self._current else ()))
        self._retire(before, lambda child: child.channel.send(Kind.RETIRE))

    def _reload(self) -> None:
        self._is_reload_wanted = False
        try:
            config = self._work.read_again()
        except (ConfigError, ServiceError) as error:
            log.error("reload_rejected", reason=str(error))
            return
        self._coming = make_generation(config)

    def _abandon_reload(self, reason: str) -> None:
        log.error("reload_failed", reason=reason)
        coming, self._coming = self._coming, None
        if coming:
            self._retire(coming, lambda child: child.signal(signal.SIGTERM))

    def _retire(self, generation: Generation, ask: Callable[[Child], None]) -> None:
        for child in generation.children:
            child.is_leaving, child.due = True, time.monotonic() + STOP_SECONDS
            self._leaving.append(child)
            ask(child)

    def _stop(self) -> None:
        self._is_stopping = True
        for generation in (self._current, self._coming):
            if generation:
                self._retire(generation, lambda _: None)
        self._current = self._coming = None
        for child in self._leaving:
            child.signal(signal.SIGTERM)
        if self._base is not None and not self._base.is_ready:
            self._base.signal(signal.SIGTERM)

    def _give_up(self, code: int, reason: str = "") -> None:
        self._code, self._reason = code, reason
        self._stop()

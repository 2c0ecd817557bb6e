"""A circuit breaker: while UniPile is down, calls fail at once, until one probing call succeeds."""

import time
from collections.abc import Callable
from typing import Literal

import structlog

from server.metrics import UNIPILE_CIRCUIT
from server.unipile.errors import NotTaken, OutcomeUnknown, UnipileError

log = structlog.get_logger()

State = Literal["closed", "open", "half_open"]
GAUGE: dict[State, int] = {"closed": 0, "half_open": 1, "open": 2}
# Errors of a UniPile that is down. A disconnected account also answers 503, which says nothing about other accounts.
DOWN_TYPES = ("not_reached", "timeout", "connection_lost", "service_unavailable", "network_down", "unknown")
DOWN_STATUSES = (None, 502, 503, 504)


class Breaker:
    """Opens after `failures` in a row; after `seconds` one call probes, and its result decides."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._remaining() <= 0 else "open"

    def _remaining(self) -> float:
        return self._seconds - (self._clock() - (self._opened_at or 0))

    def enter(self) -> None:
        """Call before each request; raises NotTaken while the circuit is open."""
        if self._opened_at is None:
            return
        if self._remaining() > 0 or self._is_probing:
            raise NotTaken(
                "circuit_open", "UniPile does not respond.", retry_after=max(self._remaining(), 1.0)
            )
        self._is_probing = True
        UNIPILE_CIRCUIT.set(GAUGE["half_open"])

    def note(self, error: BaseException | None) -> None:
        """Report the result of a call; a cancelled call does not count."""
        self._is_probing = False
        if error is not None and not isinstance(error, UnipileError):
            return
        if error is None or not _is_down(error):
            self._close()
            return
        self._failures += 1
        if self._opened_at is not None or self._failures >= self._limit:
            self._open()

    def _open(self) -> None:
        if self._opened_at is None:
            log.error("unipile_down", failures=self._failures)
        self._opened_at = self._clock()
        UNIPILE_CIRCUIT.set(GAUGE["open"])

    def _close(self) -> None:
        if self._opened_at is not None:
            log.warning("unipile_back")
        self._failures, self._opened_at = 0, None
        UNIPILE_CIRCUIT.set(GAUGE["closed"])


def _is_down(error: UnipileError) -> bool:
    if not isinstance(error, NotTaken | OutcomeUnknown):
        return False
    return error.type in DOWN_TYPES and error.status in DOWN_STATUSES

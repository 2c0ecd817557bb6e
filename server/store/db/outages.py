"""Logs an outage of Postgres once when it begins and once when it is over, however many requests notice it."""

import time

import structlog

# Work that needs no writes goes on while Postgres is read-only: one success is not the end.
QUIET_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Outage:
    """The present one of a pool, if there is one."""

    def __init__(self) -> None:
        self.since: float | None = None
        self._last = 0.0

    def note_failure(self, reason: str) -> None:
        """Some work was given up."""
        self._last = time.monotonic()
        if self.since is None:
            self.since = self._last
            log.warning("database_unavailable", reason=reason)

    def note_success(self) -> None:
        """Some work was done; costs nothing while there is no outage."""
        if self.since is not None and time.monotonic() - self._last >= QUIET_SECONDS:
            log.info("database_available", seconds=round(time.monotonic() - self.since, 1))
            self.since = None

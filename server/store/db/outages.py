"""Logs an outage of Postgres once when it begins and once when it ends, however many requests fail."""

import time

import structlog

# Reads succeed while Postgres is read-only, so one success does not end an outage.
QUIET_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Outage:
    """The outage of a pool, if there is one at the moment."""

    def __init__(self) -> None:
        self.since: float | None = None
        self._last = 0.0

    def note_failure(self, reason: str) -> None:
        """A request failed after all its tries."""
        self._last = time.monotonic()
        if self.since is None:
            self.since = self._last
            log.warning("database_unavailable", reason=reason)

    def note_success(self) -> None:
        """A request succeeded."""
        if self.since is not None and time.monotonic() - self._last >= QUIET_SECONDS:
            log.info("database_available", seconds=round(time.monotonic() - self.since, 1))
            self.since = None

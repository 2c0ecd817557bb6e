"""Sends errors that nobody expected to SENTRY_DSN, when it is set: where and of what kind, never what was in them."""

import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from structlog.typing import Processor

from server.config import ConfigError

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

FLUSH_SECONDS = 5.0
# What a log line says of an error besides its name, and is nobody's business: routes and jobs are words of the code.
TAGS = ("job", "method", "request_id", "route", "work")
# The rest of a report may hold what people wrote, who they are, or where this runs.
KEPT = ("event_id", "timestamp", "platform", "level", "exception", "tags", "sdk", "environment", "release")


def open_reports(dsn: str | None) -> list[Processor]:
    """What logging has to run for each line, so that unexpected errors are reported; nothing without a DSN."""
    if dsn is None:
        return []
    import sentry_sdk

    try:
        sentry_sdk.init(
            dsn=dsn,
            # Nothing is gathered by itself: no requests, no breadcrumbs, no variables, no names of machines.
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=scrub,
        )
    except sentry_sdk.utils.BadDsn as error:
        raise ConfigError("SENTRY_DSN must be like https://key@sentry.example/1.") from error
    return [report]


def report(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Report a line that carries an exception, and leave it as it is."""
    if event.get("exc_info") and event.get("level") in ("error", "critical"):
        import sentry_sdk

        with sentry_sdk.new_scope() as scope:
            scope.set_tag("log", str(event.get("event")))
            for name in TAGS:
                if name in event:
                    scope.set_tag(name, str(event[name]))
            scope.capture_exception(event["exc_info"] if event["exc_info"] is not True else None)
    return event


def flush_reports() -> None:
    """Send what is still waiting: Sentry's own hook on the end of a program is one of the integrations that are off."""
    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].flush(FLUSH_SECONDS)


def scrub(event: "Event", _hint: "Hint") -> "Event":
    """Kinds of errors and places in the code; an error's own sentence may quote a row, an address, a message."""
    every: Any = event
    for name in set(every) - set(KEPT):
        del every[name]
    for entry in every.get("exception", {}).get("values", ()):
        entry["value"] = ""
        for frame in (entry.get("stacktrace") or {}).get("frames", ()):
            frame.pop("vars", None)
            frame.pop("abs_path", None)
    return event

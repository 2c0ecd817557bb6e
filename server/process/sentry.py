"""Reports unexpected errors to SENTRY_DSN, if set: their kind and place in the code, never their contents."""

import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from structlog.typing import Processor

from server.config import ConfigError

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

FLUSH_SECONDS = 5.0
# Fields of a log record that are safe to report, since their values are names from the code.
TAGS = ("job", "method", "request_id", "route", "work")
# All other fields of a report may contain messages, personal data, or details of the installation.
ALLOWED_FIELDS = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "exception",
    "tags",
    "sdk",
    "environment",
    "release",
)


def open_reports(dsn: str | None) -> list[Processor]:
    """The log processors that report errors; none without a DSN."""
    if dsn is None:
        return []
    import sentry_sdk

    try:
        sentry_sdk.init(
            dsn=dsn,
            # Collect nothing automatically: no requests, breadcrumbs, variables or host names.
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
    """Report a record that has an exception; returns it unchanged."""
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
    """Send pending reports; Sentry's own exit hook is one of the integrations that are disabled."""
    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].flush(FLUSH_SECONDS)


def scrub(event: "Event", _hint: "Hint") -> "Event":
    """Remove everything but error kinds and code locations; an error's message may quote a row, address or text."""
    every: Any = event
    for name in set(every) - set(ALLOWED_FIELDS):
        del every[name]
    for entry in every.get("exception", {}).get("values", ()):
        entry["value"] = ""
        for frame in (entry.get("stacktrace") or {}).get("frames", ()):
            frame.pop("vars", None)
            frame.pop("abs_path", None)
    return event

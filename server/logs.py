"""Sets up logging: readable lines on a terminal, JSON elsewhere, and never a secret or a message's text."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from structlog.typing import Processor

from server.config import Log

HIDDEN_KEYS = frozenset(
    ("secret", "password", "token", "api_key", "authorization", "cookie", "dsn", "url", "body", "text")
)
HIDDEN = "(hidden)"
# arq writes each job's arguments, which are people's messages, at level INFO.
TALKATIVE = ("arq", "yoyo", "asyncio")


def set_up_logging(config: Log, *reports: Processor) -> None:
    """Send structlog and the standard library's records to stderr in one form; each line is shown to `reports`."""
    human = config.format == "human" or (config.format == "auto" and sys.stderr.isatty())
    level = logging.getLevelNamesMapping()[config.level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide,
        *reports,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering(human=human))
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the values of keys that name a secret or somebody's words."""
    for name in HIDDEN_KEYS & event.keys():
        event[name] = HIDDEN
    return event


def _rendering(*, human: bool) -> list[Processor]:
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if human:
        # Plain, because the pretty one prints the local variables of every frame, secrets included.
        plain = structlog.dev.plain_traceback
        return [remove_meta, structlog.dev.ConsoleRenderer(exception_formatter=plain, pad_event_to=24)]
    return [remove_meta, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


class AccessLogger(AbstractAccessLogger):
    """One line per request, without its query, which may carry a search for somebody's words."""

    _log = structlog.get_logger("server.access")

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self._log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status,
            milliseconds=round(time * 1000, 1),
        )

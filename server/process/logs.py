"""Sets up logging: readable lines on a terminal, JSON otherwise; never secrets or message texts."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any, TextIO

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import ExcInfo, Processor

from server.config import Log

REDACTED_KEYS = frozenset(
    ("secret", "password", "token", "api_key", "authorization", "cookie", "dsn", "url", "body", "text")
)
REDACTED = "(hidden)"
PARAMETER = re.compile(r"\{(\w+)\}")
UNKNOWN_PATH = "(unknown)"
QUOTED = re.compile(r'"[^"]*"')
# Postgres's SQLSTATE class of invalid values, whose messages quote the value.
DATA_EXCEPTION = "22"
# arq logs the arguments of jobs, which contain messages, at level INFO.
VERBOSE_LOGGERS = ("arq", "yoyo", "asyncio")


def set_up_logging(config: Log, *reports: Processor) -> None:
    """Send structlog's and the standard library's records to stderr in one format; `reports` see each record."""
    human = config.format == "human" or (config.format == "auto" and sys.stderr.isatty())
    level = logging.getLevelNamesMapping()[config.level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
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
    for name in VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of keys that hold secrets or texts."""
    for name in REDACTED_KEYS & event.keys():
        event[name] = REDACTED
    return event


def _rendering(*, human: bool) -> list[Processor]:
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if human:
        # structlog's own formatter would print the local variables of every frame, secrets included.
        return [remove_meta, structlog.dev.ConsoleRenderer(exception_formatter=_print_error, pad_event_to=24)]
    shown = structlog.processors.ExceptionRenderer(format_error)
    return [remove_meta, shown, structlog.processors.JSONRenderer()]


def _print_error(stream: TextIO, exc_info: ExcInfo) -> None:
    stream.write("\n" + format_error(exc_info))


def format_error(exc_info: ExcInfo) -> str:
    """The traceback, without the rows, values and requests that some error messages quote."""
    text = "".join(traceback.format_exception(*exc_info))
    for error in _chain(exc_info[1]):
        message = str(error).strip()
        if message and message != (safe := _safe_message(error, message)):
            text = text.replace(message, safe)
    return text.rstrip("\n")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        if (error := waiting.pop()) is not None and id(error) not in seen:
            seen.add(id(error))
            waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]
            yield error


def _safe_message(error: BaseException, message: str) -> str:
    if isinstance(error, HttpProcessingError):  # quotes the bytes that it could not parse, tokens included
        return f"{error.code}, {error.message.strip().partition(chr(10))[0]}"
    code = getattr(error, "pgcode", None)
    if code is None:
        return message
    # The lines after the first are DETAIL (the row), LINE (the statement) and CONTEXT.
    first = message.partition("\n")[0]
    return QUOTED.sub('"…"', first) if str(code).startswith(DATA_EXCEPTION) else first


def path_of(request: web.BaseRequest) -> str:
    """The path of the route table with numeric ids filled in; other parameters may be tokens."""
    match_info = getattr(request, "_match_info", None)  # None for a request that could not be parsed
    if match_info is None or (resource := match_info.route.resource) is None:
        return UNKNOWN_PATH

    def fill(parameter: re.Match[str]) -> str:
        value: str = match_info[parameter[1]]
        return value if value.isdigit() else parameter[0]

    return PARAMETER.sub(fill, resource.canonical)


class AccessLogger(AbstractAccessLogger):
    """Logs one line per request, without its query, which may contain a search text, and without tokens."""

    _log = structlog.get_logger("server.access")

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self._log.info(
            "request",
            method=request.method,
            path=path_of(request),
            status=response.status,
            milliseconds=round(time * 1000, 1),
        )

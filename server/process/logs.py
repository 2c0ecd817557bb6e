"""Sets up logging: readable lines on a terminal, JSON elsewhere, and never a secret or a message's text."""

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

HIDDEN_KEYS = frozenset(
    ("secret", "password", "token", "api_key", "authorization", "cookie", "dsn", "url", "body", "text")
)
HIDDEN = "(hidden)"
PARAMETER = re.compile(r"\{(\w+)\}")
UNKNOWN_PLACE = "(unknown)"
QUOTED = re.compile(r'"[^"]*"')
# Of Postgres's SQLSTATEs: what is wrong with a value, and the sentence quotes the value.
DATA_EXCEPTION = "22"
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
        return [remove_meta, structlog.dev.ConsoleRenderer(exception_formatter=_print_error, pad_event_to=24)]
    shown = structlog.processors.ExceptionRenderer(format_error)
    return [remove_meta, shown, structlog.processors.JSONRenderer()]


def _print_error(stream: TextIO, exc_info: ExcInfo) -> None:
    stream.write("\n" + format_error(exc_info))


def format_error(exc_info: ExcInfo) -> str:
    """The trace of an error, without the rows, values and requests that some errors quote in their sentences."""
    text = "".join(traceback.format_exception(*exc_info))
    for error in _chain(exc_info[1]):
        words = str(error).strip()
        if words and words != (told := _sentence(error, words)):
            text = text.replace(words, told)
    return text.rstrip("\n")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        if (error := waiting.pop()) is not None and id(error) not in seen:
            seen.add(id(error))
            waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]
            yield error


def _sentence(error: BaseException, words: str) -> str:
    if isinstance(error, HttpProcessingError):  # shows the bytes that it could not read, tokens and all
        return f"{error.code}, {error.message.strip().partition(chr(10))[0]}"
    code = getattr(error, "pgcode", None)
    if code is None:
        return words
    # The lines after the first are DETAIL (the row), LINE (the statement) and CONTEXT.
    first = words.partition("\n")[0]
    return QUOTED.sub('"…"', first) if str(code).startswith(DATA_EXCEPTION) else first


def place_of(request: web.BaseRequest) -> str:
    """The address as the table of routes has it, with the ids of rows in it: anything else may be a token."""
    match_info = getattr(request, "_match_info", None)  # None of a request that could not be read
    if match_info is None or (resource := match_info.route.resource) is None:
        return UNKNOWN_PLACE

    def fill(parameter: re.Match[str]) -> str:
        value: str = match_info[parameter[1]]
        return value if value.isdigit() else parameter[0]

    return PARAMETER.sub(fill, resource.canonical)


class AccessLogger(AbstractAccessLogger):
    """One line per request, without its query, which may carry a search for somebody's words, and without tokens."""

    _log = structlog.get_logger("server.access")

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self._log.info(
            "request",
            method=request.method,
            path=place_of(request),
            status=response.status,
            milliseconds=round(time * 1000, 1),
        )

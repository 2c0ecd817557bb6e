"""Traces of webhooks over both processes (OpenTelemetry): webhook, transaction, publish, frame. Off unless set up.

Events of one transaction belong to several traces: a step is a span in each of them. Spans carry no content: no ids of
UniPile, no phone numbers, no texts. While it is off nothing is imported, carried or measured.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol


class Tracer(Protocol):
    """Makes spans; server/process/otlp.py sets up OpenTelemetry's."""

    def start(self, name: str, parent: str | None) -> Any: ...

    def name_of(self, span: Any) -> str:
        """The span as a `traceparent` of W3C's Trace Context."""


_OFF = nullcontext()
_tracer: Tracer | None = None
# The traces that the current work belongs to, as `traceparent`s.
_current: ContextVar[tuple[str, ...]] = ContextVar("traces", default=())
# More would make envelopes large; a batch is not that many webhooks unless it is a backlog.
MOST_TRACES = 32


def use_tracer(tracer: Tracer | None) -> None:
    """Trace from now on; None: no longer."""
    global _tracer
    _tracer = tracer


def is_traced() -> bool:
    return _tracer is not None


def begin(name: str) -> AbstractContextManager[None]:
    """A new trace with this span, around the block."""
    return _OFF if _tracer is None else _spans(_tracer, name, (None,))


def step(name: str) -> AbstractContextManager[None]:
    """A span in each trace of the current work, around the block."""
    traces = _current.get()
    return _OFF if _tracer is None or not traces else _spans(_tracer, name, traces)


def resume(name: str, traces: Sequence[str]) -> AbstractContextManager[None]:
    """A span in each of these traces, which came from another process."""
    return _OFF if _tracer is None or not traces else _spans(_tracer, name, tuple(traces[:MOST_TRACES]))


def current_traces() -> tuple[str, ...]:
    """What to hand to the process that continues: empty while it is off."""
    return _current.get()


@contextmanager
def _spans(tracer: Tracer, name: str, parents: Sequence[str | None]) -> Iterator[None]:
    spans = [tracer.start(name, parent) for parent in parents]
    token = _current.set(tuple(tracer.name_of(span) for span in spans))
    try:
        yield
    finally:
        _current.reset(token)
        for span in spans:
            span.end()

"""Sends traces to `[log] traces_url` over OTLP, if set; OpenTelemetry is imported only then."""

from collections.abc import Callable
from typing import Any

from server import VERSION
from server.config import ConfigError
from server.tracing import use_tracer

MISSING = "CONFAB_LOG_TRACES_URL needs the packages of requirements/tracing.txt: install them, or remove the setting."
TRACES_PATH = "/v1/traces"
FLUSH_MS = 2000
_flushing: list[Callable[[int], object]] = []


def open_traces(url: str, service: str) -> None:
    """Trace from now on; spans are sent in the background, and dropped while the collector is away."""
    if not url:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ConfigError(MISSING) from error
    exporter = OTLPSpanExporter(endpoint=url.rstrip("/").removesuffix(TRACES_PATH) + TRACES_PATH)
    processor = BatchSpanProcessor(exporter)
    _flushing.append(processor.force_flush)
    use_tracer(Spans(processor, service))


def flush_traces() -> None:
    """Send what has not been sent yet, for a moment."""
    for flush in _flushing:
        flush(FLUSH_MS)


class Spans:
    """OpenTelemetry's spans, with the program and its version and no other attribute."""

    def __init__(self, processor: Any, service: str) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        # Not `Resource.create`, which would add what it finds about the host and the process.
        resource = Resource({"service.name": service, "service.version": VERSION})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer("confab")

    def start(self, name: str, parent: str | None) -> Any:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {"traceparent": parent} if parent else {}
        return self._tracer.start_span(name, TraceContextTextMapPropagator().extract(carrier))

    def name_of(self, span: Any) -> str:
        context = span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

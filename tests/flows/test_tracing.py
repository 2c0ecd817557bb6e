"""A webhook is one trace over both processes, with nothing of its content; off, nothing is imported or carried."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from server.config import ROOT
from server.realtime.events import Push, decode_pushes, encode_pushes, traces_in
from server.tracing import begin, current_traces, resume, step
from tests.flows.processes import Site
from tests.support.fixtures_stack import serving
from tests.support.peers import eventually, message_received
from tests.support.ports import free_port

PHONE, NAME, TEXT = "5511977770000", "Zuleika Prado", "a very private question"
# Each span with its process and its parent.
STEPS = {
    "webhook": ("confab-web", None),
    "job": ("confab-worker", "webhook"),
    "transaction": ("confab-worker", "job"),
    "publish": ("confab-worker", "job"),
    "frame": ("confab-web", "publish"),
}
PUSH = Push(7, 3, b'{"event":"message:new"}', "1:2")


@dataclass
class Collector:
    """An OTLP collector that keeps what it was sent."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.raw.append(await request.read())
        return web.Response()

    def spans(self) -> list[tuple[str, Any]]:
        """(service, span) of all that arrived."""
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return [
            (next(a.value.string_value for a in found.resource.attributes if a.key == "service.name"), span)
            for raw in self.raw
            for found in ExportTraceServiceRequest.FromString(raw).resource_spans
            for scope in found.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    app, found = web.Application(), Collector()
    app.router.add_post("/v1/traces", found.take)
    async with serving(app, free_port()) as found.url:
        yield found


async def test_a_webhook_is_one_trace_from_its_request_to_the_frame(site: Site, collector: Collector) -> None:
    pytest.importorskip("opentelemetry.sdk")
    traced = {
        "CONFAB_LOG_TRACES_URL": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        # Compressed bodies could not be searched for what they must not contain.
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    running = await site.web(**traced)
    await site.worker(**traced)
    agent = await site.sign_in(running)
    await agent.link_account("acc-1")
    socket = await agent.listen()
    event = message_received("acc-1", TEXT, phone=PHONE, name=NAME)
    assert (await site.peer(running).deliver(event)).status == 200
    await socket.wait_for_event("message:new", body=TEXT)

    async def is_whole() -> Any:
        traces: dict[bytes, list[tuple[str, Any]]] = {}
        for service, span in collector.spans():
            traces.setdefault(span.trace_id, []).append((service, span))
        return next((spans for spans in traces.values() if {s.name for _, s in spans} >= STEPS.keys()), None)

    spans = await eventually(is_whole)
    by_name = {span.name: (service, span) for service, span in spans}
    for name, (service, parent) in STEPS.items():
        assert by_name[name][0] == service
        assert by_name[name][1].parent_span_id == (by_name[parent][1].span_id if parent else b"")
        assert not by_name[name][1].attributes
    sent = b"".join(collector.raw)
    for content in (PHONE, NAME, TEXT, event["message_id"], "acc-1"):
        assert content.encode() not in sent


def test_while_it_is_off_nothing_is_carried() -> None:
    with begin("webhook"), step("transaction"), resume("frame", ["00-1-2-01"]):
        assert current_traces() == ()
        payload = encode_pushes([PUSH])
    assert payload == b'7:3:1:2\n{"event":"message:new"}'
    assert traces_in(payload) == []


def test_an_envelope_with_traces_is_read_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by a process that does not trace."""
    monkeypatch.setattr("server.realtime.events.current_traces", lambda: ("00-a-b-01", "00-c-d-01"))
    payload = encode_pushes([PUSH, PUSH])
    assert decode_pushes(payload) == [PUSH, PUSH]
    assert traces_in(payload) == ["00-a-b-01", "00-c-d-01"]


@pytest.mark.system
def test_while_it_is_off_nothing_is_imported_and_without_the_packages_a_sentence_says_so() -> None:
    program = (
        "import sys, server.cli.main, workers.jobs\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]\n"
        "sys.modules['opentelemetry'] = None\n"
        "from server.process.otlp import open_traces\n"
        "open_traces('', 'x')\n"
        "try: open_traces('http://127.0.0.1:9', 'x')\n"
        "except Exception as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "requirements/tracing.txt" in run.stdout

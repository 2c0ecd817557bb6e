"""Shows the metrics of a worker that runs alone, on a port of its own (docs/adr/0026-workers-show-their-metrics.md)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from server.config import Config
from server.config.web import listen_host
from server.embedded import ServiceError
from server.errors import ConfabError
from server.metrics import REGISTRY
from server.web.identity.identify import require_metrics_reader
from server.web.requests import error_answer


@asynccontextmanager
async def worker_metrics(config: Config) -> AsyncIterator[None]:
    """Answer `GET /metrics` while the block runs, if a port is set; nothing else is answered there."""
    port = config.metrics.worker_port
    if not port:
        yield
        return

    async def show(request: web.BaseRequest) -> web.Response:
        if request.path != "/metrics":
            return error_answer(ConfabError("not_found"))
        try:
            require_metrics_reader(config, request)
        except ConfabError as error:
            return error_answer(error)
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    runner = web.ServerRunner(web.Server(show))
    await runner.setup()
    try:
        await _listen(runner, config, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.ServerRunner, config: Config, port: int) -> None:
    try:
        await web.TCPSite(runner, listen_host(config.web), port).start()
    except OSError as error:
        raise ServiceError(
            f"Cannot listen on {config.web.host} port {port} ({error.strerror or error}): set another "
            "CONFAB_METRICS_WORKER_PORT; each worker of a machine needs its own."
        ) from error

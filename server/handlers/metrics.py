"""Shows metrics to Prometheus: those of this process and its siblings, and the state that all processes share."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from server.errors import Unavailable
from server.queue import QUEUE_NAMES, QueueState, read_queues
from server.redis.reasons import UNREACHABLE
from server.store.accounts.states import count_statuses
from server.store.dead_letters import count_dead_letters
from server.web.app_keys import CONFIG, DATABASE, METRICS, REDIS
from server.web.identity.identify import require_metrics_reader

# Prometheus waits ten seconds; what a database that is away would have said is left out.
READ_SECONDS = 3.0
# What all processes share, with its help and label.
SHARED: Mapping[str, tuple[str, str]] = {
    "confab_part_up": ("1: this part answers", "part"),
    "confab_dead_letters": ("Events and jobs that were given up", ""),
    "confab_accounts": ("Accounts, by status", "status"),
    "confab_worker_alive": ("1: a worker sends heartbeats", ""),
    "confab_queue_age_seconds": ("Wait of the oldest due job, by queue", "queue"),
    "confab_queue_jobs": ("Jobs that wait or run, by queue", "queue"),
}


async def show_metrics(request: web.Request) -> web.Response:
    require_metrics_reader(request.app[CONFIG], request)
    registry = CollectorRegistry()
    registry.register(SharedState(await _read_state(request)))
    body = await request.app[METRICS]() + generate_latest(registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


class SharedState(Collector):
    """What Postgres and Redis know at this moment; every web process shows the same."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families


async def _read_state(request: web.Request) -> list[Metric]:
    """The families of what could be read; a part that is away has none but `confab_part_up`."""
    rows, queues = await asyncio.gather(_read_rows(request), _read_redis(request))
    values: dict[str, Mapping[str, float]] = {
        "confab_part_up": {"database": float(rows is not None), "redis": float(queues is not None)}
    }
    if rows is not None:
        values |= {"confab_dead_letters": {"": rows[0]}, "confab_accounts": rows[1]}
    if queues is not None:
        ages = {name: queues.ages[queue] for queue, name in QUEUE_NAMES.items()}
        lengths = {name: float(queues.lengths[queue]) for queue, name in QUEUE_NAMES.items()}
        values |= {"confab_queue_age_seconds": ages, "confab_queue_jobs": lengths}
        values["confab_worker_alive"] = {"": float(queues.is_worker_alive)}
    return [_gauge(name, found) for name, found in values.items()]


async def _read_rows(request: web.Request) -> tuple[int, Mapping[str, float]] | None:
    database = request.app[DATABASE]
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await database.read(count_dead_letters), await database.read(count_statuses)
    except (Unavailable, TimeoutError):
        return None


async def _read_redis(request: web.Request) -> QueueState | None:
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await read_queues(request.app[REDIS], *QUEUE_NAMES)
    except (TimeoutError, *UNREACHABLE):
        return None


def _gauge(name: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    about, label = SHARED[name]
    family = GaugeMetricFamily(name, about, labels=[label] if label else [])
    for value_of_label, value in values.items():
        family.add_metric([value_of_label] if label else [], value)
    return family

"""The Prometheus metrics of this process, in one registry for web and embedded workers."""

from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from server import VERSION

REGISTRY = CollectorRegistry()
# CPU time, memory and open files of this process.
ProcessCollector(registry=REGISTRY)

WEBHOOKS = Counter("confab_webhooks", "Webhook deliveries, by answer", ["answer"], registry=REGISTRY)
PREVIOUS_SECRETS = Counter(
    "confab_previous_secret",
    "Requests that were accepted with a previous secret, by its setting",
    ["name"],
    registry=REGISTRY,
)
EVENTS = Counter("confab_events", "Events taken from the queue, by outcome", ["outcome"], registry=REGISTRY)
IGNORED = Counter("confab_events_ignored", "Events of unsupported kinds", ["kind"], registry=REGISTRY)
BATCH_SIZE = Histogram(
    "confab_batch_events", "Events stored by one job", buckets=(1, 2, 5, 10, 50, 100, 500), registry=REGISTRY
)
JOB_RETRIES = Counter(
    "confab_job_retries", "Jobs rescheduled because a service was unavailable", ["job"], registry=REGISTRY
)
SENDS = Counter("confab_sends", "Messages handed to UniPile, by outcome", ["outcome"], registry=REGISTRY)
NEW_CHAT_STOPS = Counter(
    "confab_new_chat_stops",
    "Stops of an account's new chats, by UniPile's error",
    ["error"],
    registry=REGISTRY,
)
IMPORTED = Counter("confab_imported_messages", "Messages stored as history", registry=REGISTRY)
SWEEPS = Counter("confab_sweeps", "Sweeps, by outcome", ["outcome"], registry=REGISTRY)
RESTARTS = Counter("confab_restarts", "Restarts of accounts, by outcome", ["outcome"], registry=REGISTRY)
FOUND_LATE = Counter(
    "confab_found_late", "Messages found by a sweep before their webhook arrived", registry=REGISTRY
)
LATE_SECONDS = Histogram(
    "confab_late_seconds",
    "Delay of the oldest late message of each page",
    buckets=(60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400),
    registry=REGISTRY,
)
VERIFICATIONS = Counter(
    "confab_send_looks", "Checks of unconfirmed sends at UniPile", ["outcome"], registry=REGISTRY
)
MEDIA = Counter("confab_media", "Attachments copied from UniPile, by outcome", ["state"], registry=REGISTRY)
MEDIA_BYTES = Counter("confab_media_bytes", "Bytes of the attachments copied", registry=REGISTRY)
UNIPILE_CALLS = Counter("confab_unipile_calls", "Calls to UniPile", ["method", "outcome"], registry=REGISTRY)
UNIPILE_CIRCUIT = Gauge(
    "confab_unipile_circuit", "0: closed, 1: half-open, 2: open (UniPile is not called)", registry=REGISTRY
)
UNIPILE_KEY_REJECTED = Counter(
    "confab_unipile_key_refused", "Calls rejected because our API key is wrong", registry=REGISTRY
)
SOCKETS = Gauge("confab_sockets", "Open WebSocket connections of this process", registry=REGISTRY)
SOCKET_CLOSES = Counter(
    "confab_socket_closes", "Sockets closed by the server, by close code", ["code"], registry=REGISTRY
)
USAGE_DRIFT = Gauge(
    "confab_usage_drift", "Months whose counters differed from the rows at the last check", registry=REGISTRY
)
UNREADABLE = Counter(
    "confab_unreadable_requests",
    "Requests rejected before they reached the application",
    ["reason"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "confab_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
    registry=REGISTRY,
)
JOB_SECONDS = Histogram(
    "confab_job_seconds",
    "Duration of a job's try, by job",
    ["job"],
    buckets=(0.01, 0.05, 0.25, 1, 5, 15, 60),
    registry=REGISTRY,
)
JOB_FAILURES = Counter(
    "confab_job_failures", "Tries of jobs that failed because something is wrong", ["job"], registry=REGISTRY
)
LOOP_LAG = Histogram(
    "confab_loop_lag_seconds",
    "How late the event loop runs what is due",
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=REGISTRY,
)
READS_REJECTED = Counter(
    "confab_reads_rejected", "Reads rejected because too many were being answered", registry=REGISTRY
)
DATABASE_WAITS = Histogram(
    "confab_database_wait_seconds",
    "Waits for a connection of the pool, of those that had to wait",
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
    registry=REGISTRY,
)
DATABASE_CONNECTIONS = Gauge("confab_database_connections", "Connections of the pools", registry=REGISTRY)
DATABASE_BUSY = Gauge(
    "confab_database_connections_busy", "Connections of the pools that are in use", registry=REGISTRY
)
BUILD = Gauge("confab_build_info", "1, with the version of Confab", ["version"], registry=REGISTRY)
BUILD.labels(VERSION).set(1)
BACKUPS = Counter("confab_backups", "Scheduled backups, by outcome", ["outcome"], registry=REGISTRY)
BACKUP_AGE = Gauge(
    "confab_backup_age_seconds", "Age of the last whole backup; +Inf: there is none yet", registry=REGISTRY
)
BACKUP_SECONDS = Gauge("confab_backup_seconds", "How long the last whole backup took", registry=REGISTRY)
BACKUP_BYTES = Gauge("confab_backup_bytes", "Size of the last whole backup", registry=REGISTRY)
BACKUP_AGE.set(float("nan"))  # not known before the first check

# How the gauges of several web processes become one (server/supervisor/samples.py); NaN is left out. The alert for open
# files compares the two of one process: the fullest, and the lowest limit.
MERGED_GAUGES: Mapping[str, str] = {
    "confab_unipile_circuit": "max",
    "confab_sockets": "sum",
    "confab_usage_drift": "max",
    "confab_database_connections": "sum",
    "confab_database_connections_busy": "sum",
    "confab_build_info": "max",
    "confab_backup_age_seconds": "min",
    "confab_backup_seconds": "max",
    "confab_backup_bytes": "max",
    "process_virtual_memory_bytes": "sum",
    "process_resident_memory_bytes": "sum",
    "process_start_time_seconds": "min",
    "process_open_fds": "max",
    "process_max_fds": "min",
}
# The metrics of this process, or of all that share its listening socket, as text.
ShowMetrics = Callable[[], Awaitable[bytes]]


async def show_own_metrics() -> bytes:
    """Those of this process alone."""
    return generate_latest(REGISTRY)

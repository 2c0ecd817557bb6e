"""What this process counts, for Prometheus; one registry a process, shared by web and an embedded worker."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

WEBHOOKS = Counter("confab_webhooks", "Webhook deliveries, by answer", ["answer"], registry=REGISTRY)
EVENTS = Counter(
    "confab_events", "Events taken from the queue, by what became of them", ["outcome"], registry=REGISTRY
)
IGNORED = Counter(
    "confab_events_ignored", "Events of kinds not handled yet, kept", ["kind"], registry=REGISTRY
)
BATCH_SIZE = Histogram(
    "confab_batch_events", "Events stored by one job", buckets=(1, 2, 5, 10, 50, 100, 500), registry=REGISTRY
)
JOB_RETRIES = Counter(
    "confab_job_retries", "Jobs handed back because something was away", ["job"], registry=REGISTRY
)
SENDS = Counter("confab_sends", "Messages handed to UniPile, by outcome", ["outcome"], registry=REGISTRY)
IMPORTED = Counter("confab_imported_messages", "Messages stored as history", registry=REGISTRY)
SWEEPS = Counter("confab_sweeps", "Sweeps, by how they ended", ["outcome"], registry=REGISTRY)
RESTARTS = Counter("confab_restarts", "Restarts of numbers, by outcome", ["outcome"], registry=REGISTRY)
FOUND_LATE = Counter("confab_found_late", "Messages that no webhook brought in time", registry=REGISTRY)
LATE_SECONDS = Histogram(
    "confab_late_seconds",
    "How late the oldest find of a page was stored",
    buckets=(60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400),
    registry=REGISTRY,
)
LOOKS = Counter("confab_send_looks", "Later looks for unconfirmed sends", ["outcome"], registry=REGISTRY)
MEDIA = Counter("confab_media", "Attachments copied from UniPile, by outcome", ["state"], registry=REGISTRY)
MEDIA_BYTES = Counter("confab_media_bytes", "Bytes of the attachments copied", registry=REGISTRY)
UNIPILE_CALLS = Counter("confab_unipile_calls", "Calls to UniPile", ["method", "outcome"], registry=REGISTRY)
UNIPILE_CIRCUIT = Gauge(
    "confab_unipile_circuit", "0: UniPile is asked, 1: probed, 2: left alone", registry=REGISTRY
)
UNIPILE_KEY_REJECTED = Counter(
    "confab_unipile_key_refused", "Calls refused because our key is wrong", registry=REGISTRY
)
SOCKETS = Gauge("confab_sockets", "Open WebSocket connections of this process", registry=REGISTRY)
SOCKET_CLOSES = Counter(
    "confab_socket_closes", "Sockets that we ended, by close code", ["code"], registry=REGISTRY
)
USAGE_DRIFT = Gauge(
    "confab_usage_drift", "Months whose counters differ from the rows, at the last look", registry=REGISTRY
)
UNREADABLE = Counter(
    "confab_unreadable_requests",
    "Requests refused before the application saw them",
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

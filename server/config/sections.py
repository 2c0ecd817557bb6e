"""The sections of the configuration that need no checks of their own; each field is a key of config.toml."""

from dataclasses import dataclass
from math import ceil

from server.config.reader import derived, key

# Of a web process that shares the pool with others: one for a slow statement, one for all others.
LEAST_CONNECTIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    enabled: bool = derived(False)
    port: int = key(env="SANDBOX_PORT")
    # In sandbox mode everyone can sign in, so reaching it from other machines must be allowed explicitly.
    public: bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    url: str | None = key(env="DATABASE_URL", secret=True, default=None)
    pool_size: int
    statement_timeout_ms: int
    connect_timeout_seconds: int
    prepare: bool

    def pool_of_one(self, web_processes: int) -> int:
        """The connections of each of so many web processes, which share the pool: Postgres is not faster with more."""
        return (
            max(LEAST_CONNECTIONS, ceil(self.pool_size / web_processes))
            if web_processes > 1
            else self.pool_size
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    url: str | None = key(env="REDIS_URL", secret=True, default=None)
    connect_timeout_seconds: float
    command_timeout_seconds: float
    start_seconds: float = key(may_be_zero=True)
    ssl_cert_reqs: str = key(choices=("required", "none"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unipile:
    dsn: str | None = key(env="UNIPILE_DSN", default=None)
    api_key: str = key(env="UNIPILE_API_KEY", secret=True, default="")
    concurrency: int
    connect_timeout_seconds: float
    total_timeout_seconds: float
    read_timeout_seconds: float
    pairing_timeout_seconds: float
    breaker_failures: int
    breaker_seconds: float
    qr_seconds: int
    code_seconds: int
    attempt_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    webhook_secret: str = key(env="WEBHOOK_SECRET", secret=True, default="")
    # Accepted but never registered: set while the secret is rotated.
    webhook_secret_previous: str = key(env="WEBHOOK_SECRET_PREVIOUS", secret=True, default="")
    jwt_secret: str = key(env="JWT_SECRET", secret=True, default="")
    # Verifies tokens but never signs them: set for the lifetime of an access token while the secret is rotated.
    jwt_secret_previous: str = key(env="JWT_SECRET_PREVIOUS", secret=True, default="")
    demo_password: str = key(secret=True, default="")
    erase_secret: str = key(env="ERASE_SECRET", secret=True, default="")
    # Earlier ones, separated by commas: hashes that were made with them are recognised.
    erase_secret_previous: str = key(env="ERASE_SECRET_PREVIOUS", secret=True, default="")

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Those with which UniPile may post, the one that is registered first."""
        return tuple(filter(None, (self.webhook_secret, self.webhook_secret_previous)))

    @property
    def erasure_keys(self) -> tuple[str, ...]:
        """The keys of the hashes of erased names: the first makes them, all of them recognise them. None may be lost,
        JWT_SECRET's present value included where ERASE_SECRET is not set.
        """
        whole = self.erase_secret_previous
        # An earlier secret may have a comma of its own.
        parts = [part.strip() for part in whole.split(",")]
        return tuple(dict.fromkeys(filter(None, (self.erase_secret or self.jwt_secret, *parts, whole))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    embedded: bool
    ingest_jobs: int
    outbox_jobs: int
    amendment_jobs: int
    lease_seconds: int
    job_timeout_seconds: int
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    unseen_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    # None in the file: on, unless UniPile is on this machine. Always a bool once loaded.
    enabled: bool | None = None
    spacing_seconds: float
    burst: int
    fresh_days: int
    new_chats_per_day: int
    settled_new_chats_per_day: int
    stop_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    most: int
    first_seconds: float
    growth: float
    forgive_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    jobs: int
    sweep_seconds: int
    margin_seconds: int
    late_seconds: int
    first_page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    max_body_bytes: int
    batch_events: int
    ack_timeout_seconds: float
    keep_hints_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    url: str = ""
    copies: int
    max_copy_bytes: int
    deadline_seconds: float
    max_upload_bytes: int
    max_upload_files: int
    keep_exports_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Realtime:
    auth_seconds: float
    max_frame_bytes: int
    outbox_bytes: int
    outbox_frames: int
    head_seconds: float
    commands_per_second: int
    presence_refresh_seconds: float
    typing_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    level: str = key(choices=("debug", "info", "warning", "error"))
    format: str = key(choices=("auto", "human", "json"))
    # Where traces are sent over OTLP; empty: nothing is traced.
    traces_url: str = ""
    sentry_dsn: str | None = key(env="SENTRY_DSN", secret=True, default=None)

"""The configuration: config.toml, .env and the environment, read once, checked, and frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from server.addresses import check_scheme, database_address, is_loopback, unipile_address
from server.auth_settings import Audit, Auth
from server.keyring import KeyringError, read_keyring
from server.mail_settings import Mail, check_mail
from server.plans import Plans, check_plans
from server.rates import Limits, check_limits
from server.secret_strength import complaint_about
from server.signatures import Billing, check_billing
from server.sources import ConfigError, Reader, derived, key, read_environment, read_toml
from server.storage_url import StorageUrlError, read_storage_url
from server.web_settings import Web, settle_web

__all__ = ["ROOT", "Config", "ConfigError", "is_loopback", "load_config", "read_config"]

ROOT = Path(__file__).resolve().parent.parent
SANDBOX_API_KEY = "sandbox-key"
SANDBOX_WEBHOOK_SECRET = "sandbox-webhook-secret"  # noqa: S105 - stands in contract.md, for loopback only
DEMO_EMAIL = "demo@confab.local"
# An HS256 key is as long as its hash (RFC 7518, section 3.2).
MIN_JWT_SECRET_BYTES = 32
MIN_WEBHOOK_SECRET_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    enabled: bool = derived(False)
    port: int = key(env="SANDBOX_PORT")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    url: str | None = key(env="REDIS_URL", secret=True, default=None)
    connect_timeout_seconds: float


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
    jwt_secret: str = key(env="JWT_SECRET", secret=True, default="")
    # Read, never signed with: set for an access token's life while the secret is being changed.
    jwt_secret_previous: str = key(env="JWT_SECRET_PREVIOUS", secret=True, default="")
    demo_password: str = key(secret=True, default="")
    erase_secret: str = key(env="ERASE_SECRET", secret=True, default="")

    @property
    def seal_key(self) -> str:
        """What hashes the names of who was erased; it must outlive every rotation of the other."""
        return self.erase_secret or self.jwt_secret


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
    # None in the file: on, except against a UniPile on this very machine. Always a bool once loaded.
    enabled: bool | None = None
    spacing_seconds: float
    burst: int
    fresh_days: int
    new_chats_per_day: int


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
    sentry_dsn: str | None = key(env="SENTRY_DSN", secret=True, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a process is told from outside; `database.url` and `redis.url` may still be None here and
    are filled in by the embedded services."""

    data_dir: Path = key(env="DATA_DIR")  # noqa: RUF009 - a field declaration, not a shared value
    web: Web
    sandbox: Sandbox
    database: Database
    redis: Redis
    unipile: Unipile
    secrets: Secrets
    auth: Auth
    audit: Audit
    mail: Mail
    worker: Worker
    restarts: Restarts
    sync: Sync
    outbox: Outbox
    pace: Pace
    limits: Limits
    plans: Plans
    billing: Billing
    webhooks: Webhooks
    media: Media
    realtime: Realtime
    log: Log


def read_config() -> Config:
    """Load the configuration of this process, from this checkout."""
    return load_config(os.environ, ROOT / "config.toml", ROOT / ".env")


def load_config(environ: Mapping[str, str], toml_path: Path, env_path: Path | None = None) -> Config:
    """Put the sources together and check the whole; in sandbox mode missing secrets are made and kept."""
    reader = Reader(read_toml(toml_path), read_environment(environ, env_path))
    config: Config = reader.read(Config)
    reader.refuse_unknown()
    config = replace(
        config,
        data_dir=toml_path.parent / config.data_dir.expanduser(),
        web=settle_web(config.web),
        sandbox=replace(config.sandbox, enabled=config.unipile.dsn is None),
        database=replace(config.database, url=database_address(config.database.url)),
        unipile=replace(config.unipile, dsn=unipile_address(config.unipile.dsn)),
    )
    check_scheme("REDIS_URL", config.redis.url, ("redis", "rediss"))
    _check_media(config)
    check_plans(config.plans)
    check_billing(config.billing)
    check_limits(config.limits)
    check_mail(config.mail)
    config = _with_sandbox_secrets(config) if config.sandbox.enabled else config
    _check_secrets(config)
    return replace(
        config,
        auth=replace(config.auth, test_tokens=_test_tokens(config)),
        pace=replace(config.pace, enabled=_is_paced(config)),
        limits=replace(config.limits, enabled=_is_limited(config)),
    )


def _check_media(config: Config) -> None:
    try:
        read_storage_url(config.media.url, config.data_dir)
    except StorageUrlError as error:
        raise ConfigError(f"CONFAB_MEDIA_URL (config.toml: [media] url) {error}.") from error


def _with_sandbox_secrets(config: Config) -> Config:
    try:
        kept = read_keyring(config.data_dir)
    except KeyringError as error:
        raise ConfigError(str(error)) from error
    secrets = config.secrets
    return replace(
        config,
        unipile=replace(config.unipile, api_key=config.unipile.api_key or SANDBOX_API_KEY),
        secrets=replace(
            secrets,
            webhook_secret=secrets.webhook_secret or SANDBOX_WEBHOOK_SECRET,
            jwt_secret=secrets.jwt_secret or kept["jwt_secret"],
            demo_password=secrets.demo_password or kept["demo_password"],
        ),
    )


def _check_secrets(config: Config) -> None:
    local = config.sandbox.enabled or is_loopback(config.unipile.dsn)
    allowed = {SANDBOX_API_KEY, SANDBOX_WEBHOOK_SECRET} if local else set()
    given = (
        ("UNIPILE_API_KEY", config.unipile.api_key, 1),
        ("WEBHOOK_SECRET", config.secrets.webhook_secret, MIN_WEBHOOK_SECRET_BYTES),
        ("JWT_SECRET", config.secrets.jwt_secret, MIN_JWT_SECRET_BYTES),
        *(
            [("JWT_SECRET_PREVIOUS", previous, MIN_JWT_SECRET_BYTES)]
            if (previous := config.secrets.jwt_secret_previous)
            else []
        ),
    )
    complaints = [
        f"{name} {complaint}"
        for name, value, length in given
        if value not in allowed and (complaint := complaint_about(value, length))
    ]
    if complaints:
        raise ConfigError(f"{'; '.join(complaints)}.")


def _test_tokens(config: Config) -> bool:
    wanted = config.auth.test_tokens
    if wanted and not config.sandbox.enabled and config.web.public_url.startswith("https:"):
        raise ConfigError("CONFAB_AUTH_TEST_TOKENS must not be on while PUBLIC_URL is https.")
    return config.sandbox.enabled if wanted is None else wanted


def _is_paced(config: Config) -> bool:
    """The sandbox's numbers are in no danger."""
    wanted = config.pace.enabled
    return not (config.sandbox.enabled or is_loopback(config.unipile.dsn)) if wanted is None else wanted


def _is_limited(config: Config) -> bool:
    """Whoever runs a UniPile of their own beside Confab is measuring it; the sandbox is for trying everything."""
    wanted = config.limits.enabled
    return not is_loopback(config.unipile.dsn) if wanted is None else wanted

"""The configuration: config.toml, .env and the environment, read once, validated and frozen."""

import os
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from server.config.auth import Audit, Auth
from server.config.backup import Backup, check_backup
from server.config.billing import Billing, check_billing
from server.config.environment import Environment, read_environment
from server.config.generated_secrets import GeneratedSecretsError, read_generated_secrets
from server.config.limits import Limits, check_limits
from server.config.mail import Mail, check_mail
from server.config.metrics import Metrics, check_metrics
from server.config.plans import Plans, check_plans
from server.config.reader import ConfigError, Reader, derived, key, read_toml, secret_names
from server.config.secret_strength import secret_problem
from server.config.sections import (
    Database,
    Log,
    Media,
    Outbox,
    Pace,
    Realtime,
    Redis,
    Restarts,
    Sandbox,
    Secrets,
    Sync,
    Unipile,
    Webhooks,
    Worker,
)
from server.config.unused import list_unused_settings
from server.config.urls.addresses import bracketed, is_loopback, unipile_address
from server.config.urls.database_url import database_address
from server.config.urls.redis_url import read_redis_url
from server.config.urls.storage_url import StorageUrlError, read_storage_url
from server.config.web import Web, settle_web
from server.config.webpush import Webpush, check_webpush
from server.said.said import Said

__all__ = [
    "ROOT",
    "Config",
    "ConfigError",
    "Log",
    "Media",
    "Pace",
    "Redis",
    "is_loopback",
    "load_config",
    "read_config",
]

ROOT = Path(__file__).resolve().parents[2]
SANDBOX_API_KEY = "sandbox-key"
SANDBOX_WEBHOOK_SECRET = "sandbox-webhook-secret"  # noqa: S105 - in docs/operations.md, for loopback only
DEMO_EMAIL = "demo@confab.local"
# An HS256 key must be at least as long as the hash (RFC 7518, section 3.2).
MIN_JWT_SECRET_BYTES = 32
MIN_WEBHOOK_SECRET_BYTES = 16
# Read from the environment by libraries: the S3 client, OpenTelemetry, OpenSSL and libpq.
LIBRARY_NAMES = re.compile(r"AWS_\w+|OTEL_\w+|SSL_CERT_(FILE|DIR)|PG[A-Z]+")
# Those of them that may be in a file, as our own secrets may.
LIBRARY_SECRETS = frozenset(("PGPASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of a process. `database.url`, `redis.url` and `unipile.dsn` may be None here; the embedded services
    fill them in.
    """

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
    webpush: Webpush
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
    backup: Backup
    realtime: Realtime
    metrics: Metrics
    log: Log
    # One sentence for each setting that has no effect.
    unused: tuple[Said, ...] = derived(())


# What was added to the environment for libraries; read anew with everything else.
_passed_on: set[str] = set()


def read_config() -> Config:
    """Load the configuration of this process from this checkout; again when it is to be reloaded."""
    for name in _passed_on:
        os.environ.pop(name, None)
    before = set(os.environ)
    config = load_config(os.environ, ROOT / "config.toml", ROOT / ".env")
    _passed_on.clear()
    _passed_on.update(set(os.environ) - before)
    return config


def load_config(environ: MutableMapping[str, str], toml_path: Path, env_path: Path | None = None) -> Config:
    """Merge the sources and validate the result; in sandbox mode missing secrets are generated and stored.

    Variables in .env or in files that libraries read themselves are added to `environ`.
    """
    environment = read_environment(environ, env_path, secret_names(Config) | LIBRARY_SECRETS)
    config, known = _read(environment, toml_path)
    _pass_on_to_libraries(environment, environ)
    return replace(config, unused=list_unused_settings(config, environment, known, LIBRARY_NAMES))


def _pass_on_to_libraries(environment: Environment, environ: MutableMapping[str, str]) -> None:
    for name in environment.only_in_file:
        if LIBRARY_NAMES.fullmatch(name):
            environ[name] = environment.values[name]


def _read(environment: Environment, toml_path: Path) -> tuple[Config, frozenset[str]]:
    """The configuration, and the names of all variables that can set it."""
    reader = Reader(read_toml(toml_path), environment.values)
    config: Config = reader.read(Config)
    reader.reject_unknown()
    config = replace(
        config,
        data_dir=toml_path.parent / config.data_dir.expanduser(),
        web=settle_web(config.web),
        sandbox=replace(config.sandbox, enabled=config.unipile.dsn is None),
        database=replace(config.database, url=database_address(config.database.url)),
        unipile=replace(config.unipile, dsn=unipile_address(config.unipile.dsn)),
    )
    if config.redis.url is not None:
        read_redis_url(config.redis.url, config.redis.ssl_cert_reqs)
    _check_media(config)
    check_backup(config.backup)
    check_plans(config.plans)
    check_billing(config.billing)
    check_limits(config.limits)
    check_mail(config.mail)
    check_metrics(config.metrics)
    config = _with_sandbox_secrets(config) if config.sandbox.enabled else config
    check_webpush(config.webpush, is_https=config.web.is_https)
    _check_secrets(config)
    _check_exposure(config)
    config = replace(
        config,
        auth=replace(config.auth, test_tokens=_test_tokens(config)),
        pace=replace(config.pace, enabled=_is_paced(config)),
        limits=replace(config.limits, enabled=_is_limited(config)),
    )
    return config, reader.known


def _check_media(config: Config) -> None:
    try:
        read_storage_url(config.media.url, config.data_dir)
    except StorageUrlError as error:
        raise ConfigError(f"CONFAB_MEDIA_URL (config.toml: [media] url) {error}.") from error


def _with_sandbox_secrets(config: Config) -> Config:
    try:
        generated = read_generated_secrets(config.data_dir)
    except GeneratedSecretsError as error:
        raise ConfigError(str(error)) from error
    secrets = config.secrets
    return replace(
        config,
        unipile=replace(config.unipile, api_key=config.unipile.api_key or SANDBOX_API_KEY),
        secrets=replace(
            secrets,
            webhook_secret=secrets.webhook_secret or SANDBOX_WEBHOOK_SECRET,
            jwt_secret=secrets.jwt_secret or generated["jwt_secret"],
            demo_password=secrets.demo_password or generated["demo_password"],
        ),
        webpush=replace(
            config.webpush, private_key=config.webpush.private_key or generated["vapid_private_key"]
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
            (name, previous, length)
            for name, previous, length in (
                ("WEBHOOK_SECRET_PREVIOUS", config.secrets.webhook_secret_previous, MIN_WEBHOOK_SECRET_BYTES),
                ("JWT_SECRET_PREVIOUS", config.secrets.jwt_secret_previous, MIN_JWT_SECRET_BYTES),
            )
            if previous
        ),
    )
    problems = [
        f"{name} {complaint}"
        for name, value, length in given
        if value not in allowed and (complaint := secret_problem(value, length))
    ]
    if problems:
        raise ConfigError(f"{'; '.join(problems)}: set it in the environment or .env, as .env.example shows.")


def _check_exposure(config: Config) -> None:
    """Raise ConfigError for a sandbox that is reachable from other machines: it shows a password and issues tokens."""
    if not config.sandbox.enabled or config.sandbox.public:
        return
    named = {"HOST": f"http://{bracketed(config.web.host)}", "PUBLIC_URL": config.web.public_url}
    for name, address in named.items():
        if not is_loopback(address):
            raise ConfigError(
                f"UNIPILE_DSN is not set, so Confab would run in sandbox mode, where everyone who can reach it can "
                f"sign in, and {name} makes it reachable from other machines: set UNIPILE_DSN, or "
                "CONFAB_SANDBOX_PUBLIC=true to allow this."
            )


def _test_tokens(config: Config) -> bool:
    wanted = config.auth.test_tokens
    if wanted and not config.sandbox.enabled and config.web.is_https:
        raise ConfigError("CONFAB_AUTH_TEST_TOKENS must not be on while PUBLIC_URL is https: turn it off.")
    return config.sandbox.enabled if wanted is None else wanted


def _is_paced(config: Config) -> bool:
    """Off by default for the sandbox and other local simulators, where WhatsApp cannot ban an account."""
    wanted = config.pace.enabled
    return not (config.sandbox.enabled or is_loopback(config.unipile.dsn)) if wanted is None else wanted


def _is_limited(config: Config) -> bool:
    """Off by default against a UniPile on this machine, which is used for benchmarks and demos."""
    wanted = config.limits.enabled
    return not is_loopback(config.unipile.dsn) if wanted is None else wanted

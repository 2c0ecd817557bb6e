"""The rules of the architecture as tables: who may import whom, and what may stand where."""

import re
from dataclasses import dataclass

MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 300
OURS = ("server", "workers", "sandbox", "run", "worker")
WEB, QUEUE, SQL = ("aiohttp", "webargs", "aiohttp_cors"), ("redis", "arq"), ("aiopg", "psycopg2")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
# What only UniPile calls so. Names that both sides use (account_id, attachments) cannot tell anything.
UNIPILE_NAMES = frozenset(
    (
        "AccountStatus",
        "X-API-KEY",
        "account_info",
        "account_type",
        "account_status",
        "attendee_id",
        "attendee_name",
        "attendee_profile_url",
        "attendee_provider_id",
        "attendee_public_identifier",
        "attendee_specifics",
        "connection_params",
        "chat_provider_id",
        "expiresOn",
        "is_sender",
        "message_deleted",
        "message_delivered",
        "message_edited",
        "message_reaction",
        "message_read",
        "message_received",
        "messaging",
        "attendees_ids",
        "seen_by",
        "success_redirect_url",
        "reaction_sender",
        "request_url",
        "sender_attendee_id",
        "sender_id",
        "setReadStatus",
        "webhook_name",
    )
)
SQL_BEGINNING = re.compile(
    r"\s*(select\s.*\sfrom\s|select\s+\w+\(|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|truncate\s|"
    r"with\s+\w+\s+as\s*\(|(create|alter|drop)\s+(table|index|database|role|function|type)\s)",
    re.IGNORECASE | re.DOTALL,
)
REDIS_NAME = re.compile(r"(confab|arq):\S")


@dataclass(frozen=True)
class Layer:
    """Modules (a pattern), which of our modules they may import, and which libraries they must not."""

    modules: str
    may_import: tuple[str, ...] = ()
    no_library: tuple[str, ...] = ()


# The first that fits counts. A module that fits none has no place in the architecture yet: give it one here.
LAYERS = (
    Layer("server", ()),
    Layer("server.sources", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.secret_strength", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.sections", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.environment", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer(
        "server.unused_settings", ("server.config", "server.environment"), (*WEB, *QUEUE, *SQL, "structlog")
    ),
    Layer("server.addresses", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.database_url", ("server.sources",), (*WEB, *QUEUE, "aiopg", "structlog")),
    Layer("server.proxies", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.rates", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.auth_settings", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.mail_settings", ("server.addresses", "server.sources"), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.mail", ("server.mail_settings",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.link_tokens", ("server.auth",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.inviting", ("server.auth", "server.config", "server.link_tokens"), (*WEB, *QUEUE, *SQL)),
    Layer("server.web_settings", ("server.addresses", "server.sources"), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.limits", ("server.errors", "server.rates", "server.redis_reasons"), (*WEB, "arq", *SQL)),
    Layer("server.browsers", ("server.config", "server.errors", "server.keys"), (*QUEUE, *SQL)),
    Layer(
        "server.edge",
        ("server.browsers", "server.errors", "server.http", "server.keys", "server.metrics"),
        (*QUEUE, *SQL),
    ),
    Layer("server.texts", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.names", ("server.texts",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.times", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.phones", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.csv_rows", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.auditing", ("server.errors", "server.keys", "server.store.audit"), (*QUEUE, *SQL)),
    Layer("server.keyring", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.storage_url", (), (*WEB, *QUEUE, *SQL, "obstore", "structlog")),
    Layer("server.media", ("server.texts",), (*WEB, *QUEUE, *SQL, "obstore", "structlog")),
    Layer("server.dimensions", (), (*WEB, *QUEUE, *SQL, "obstore", "structlog")),
    Layer(
        "server.storage", ("server.dimensions", "server.errors", "server.storage_url"), (*WEB, *QUEUE, *SQL)
    ),
    Layer(
        "server.config",
        (
            "server.keyring",
            "server.plans",
            "server.rates",
            "server.signatures",
            "server.addresses",
            "server.environment",
            "server.sections",
            "server.unused_settings",
            "server.auth_settings",
            "server.database_url",
            "server.mail_settings",
            "server.redis_url",
            "server.secret_strength",
            "server.sources",
            "server.storage_url",
            "server.web_settings",
        ),
        (*WEB, *QUEUE, *SQL, "structlog"),
    ),
    Layer("server.plans", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.signatures", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer(
        "server.entitlements",
        (
            *("server.kept", "server.plans", "server.redis_reasons", "server.store.entitlements"),
            "server.store.pool",
        ),
        (*WEB, "arq", *SQL),
    ),
    Layer(
        "server.paying",
        ("server.plans", "server.store.entitlements"),
        (*WEB, *QUEUE, "psycopg2"),
    ),
    Layer(
        "server.handing_over",
        (
            *("server.errors", "server.paying", "server.plans", "server.quotas", "server.realtime.events"),
            "server.store*",
        ),
        (*WEB, *QUEUE, "psycopg2"),
    ),
    Layer(
        "server.quotas",
        ("server.account_life", "server.errors", "server.paying", "server.plans", "server.store*"),
        (*WEB, *QUEUE, "psycopg2"),
    ),
    Layer(
        "server.usage_news",
        ("server.plans", "server.realtime.broker", "server.store*"),
        (*WEB, "arq", *SQL),
    ),
    Layer("server.errors", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.account_life", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.metrics", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.tasks", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.reports", ("server.config",), (*WEB, *QUEUE, *SQL)),
    Layer("server.logs", ("server.config",), (*QUEUE, *SQL)),
    Layer("server.leaving", ("server.reports",), (*WEB, *QUEUE, *SQL)),
    Layer("server.loops", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.kept", (), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.migrate",
        ("server.config", "server.errors", "server.store.complaints", "server.store.opening"),
        (*WEB, *QUEUE, "aiopg"),
    ),
    Layer("server.embedded.launch", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.embedded*", ("server.config", "server.keyring", "server.embedded*"), (*WEB, "arq")),
    Layer(
        "server.store*",
        (
            "server.account_life",
            "server.errors",
            "server.phones",
            "server.policy",
            "server.store*",
            "server.metrics",
            "server.tasks",
            "server.texts",
        ),
        (*WEB, *QUEUE, "marshmallow"),
    ),
    Layer(
        "server.schemas*",
        ("server.phones", "server.schemas*", "server.texts", "server.times"),
        (*WEB, *QUEUE, *SQL),
    ),
    Layer(
        "server.unipile*",
        (
            *("server.account_life", "server.unipile*", "server.metrics"),
            *("server.names", "server.phones", "server.texts", "server.times"),
        ),
        (*QUEUE, *SQL, "marshmallow"),
    ),
    Layer("server.realtime", ()),
    Layer("server.realtime.channels", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.realtime.events", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.realtime.feed", ("server.realtime.events",), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.realtime.broker",
        (
            *("server.errors", "server.metrics", "server.realtime.channels", "server.realtime.events"),
            *("server.redis_client", "server.redis_reasons"),
        ),
        (*WEB, "arq", *SQL),
    ),
    Layer("server.realtime.*", ("server.errors", "server.metrics", "server.realtime.*"), (*QUEUE, *SQL)),
    Layer("server.redis_url", ("server.sources",), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.redis_reasons", (), (*WEB, "arq", *SQL)),
    Layer(
        "server.redis_client",
        (
            "server.tasks",
            "server.config",
            "server.realtime.channels",
            "server.redis_reasons",
            "server.redis_url",
        ),
        (*WEB, *SQL),
    ),
    Layer(
        "server.redis_start",
        (
            *("server.config", "server.errors", "server.queue", "server.redis_client"),
            "server.redis_reasons",
        ),
        (*WEB, "arq", *SQL),
    ),
    Layer(
        "server.queue",
        ("server.errors", "server.metrics", "server.redis_client", "server.redis_reasons"),
        (*WEB, *SQL),
    ),
    Layer("server.auth", ("server.errors",), (*WEB, *QUEUE, *SQL)),
    Layer("server.policy", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer(
        "server.identity",
        ("server.auth", "server.errors", "server.keys", "server.policy", "server.store*"),
        (*QUEUE, *SQL),
    ),
    Layer(
        "server.audited",
        ("server.auth", "server.auth_settings", "server.link_tokens", "server.errors", "server.store*"),
        (*WEB, *QUEUE, "psycopg2"),
    ),
    Layer(
        "server.authorization",
        (
            *("server", "server.errors", "server.http", "server.keys", "server.limits", "server.policy"),
            "server.store*",
        ),
        (*QUEUE, *SQL),
    ),
    Layer(
        "server.signing_in",
        (
            *("server", "server.auth", "server.errors", "server.http", "server.keys", "server.policy"),
            "server.store*",
        ),
        (*QUEUE, *SQL),
    ),
    Layer("server.rooms", ("server.errors", "server.realtime.*", "server.store*"), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.access",
        ("server.auth", "server.errors", "server.realtime.hub", "server.rooms", "server.store*"),
        (*WEB, *QUEUE, *SQL),
    ),
    Layer(
        "server.keys",
        tuple(
            f"server.{part}"
            for part in (
                *(
                    "auth",
                    "config",
                    "queue",
                    "redis_client",
                    "realtime.*",
                    "rooms",
                    "send_lines",
                    "storage",
                    "limits",
                    "policy",
                    "kept",
                    "store.audit",
                    "store.erased",
                    "store.pool",
                    "unipile.client",
                    "entitlements",
                    "paying",
                    "proxies",
                    "limits",
                    "rates",
                ),
            )
        ),
        SQL,
    ),
    Layer(
        "server.http",
        ("server.errors", "server.keys", "server.plans", "server.schemas*", "server.store.rows"),
        (*QUEUE, *SQL),
    ),
    Layer("server.presence", ("server.errors", "server.keys", "server.store*"), (*QUEUE, *SQL)),
    Layer("server.refusals", ("server.errors", "server.unipile.errors"), (*WEB, *QUEUE, *SQL)),
    Layer("server.linking", ("server.errors", "server.store*", "server.unipile*"), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.uploads",
        (
            *("server.config", "server.dimensions", "server.errors", "server.media", "server.storage"),
            "server.store*",
        ),
        (*QUEUE, *SQL, "obstore"),
    ),
    Layer(
        "server.sending",
        (
            *("server.errors", "server.paying", "server.quotas", "server.realtime.events", "server.refusals"),
            *("server.store*", "server.uploads"),
        ),
        (*WEB, *QUEUE, "psycopg2"),
    ),
    Layer(
        "server.send_lines",
        (
            *("server.errors", "server.queue", "server.realtime.broker", "server.sending", "server.tasks"),
            "server.store*",
        ),
        (*WEB, *SQL),
    ),
    Layer(
        "server.handlers*",
        (
            *(
                "server",
                "server.account_life",
                "server.audited",
                "server.auth",
                "server.config",
                "server.errors",
            ),
            *("server.browsers", "server.csv_rows", "server.inviting", "server.link_tokens"),
            *("server.http", "server.keys", "server.linking", "server.metrics", "server.queue"),
            *("server.phones", "server.realtime.*", "server.refusals", "server.schemas*"),
            "server.redis_reasons",
            *("server.realtime.*", "server.refusals", "server.schemas*"),
            *("server.store*", "server.unipile*", "server.media", "server.storage", "server.uploads"),
            *("server.presence", "server.plans", "server.quotas", "server.signatures", "server.usage_news"),
            *("server.handing_over", "server.paying", "server.send_lines", "server.sending"),
            *(
                "server.authorization",
                "server.identity",
                "server.limits",
                "server.policy",
                "server.rates",
                "server.signing_in",
            ),
        ),
        (*QUEUE, "psycopg2", "obstore"),
    ),
    Layer("server.privacy_routes", ("server.handlers*", "server.route", "server.schemas*"), (*QUEUE, *SQL)),
    Layer("server.team_routes", ("server.handlers*", "server.route", "server.schemas*"), (*QUEUE, *SQL)),
    Layer("server.route", ("server.schemas*",), (*QUEUE, *SQL)),
    Layer(
        "server.routes",
        (
            *("server", "server.handlers*", "server.policy", "server.route", "server.plans"),
            *("server.schemas*", "server.privacy_routes", "server.team_routes"),
        ),
        (*QUEUE, *SQL),
    ),
    Layer("server.failures", ("server.errors", "server.policy", "server.route"), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.openapi",
        ("server", "server.errors", "server.failures", "server.plans", "server.routes", "server.schemas*"),
        (*QUEUE, *SQL),
    ),
    Layer(
        "server.middlewares",
        (
            *(f"server.{part}" for part in ("auth", "authorization", "config", "errors", "http", "identity")),
            *(f"server.{part}" for part in ("keys", "metrics", "routes")),
            *(
                "server.auditing",
                "server.browsers",
                "server.paying",
                "server.plans",
                "server.proxies",
                "server.rates",
                "server.store.audit",
                "server.store.entitlements",
            ),
        ),
        (*QUEUE, *SQL),
    ),
    Layer(
        "server.connections",
        ("server.config", "server.store.pool", "server.unipile.client", "server.unipile.media"),
        (*WEB, *QUEUE, "psycopg2"),
    ),
    Layer(
        "server.contexts",
        (
            *(
                "server",
                "server.access",
                "server.auth",
                "server.authorization",
                "server.config",
                "server.connections",
                "server.errors",
            ),
            *("server.keys", "server.kept", "server.limits", "server.metrics", "server.rooms"),
            "server.send_lines",
            *("server.queue", "server.realtime.*", "server.storage", "server.store*", "server.unipile*"),
            "server.redis_start",
            *("server.tasks", "server.entitlements", "server.limits"),
        ),
        ("psycopg2",),
    ),
    Layer(
        "server.seed",
        ("server", "server.audited", "server.auth", "server.config", "server.connections", "server.store*"),
        (*WEB, *QUEUE),
    ),
    Layer("server.app", ("server", "server.*"), (*QUEUE, *SQL)),
    Layer("server.cli", ("server", "server.*"), ("arq",)),
    Layer("server.cli_*", ("server", "server.*"), ("arq",)),
    Layer(
        "workers*",
        (
            *("workers*", "server", "server.config", "server.errors", "server.metrics", "server.queue"),
            *("server.account_life", "server.connections", "server.tasks"),
            *(f"server.redis_{part}" for part in ("client", "reasons", "start")),
            *("server.media", "server.storage", "server.store*", "server.unipile*"),
            *("server.csv_rows", "server.plans", "server.usage_news"),
            *("server.plans", "server.usage_news", "server.names", "server.texts"),
            *("server.audited", "server.auth", "server.link_tokens", "server.mail"),
            *(f"server.realtime.{part}" for part in ("broker", "channels", "events")),
        ),
        WEB,
    ),
    Layer("run", ("server.cli", "server.leaving", "workers.settings"), (*WEB, *QUEUE, *SQL)),
    Layer("worker", ("server.cli", "server.leaving", "workers.settings"), (*WEB, *QUEUE, *SQL)),
    Layer("sandbox*", ("sandbox*", "server.phones"), (*QUEUE, *SQL)),
)

# Where a thing may stand that stands nowhere else.
HAS_SQL = (
    "server.store*",
    "server.migrate",
    "server.embedded.postgres",
    "sandbox.archive",
)
READS_ENVIRONMENT = ("server.config",)
NAMES_REDIS_KEYS = ("server.queue", "server.realtime.channels", "server.entitlements", "server.limits")
KNOWS_UNIPILE = ("server.unipile*", "sandbox*")

"""The rules of the architecture as tables: allowed imports, and what each layer may contain."""

import re
from dataclasses import dataclass

MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 300
OURS = ("server", "workers", "sandbox", "run", "worker")
WEB, QUEUE, SQL = ("aiohttp", "webargs", "aiohttp_cors"), ("redis", "arq"), ("aiopg", "psycopg2")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
# Names that only UniPile uses. Names of both sides (account_id, attachments) prove nothing.
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
    """Modules (patterns), which of our modules they may import besides each other, and forbidden libraries."""

    modules: tuple[str, ...]
    may_import: tuple[str, ...] = ()
    no_library: tuple[str, ...] = ()


# Usable by every layer above; imports nothing of ours.
GROUND = (
    "server",
    "server.audit_actions",
    "server.errors",
    "server.metrics",
    "server.tracing",
    "server.cancellation",
    "server.group_commit",
    "server.local_jobs",
    "server.said*",
)
PURE = (*WEB, *QUEUE, *SQL, "structlog")
# The nouns of the server, each a package.
NOUNS = tuple(
    f"server.{noun}*"
    for noun in (
        "accounts",
        "backups",
        "contacts",
        "conversations",
        "messages",
        "people",
        "plans",
        "privacy",
        "replies",
        "system",
        *("accounts", "automation", "conversations", "messages", "people", "plans", "privacy", "replies"),
        "media",
    )
)
# From bottom to top. The first matching row counts; a module that matches none breaks the rules.
LAYERS = (
    Layer(GROUND, (), (*WEB, *QUEUE, *SQL)),
    Layer(("server.text*",), ("server.said.*",), PURE),
    Layer(("server.config*",), ("server.said.*",), (*WEB, *QUEUE, "aiopg", "structlog")),
    Layer(("server.rules*",), ("server.config.*",), PURE),
    Layer(("server.redis.channels",), (), PURE),
    Layer(("server.redis*",), (*GROUND, "server.config*"), (*WEB, *SQL)),
    Layer(("server.queue", "server.event_batch"), (*GROUND, "server.redis.*"), (*WEB, *SQL)),
    Layer(("server.auth*", "server.mail"), (*GROUND, "server.config*"), (*WEB, *QUEUE, *SQL)),
    Layer(
        ("server.unipile*", "server.webpush*"),
        (*GROUND, "server.rules.*", "server.text.*"),
        (*QUEUE, *SQL, "marshmallow"),
    ),
    Layer(("server.store*",), (*GROUND, "server.rules.*", "server.text.*"), (*WEB, *QUEUE, "marshmallow")),
    Layer(
        ("server.connections",),
        ("server.config", "server.store.db.*", "server.unipile.*", "server.webpush.*"),
        (*QUEUE, *SQL),
    ),
    Layer(("server.media*",), (*GROUND, "server.config.*", "server.text.*"), (*WEB, *QUEUE, *SQL)),
    Layer(
        (
            "server.realtime.access_watch",
            "server.realtime.joining",
            "server.realtime.pushes",
            "server.realtime.rows",
            "server.realtime.topic_rows",
        ),
        (*GROUND, "server.auth.*", "server.realtime.*", "server.redis.channels", "server.store*"),
        (*WEB, *QUEUE),
    ),
    Layer(
        ("server.realtime.broker",),
        (*GROUND, "server.redis.*", "server.realtime.events", "server.realtime.hub.feed"),
        (*WEB, "arq", *SQL),
    ),
    Layer(("server.realtime*",), (*GROUND, "server.redis.channels"), (*QUEUE, *SQL)),
    Layer(
        NOUNS,
        (
            *(*GROUND, *NOUNS, "server.auth.*", "server.config*", "server.mail", "server.queue"),
            *("server.realtime.*", "server.redis.*", "server.rules.*", "server.store*", "server.text.*"),
            "server.unipile.*",
        ),
        ("arq", "psycopg2"),
    ),
    Layer(("server.schemas*",), ("server.rules.*", "server.said.*", "server.text.*"), (*WEB, *QUEUE, *SQL)),
    Layer(
        ("server.web*",),
        (
            *(*GROUND, *NOUNS, "server.auth.*", "server.config*", "server.queue", "server.realtime.*"),
            *(
                "server.event_batch",
                "server.redis.*",
                "server.rules*",
                "server.schemas.*",
                "server.store*",
                "server.unipile.client",
            ),
        ),
        ("arq", "psycopg2"),
    ),
    Layer(
        ("server.handlers*",),
        (
            *(*GROUND, *NOUNS, "server.auth.*", "server.config*", "server.queue"),
            *(
                "server.realtime.*",
                "server.redis.reasons",
                "server.rules*",
                "server.schemas.*",
                "server.store*",
            ),
            *("server.text.*", "server.unipile*", "server.web.*", "server.webpush.*"),
        ),
        (*QUEUE, "psycopg2", "obstore"),
    ),
    Layer(
        ("server.routes*",),
        (
            *(*GROUND, *NOUNS, "server.auth.*", "server.config*", "server.handlers*", "server.rules*"),
            *("server.schemas.*", "server.store.people.audit", "server.web.*"),
        ),
        (*QUEUE, *SQL),
    ),
    Layer(("server.embedded*",), ("server.config*",), (*WEB, "arq")),
    Layer(
        ("server.app", "server.resources", "server.process*", "server.supervisor*", "server.cli*"),
        ("server*",),
        ("arq",),
    ),
    Layer(
        ("workers*",),
        (
            *(*GROUND, *NOUNS, "server.auth.*", "server.config*", "server.connections", "server.mail"),
            *(
                "server.process.redis_start",
                "server.queue",
                "server.realtime.broker",
                "server.realtime.events",
                "server.realtime.pushes",
            ),
            *("server.redis.*", "server.rules.*", "server.store*", "server.text.*", "server.unipile*"),
            "server.webpush.*",
        ),
        WEB,
    ),
    Layer(("sandbox*",), ("server.text.*",), (*QUEUE, *SQL)),
    Layer(
        ("run", "worker"), ("server.cli.main", "server.process.exit", "workers.jobs"), (*WEB, *QUEUE, *SQL)
    ),
)
HAS_SQL = (
    "server.store*",
    "server.process.migrate",
    "server.embedded.postgres",
    "sandbox.store.archive",
)
READS_ENVIRONMENT = ("server.config",)
NAMES_REDIS_KEYS = (
    "server.queue",
    "server.redis.channels",
    "server.plans.entitlement_cache",
    "server.redis.rate_limiter",
)
KNOWS_UNIPILE = ("server.unipile*", "sandbox*")
# Notes are the organisation's own: only these modules can read them, and none of them can send.
NOTES_TABLE = "channels_note"
NOTES_MODULES = ("server.store.conversations.notes*", "server.conversations.notes*")
READS_NOTES = (
    "server.store.conversations.notes",
    "server.store.chats.chat_lists",
    "server.store.messages.changes",
    "server.store.privacy.export_rows",
    "server.store.search.note_search",
    "server.store.search.search_index",
    "server.store.sending.newer_items",
    "server.automation.note_action",
    "server.conversations.notes",
    "server.conversations.hand_over",
    "server.realtime.pushes",
    "server.handlers.notes",
    "workers.privacy.erase_contacts",
    "workers.privacy.retention",
)
# What a held send shows its writer.
NEWER_ITEMS, READS_NEWER_ITEMS = ("server.store.sending.newer_items*",), ("server.messages.sending",)
SENDS = (
    "server.unipile*",
    "server.queue*",
    "server.store.sending.outbox*",
    "server.messages*",
    "workers.messages*",
)

"""The rules of the architecture: tables, and functions from a module's syntax tree to what breaks them."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from server.config import ROOT

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
        "attendee_id",
        "attendee_name",
        "attendee_profile_url",
        "attendee_provider_id",
        "attendee_public_identifier",
        "attendee_specifics",
        "connection_params",
        "is_sender",
        "message_deleted",
        "message_delivered",
        "message_edited",
        "message_reaction",
        "message_read",
        "message_received",
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
    Layer("server.keyring", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.config", ("server.keyring", "server.sources"), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.errors", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.metrics", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.logs", ("server.config",), (*QUEUE, *SQL)),
    Layer("server.migrate", ("server.config",), (*WEB, *QUEUE)),
    Layer("server.embedded.launch", (), (*WEB, *QUEUE, *SQL, "structlog")),
    Layer("server.embedded*", ("server.config", "server.keyring", "server.embedded*"), (*WEB, "arq")),
    Layer(
        "server.store*", ("server.errors", "server.store*", "server.metrics"), (*WEB, *QUEUE, "marshmallow")
    ),
    Layer("server.schemas*", ("server.schemas*",), (*WEB, *QUEUE, *SQL)),
    Layer("server.unipile*", ("server.unipile*", "server.metrics"), (*QUEUE, *SQL, "marshmallow")),
    Layer("server.realtime", ()),
    Layer("server.realtime.channels", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.realtime.events", (), (*WEB, *QUEUE, *SQL)),
    Layer("server.realtime.feed", ("server.realtime.events",), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.realtime.broker",
        ("server.errors", "server.metrics", "server.realtime.channels", "server.realtime.events"),
        (*WEB, "arq", *SQL),
    ),
    Layer("server.realtime.*", ("server.errors", "server.metrics", "server.realtime.*"), (*QUEUE, *SQL)),
    Layer("server.queue", ("server.config", "server.errors", "server.metrics"), (*WEB, *SQL)),
    Layer("server.auth", ("server.errors",), (*WEB, *QUEUE, *SQL)),
    Layer(
        "server.keys",
        tuple(
            f"server.{part}"
            for part in ("auth", "config", "queue", "realtime.*", "store.pool", "unipile.client")
        ),
        SQL,
    ),
    Layer(
        "server.http",
        ("server.errors", "server.keys", "server.schemas*", "server.store.rows"),
        (*QUEUE, *SQL),
    ),
    Layer(
        "server.handlers*",
        (
            *("server", "server.auth", "server.config", "server.errors", "server.http", "server.keys"),
            *("server.metrics", "server.queue", "server.realtime.*", "server.schemas*", "server.store*"),
            "server.unipile*",
        ),
        (*QUEUE, "psycopg2"),
    ),
    Layer("server.routes", ("server.handlers*", "server.schemas*"), (*QUEUE, *SQL)),
    Layer("server.openapi", ("server", "server.routes", "server.schemas*"), (*QUEUE, *SQL)),
    Layer(
        "server.middlewares",
        tuple(f"server.{part}" for part in ("auth", "config", "errors", "http", "keys", "metrics", "routes")),
        (*QUEUE, *SQL),
    ),
    Layer(
        "server.contexts",
        (
            *("server", "server.auth", "server.config", "server.errors", "server.keys", "server.metrics"),
            *("server.queue", "server.realtime.*", "server.store*", "server.unipile*"),
        ),
        ("psycopg2",),
    ),
    Layer(
        "server.seed", ("server.auth", "server.config", "server.contexts", "server.store*"), (*WEB, *QUEUE)
    ),
    Layer("server.app", ("server", "server.*"), (*QUEUE, *SQL)),
    Layer("server.cli", ("server", "server.*"), ("arq",)),
    Layer("server.cli_*", ("server", "server.*"), ("arq",)),
    Layer(
        "workers*",
        (
            *("workers*", "server", "server.config", "server.errors", "server.metrics", "server.queue"),
            *("server.store*", "server.unipile*"),
            *(f"server.realtime.{part}" for part in ("broker", "channels", "events")),
        ),
        WEB,
    ),
    Layer("run", ("server.cli", "workers.settings"), (*WEB, *QUEUE, *SQL)),
    Layer("worker", ("server.cli", "workers.settings"), (*WEB, *QUEUE, *SQL)),
    Layer("sandbox*", ("sandbox*",), (*QUEUE, *SQL)),
)

# Where a thing may stand that stands nowhere else.
HAS_SQL = (
    "server.store*",
    "server.migrate",
    "server.embedded.postgres",
    "server.cli_doctor",
    "sandbox.archive",
)
READS_ENVIRONMENT = ("server.config",)
NAMES_REDIS_KEYS = ("server.queue", "server.realtime.channels")
KNOWS_UNIPILE = ("server.unipile*", "sandbox*")


@dataclass(frozen=True)
class Module:
    """One source file and its syntax tree."""

    name: str
    text: str
    tree: ast.Module

    @classmethod
    def parse(cls, name: str, text: str) -> "Module":
        return cls(name, text, ast.parse(text))

    def is_one_of(self, patterns: tuple[str, ...]) -> bool:
        return fits(self.name, patterns)


def fits(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a dotted name fits a pattern: `a.*` is all below a, `a*` is a itself as well."""
    return any(name == pattern.removesuffix("*") or fnmatch(name, _below(pattern)) for pattern in patterns)


def _below(pattern: str) -> str:
    is_package = pattern.endswith("*") and pattern[-2] not in "._"
    return f"{pattern[:-1]}.*" if is_package else pattern


def modules() -> list[Module]:
    """All source files of the project, tests and tools left out."""
    paths = [ROOT / "run.py", ROOT / "worker.py"]
    for package in ("server", "workers", "sandbox"):
        paths += sorted((ROOT / package).rglob("*.py"))
    return [Module.parse(_dotted(path), path.read_text()) for path in paths]


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(module: Module) -> Iterator[str]:
    """The dotted names a module imports, at any depth; `from a import b` counts as a.b."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"{'.' * node.level}{node.module or ''}"
            else:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strings(module: Module) -> Iterator[str]:
    """The text constants of a module that are not docstrings; pieces of f-strings count."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def breaks_imports(module: Module) -> Iterator[str]:
    layer = next((layer for layer in LAYERS if fits(module.name, (layer.modules,))), None)
    if layer is None:
        yield "has no place in LAYERS"
        return
    for name in imported(module):
        top = name.partition(".")[0]
        if name.startswith("."):
            yield f"imports relatively: {name}"
        elif top in layer.no_library:
            yield f"must not import {top}"
        elif top in OURS and not _may_import(layer, name):
            yield f"must not import {name}"


def _may_import(layer: Layer, name: str) -> bool:
    # "server.store.users" may be the module or, said `from server.store import users`, a name in the package.
    return fits(name, layer.may_import) or (
        name not in MODULE_NAMES and fits(name.rpartition(".")[0], layer.may_import)
    )


def breaks_handlers_apart(module: Module) -> Iterator[str]:
    if fits(module.name, ("server.handlers*",)):
        yield from (
            f"must not import {name}" for name in imported(module) if name.startswith("server.handlers")
        )


def breaks_sql(module: Module) -> Iterator[str]:
    if not module.is_one_of(HAS_SQL):
        yield from (f"has SQL: {text[:40]!r}" for text in strings(module) if SQL_BEGINNING.match(text))


def breaks_environment(module: Module) -> Iterator[str]:
    if module.is_one_of(READS_ENVIRONMENT):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb", "putenv"):
            yield f"reads the environment in line {node.lineno}"
    yield from (f"imports {name}" for name in imported(module) if name in ("os.environ", "os.getenv"))


def breaks_redis_names(module: Module) -> Iterator[str]:
    if not module.is_one_of(NAMES_REDIS_KEYS):
        yield from (f"names a Redis key: {text!r}" for text in strings(module) if REDIS_NAME.match(text))


def breaks_unipile_names(module: Module) -> Iterator[str]:
    if not module.is_one_of(KNOWS_UNIPILE):
        yield from (f"knows UniPile's {text!r}" for text in strings(module) if text in UNIPILE_NAMES)


def breaks_docstring(module: Module) -> Iterator[str]:
    opening = (ast.get_docstring(module.tree) or "").partition("\n\n")[0]
    if not opening.rstrip().endswith((".", ".)", "`.")) or not opening[:1].strip():
        yield "does not open with a sentence"


def breaks_sizes(module: Module) -> Iterator[str]:
    lines = len(module.text.splitlines())
    if lines > MAX_FILE_LINES:
        yield f"has {lines} lines, more than {MAX_FILE_LINES}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield f"{node.name} has {length} lines, more than {MAX_FUNCTION_LINES}"


def breaks_names(module: Module) -> Iterator[str]:
    yield from (f"{part} says nothing" for part in module.name.split(".") if part in NAMELESS)


RULES: tuple[Callable[[Module], Iterator[str]], ...] = (
    breaks_imports,
    breaks_handlers_apart,
    breaks_sql,
    breaks_environment,
    breaks_redis_names,
    breaks_unipile_names,
    breaks_docstring,
    breaks_sizes,
    breaks_names,
)
MODULES = modules()
MODULE_NAMES = frozenset(module.name for module in MODULES)


def broken(module: Module) -> list[str]:
    """Everything a module breaks, each with the module's name."""
    return [f"{module.name} {complaint}" for rule in RULES for complaint in rule(module)]

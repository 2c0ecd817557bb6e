"""Finds violations of the tables in `layers.py` in a module's syntax tree."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

from server.config import ROOT
from tests.layers import (
    HAS_SQL,
    KNOWS_UNIPILE,
    LAYERS,
    MAX_FILE_LINES,
    MAX_FUNCTION_LINES,
    NAMELESS,
    NAMES_REDIS_KEYS,
    NEWER_ITEMS,
    NOTES_MODULES,
    NOTES_TABLE,
    OURS,
    READS_ENVIRONMENT,
    READS_NEWER_ITEMS,
    READS_NOTES,
    REDIS_NAME,
    SENDS,
    SQL_BEGINNING,
    UNIPILE_NAMES,
    Layer,
)


@dataclass(frozen=True)
class Module:
    """One source file and its syntax tree."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Parsed in the process that checks the module, not in each that collects the tests."""
        return ast.parse(self.text)

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
    return [Module(_dotted(path), path.read_text()) for path in paths]


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
    layer = next((layer for layer in LAYERS if fits(module.name, layer.modules)), None)
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
    # "server.store.people.users" may be the module or, said `from server.store import users`, a name in the package.
    allowed = (*layer.modules, *layer.may_import)
    return fits(name, allowed) or (name not in MODULE_NAMES and fits(name.rpartition(".")[0], allowed))


def breaks_handlers_apart(module: Module) -> Iterator[str]:
    if fits(module.name, ("server.handlers*",)):
        yield from (
            f"must not import {name}" for name in imported(module) if name.startswith("server.handlers")
        )


def breaks_transactions(module: Module) -> Iterator[str]:
    """Functions of handlers with a cursor parameter: transaction bodies belong to the packages of the nouns."""
    if not fits(module.name, ("server.handlers*",)):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = node.args
            taken = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            if any(_is_cursor(argument) for argument in taken):
                yield f"has a transaction body in line {node.lineno}"


def _is_cursor(argument: ast.arg) -> bool:
    annotated = "" if argument.annotation is None else ast.unparse(argument.annotation)
    return argument.arg == "cursor" or annotated.strip("\"'").rpartition(".")[2] == "Cursor"


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


def breaks_notes(module: Module) -> Iterator[str]:
    """Notes reach nothing that sends: who reads them is listed, and imports no way out."""
    if not module.is_one_of(READS_NEWER_ITEMS):
        yield from (f"reads notes: {name}" for name in imported(module) if fits(name, NEWER_ITEMS))
    if module.is_one_of(READS_NOTES):
        yield from (f"reads notes and can send: {name}" for name in imported(module) if fits(name, SENDS))
        return
    yield from (f"names notes: {text[:40]!r}" for text in strings(module) if NOTES_TABLE in text)
    yield from (f"reads notes: {name}" for name in imported(module) if fits(name, NOTES_MODULES))


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


# They poll until a condition holds, or play a slow client: no test waits here for time to pass.
MAY_SLEEP = frozenset(
    (
        "tests.support.peers.eventually",
        "tests.support.programs.wait_for",
        "tests.support.fixtures_pgbouncer._wait",
        "tests.flows.load._post",
        "tests.flows.traffic._repeat",
        # The fault itself: Postgres hangs for the ten seconds of the guarantee.
        "tests.flows.test_postgres_outage.test_ten_seconds_without_responses_lose_nothing",
        "tests.server.web.test_edge_timeouts.trickle",
    )
)


def modules_of_tests() -> list[Module]:
    """All source files of the tests."""
    return [Module(_dotted(path), path.read_text()) for path in sorted((ROOT / "tests").rglob("*.py"))]


def breaks_waiting(module: Module) -> Iterator[str]:
    """A test waits for an event or advances the clock; only the fault tests let time pass."""
    if fits(module.name, ("tests.faults*",)):
        return
    for function in ast.walk(module.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in _own_nodes(function):
                if _is_sleep(node) and f"{module.name}.{function.name}" not in MAY_SLEEP:
                    yield f"{function.name} sleeps in line {node.lineno}"


def _own_nodes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """The calls of a function without those of functions in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting += ast.iter_child_nodes(node)


def _is_sleep(call: ast.Call) -> bool:
    """`sleep(0)` only lets other tasks run."""
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    is_zero = len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
    return named == "sleep" and not is_zero


RULES: tuple[Callable[[Module], Iterator[str]], ...] = (
    breaks_imports,
    breaks_handlers_apart,
    breaks_transactions,
    breaks_sql,
    breaks_environment,
    breaks_redis_names,
    breaks_unipile_names,
    breaks_notes,
    breaks_docstring,
    breaks_sizes,
    breaks_names,
)
MODULES = modules()
MODULE_NAMES = frozenset(module.name for module in MODULES)


def broken(module: Module) -> list[str]:
    """Everything a module breaks, each with the module's name."""
    return [f"{module.name} {complaint}" for rule in RULES for complaint in rule(module)]

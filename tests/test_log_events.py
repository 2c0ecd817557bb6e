"""docs/log-events.md has every event that the code logs, with its level, and no other."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from server.config import ROOT
from tests.architecture import MODULES
from tests.support.markdown import tables

DOCUMENT = ROOT / "docs" / "log-events.md"
COLUMNS = ["event", "level", "what happened", "what to do"]
LEVELS = {name: name for name in ("debug", "info", "warning", "error", "critical")} | {"exception": "error"}
# Logged by the broker, which is given the name: `publish_or_log(…, "note_not_published")`.
PASSED_ON = re.compile(r"[a-z_]+_not_(published|announced|pushed|queued|mirrored)")
BROKER = ("log_if_unavailable", "publish_or_log", "publish_all", "publish_to_feeds")


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can be: of a choice, both."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*constants(node.body), *constants(node.orelse))


def logged(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(event, level) of each call of the module's log."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "log" and node.func.attr in LEVELS:
                yield from ((event, LEVELS[node.func.attr]) for event in constants(node.args[0]))


def passed_on(tree: ast.AST) -> Iterator[str]:
    """The events whose names are given to the broker, directly or by a variable."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PASSED_ON.fullmatch(node.value):
            yield node.value


def events_in_code() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        if module.name.startswith(("server.", "workers.")):
            direct = list(logged(module.tree))
            for event, level in direct:
                found[event].add(level)
            for event in set(passed_on(module.tree)) - {event for event, _ in direct}:
                found[event].add("warning")
    return found


def events_in_document() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table in tables(DOCUMENT):
        assert list(table.columns) == COLUMNS
        for names, level, meaning, advice in table.rows:
            assert meaning and advice, names
            for event in re.findall(r"`(\w+)`", names):
                assert event not in found, f"{event} has two rows"
                found[event] = {level}
    return found


def test_every_event_is_in_a_row_with_its_level() -> None:
    assert events_in_document() == events_in_code()


def test_what_the_broker_logs_is_recognised_by_its_name() -> None:
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BROKER:
                given = [text for argument in node.args for text in constants(argument)]
                assert all(PASSED_ON.fullmatch(text) for text in given), (module.name, given)

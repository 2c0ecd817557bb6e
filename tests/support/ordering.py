"""Runs the tests in random order, the slow files first: `--seed N` repeats the order that a run printed."""

import random
import secrets
from pathlib import PurePath
from typing import Any

import pytest

# A long file that starts last runs alone while the other processes idle. The folders with the longest files come first;
# after all of these come the unit tests, whose files take no time.
SLOW_FIRST = (
    "faults",
    "security",  # test_hostile_input.py is the longest of all
    "browser",
    "cli",
    "flows",
    "properties",
    "migrations",
    "test_timeouts.py",
    "server/routes",
    "server/handlers",
    "server/embedded",
    "workers",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="the seed of the order of files, and of tests in a file")


def pytest_configure(config: pytest.Config) -> None:
    # pytest-xdist passes its seed to its processes: all must agree on the order.
    given = getattr(config, "workerinput", {}).get("seed", config.option.seed)
    config.option.seed = secrets.randbelow(10**6) if given is None else given


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["seed"] = node.config.option.seed


def pytest_report_header(config: pytest.Config) -> str:
    return f"random order: --seed {config.option.seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """With -q there is no header."""
    if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
        terminalreporter.write_line(f"random order: repeat with --seed {config.option.seed}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    rng = random.Random(config.option.seed)
    files: dict[str, list[pytest.Item]] = {}
    for item in sorted(items, key=lambda item: item.nodeid):
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    shuffled = list(files.items())
    rng.shuffle(shuffled)
    shuffled.sort(key=lambda file: _rank(file[0]))
    for _, tests in shuffled:
        rng.shuffle(tests)
    items[:] = [item for _, tests in shuffled for item in tests]


def _rank(file: str) -> int:
    path = PurePath(file).relative_to("tests")
    return next((rank for rank, slow in enumerate(SLOW_FIRST) if path.is_relative_to(slow)), len(SLOW_FIRST))

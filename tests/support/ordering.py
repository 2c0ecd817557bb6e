"""Runs the tests in random order, the slow folders first: `--seed N` repeats the order that a run printed."""

import random
import secrets
from pathlib import PurePath
from typing import Any

import pytest

# Long files that start last would run alone while the other processes idle. Slowest folder first.
SLOW_FOLDERS = ("faults", "browser", "cli", "flows", "properties", "migrations")


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
    folder = PurePath(file).parts[1]
    return SLOW_FOLDERS.index(folder) if folder in SLOW_FOLDERS else len(SLOW_FOLDERS)

"""Marks the tests that need no server, browser or process as `unit`: `make check` runs those only."""

import subprocess
from pathlib import PurePath
from typing import Any

import pytest

from tests.support import warm_programs

# A test that uses one of these fixtures, directly or indirectly, needs a process.
STARTS_PROCESSES = frozenset(("services", "own_services", "fleet_services", "chromium_path"))
# Here tests start programs themselves.
SYSTEM_FOLDERS = frozenset(("browser", "cli", "embedded", "faults", "flows", "fuzz", "migrations"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "unit: needs no server, no browser and no process; set by its fixtures"
    )
    config.addinivalue_line("markers", "system: starts processes itself, without a fixture that says so")


# Before `-m` looks at the markers.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_unit(item):
            item.add_marker("unit")


def _is_unit(item: pytest.Item) -> bool:
    if not SYSTEM_FOLDERS.isdisjoint(PurePath(item.nodeid).parts) or item.get_closest_marker("system"):
        return False
    return STARTS_PROCESSES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _no_process_in_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("unit"):

        def reject(*arguments: Any, **_: Any) -> None:
            pytest.fail(f"a unit test starts a process: mark it with pytest.mark.system: {arguments}")

        monkeypatch.setattr(subprocess, "Popen", reject)
        monkeypatch.setattr(warm_programs, "request", reject)

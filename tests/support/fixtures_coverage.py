"""Saves the coverage of a test process when its tests end."""

import coverage
import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """pytest-xdist kills a process that takes ten seconds to exit, and a busy machine needs longer to save."""
    if measuring := coverage.Coverage.current():
        measuring.save()

"""Stops the server of the warm programs with the tests."""

import pytest

from tests.support.warm_programs import stop_server


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    stop_server()

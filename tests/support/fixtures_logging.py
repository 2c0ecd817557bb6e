"""Logging as a process sets it up, for tests that look at what is written."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def logging_left_as_it_was() -> Iterator[None]:
    """A test may call set_up_logging; the next one begins as this one did."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    for name in ("arq", "yoyo", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)

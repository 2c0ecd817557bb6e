"""Restores the logging setup for tests that check what is logged."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def restored_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what set_up_logging did in a test.

    A logger that is cached on first use would keep the configuration of one test for the whole process, so that a test
    that captures logs would fail or pass by its place in the order.
    """
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **options: configure(**options | {"cache_logger_on_first_use": False})
    )
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    for name in ("arq", "yoyo", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)

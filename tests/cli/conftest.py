"""Environments of the programs: all embedded, external servers, and a shell beside a running Confab."""

from pathlib import Path

import pytest

from server.backups import sealing
from tests.cli.programs import PRODUCTION, Settings
from tests.cli.shell import Shell
from tests.support.fixtures_stack import Stack
from tests.support.ports import free_port
from tests.support.services import Services


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return {"DATA_DIR": str(tmp_path / "var"), "PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}


@pytest.fixture
def served(settings: Settings, services: Services, own_database_url: str, redis_url: str) -> Settings:
    """The same with an external Postgres and Redis, as in production."""
    return {**settings, **PRODUCTION, "DATABASE_URL": own_database_url, "REDIS_URL": redis_url}


@pytest.fixture
def shell(stack: Stack) -> Shell:
    return Shell(stack.config)


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of settings, at the least cost: with that of production they are nine tenths of a restore in this process.

    Commands in processes of their own hash as in production, in `test_backup_killed.py` for example.
    """
    monkeypatch.setattr(sealing, "COST", {"n": 2, "r": 8, "p": 1})

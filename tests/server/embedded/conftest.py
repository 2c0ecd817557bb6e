"""A configuration without any server, with its own data folder and sandbox port."""

from dataclasses import replace
from pathlib import Path

import pytest

from server.config import ROOT, Config, load_config
from tests.support.ports import free_port


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environ = {"DATA_DIR": str(tmp_path / "var"), "SANDBOX_PORT": str(free_port())}
    return load_config(environ, ROOT / "config.toml")


@pytest.fixture
def without_sandbox(config: Config) -> Config:
    """Only Postgres and Redis, which start fastest."""
    return replace(config, unipile=replace(config.unipile, dsn="http://127.0.0.1:9"))

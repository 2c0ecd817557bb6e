"""A loader of configurations with a data folder of the test's own."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from server.config import Config, load_config
from tests.server.config.loading import TOML, Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(environ: Mapping[str, str] | None = None, **more: str) -> Config:
        return load_config({"DATA_DIR": str(tmp_path / "var"), **(environ or {}), **more}, TOML)

    return load

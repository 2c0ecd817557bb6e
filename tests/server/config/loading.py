"""Loads configurations for the tests: shipped file, given environment."""

from collections.abc import Callable
from typing import Any

import pytest

from server.config import ROOT, Config, ConfigError

TOML = ROOT / "config.toml"
JWT_SECRET = "Q9wXr2Tz7Lm4Vb8Nc1Ks6Hd3Jf5Gp0Ya"
WEBHOOK_SECRET = "mK3vP8xR1wB6nT9q"
PRODUCTION = {
    "UNIPILE_DSN": "https://api1.unipile.com:13111",
    "UNIPILE_API_KEY": "k8Zq+71tBf0=",
    "WEBHOOK_SECRET": WEBHOOK_SECRET,
    "JWT_SECRET": JWT_SECRET,
}
Load = Callable[..., Config]


def load_error(load: Load, *args: Any, **more: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(*args, **more)
    return str(caught.value)

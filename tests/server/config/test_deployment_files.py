"""The deployment files pass on every setting, and none that would stop the start."""

import json
import re

import pytest

from server.config import ROOT, load_config
from tests.server.config.loading import PRODUCTION

COMPOSE = (ROOT / "compose.yaml").read_text()


def test_compose_passes_on_every_setting_of_the_env_file() -> None:
    common = COMPOSE.partition("services:")[0]
    assert "env_file: .env" in common
    # Values there override .env: they must come from it, or belong to the container itself.
    own = dict(re.findall(r"^    ([A-Z_]+): (.+)$", common, re.MULTILINE))
    fixed = {name for name, value in own.items() if f"${{{name}" not in value}
    assert fixed == {"PGPASSWORD", "HOST", "PORT", "DATA_DIR"}


def test_compose_inserts_no_secret_into_a_url() -> None:
    assert not re.search(r"://[^ ]*\$\{?\w*PASSWORD", COMPOSE)


def test_compose_settings_start_a_process() -> None:
    environ = {
        **PRODUCTION,
        "DATABASE_URL": "postgres://confab@postgres:5432/confab",
        "PGPASSWORD": "p@ss/w:rd#%",
        "REDIS_URL": "redis://valkey:6379/0",
        "PUBLIC_URL": "https://inbox.example.com",
        "CONFAB_WEB_TRUSTED_PROXIES": "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
        "HOST": "0.0.0.0",
        "DATA_DIR": "/app/var",
        "POSTGRES_PASSWORD": "p@ss/w:rd#%",
    }
    assert load_config(environ, ROOT / "config.toml").unused == ()


@pytest.mark.parametrize("name", ["CONFAB_MEDIA_URL", "CONFAB_WEB_TRUSTED_PROXIES", "ERASE_SECRET"])
def test_the_heroku_app_requests_what_its_dynos_need(name: str) -> None:
    given = json.loads((ROOT / "app.json").read_text())["env"]
    assert name in given
    values = {key: entry["value"] for key, entry in given.items() if "value" in entry}
    config = load_config(
        {**PRODUCTION, "CONFAB_MEDIA_URL": "s3://bucket", "ERASE_SECRET": "x" * 40, **values},
        ROOT / "config.toml",
    )
    # Release, web and worker run concurrently during a deploy; the smallest Postgres plan has 20 connections.
    assert 3 * config.database.pool_size <= 20


def test_the_image_contains_the_packages_of_every_setting() -> None:
    """Regression: SENTRY_DSN stopped the start of an image without the package."""
    assert "\nsentry-sdk==" in (ROOT / "requirements.txt").read_text()

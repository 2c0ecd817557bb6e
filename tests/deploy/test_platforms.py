"""Heroku and the like: what their files ask for starts every process, and fits the smallest plans."""

import json
import re
from typing import Any

import pytest

from server.config import ROOT, Config, load_config
from tests.deploy.files import setting_variables
from tests.server.config.loading import PRODUCTION, TOML

APP: Any = json.loads((ROOT / "app.json").read_text())
# What the platform sets by itself, and what is chosen by the person who deploys.
GIVEN = {
    **PRODUCTION,
    "DATABASE_URL": "postgres://u:p@db.example/x",
    "REDIS_URL": "rediss://:p@redis.example:6380",
    "PUBLIC_URL": "https://inbox.example.com",
    "PORT": "5000",
    "ERASE_SECRET": "Jf5Gp0YaQ9wXr2Tz7Lm4Vb8Nc1Ks6Hd3",
    "CONFAB_MEDIA_URL": "s3://bucket/prefix?region=eu-central-1",
}
SMALLEST_PLAN_CONNECTIONS = 20
# What Heroku sets as WEB_CONCURRENCY on a dyno with 512 MB.
SMALLEST_DYNO_PROCESSES = 2
ROUTER_SECONDS = 30
# Of each process beside its pool: the migration and the first owner at a start, later a backup.
SINGLE_CONNECTIONS = 1


@pytest.fixture
def heroku() -> Config:
    values = {name: entry["value"] for name, entry in APP["env"].items() if "value" in entry}
    return load_config({**GIVEN, **values}, TOML)


@pytest.mark.parametrize("name", ["CONFAB_MEDIA_URL", "CONFAB_WEB_TRUSTED_PROXIES", "ERASE_SECRET"])
def test_the_heroku_app_requests_what_its_dynos_need(name: str, heroku: Config) -> None:
    assert name in APP["env"]
    assert set(APP["env"]) <= setting_variables() | {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert heroku.unused == ()


@pytest.mark.parametrize("processes", [1, SMALLEST_DYNO_PROCESSES])
def test_the_connections_of_two_generations_fit_the_smallest_plan(heroku: Config, processes: int) -> None:
    """With preboot, and while dynos end, those of the version before still have theirs."""
    assert APP["formation"].keys() == {"web", "worker"}
    web = processes * heroku.database.pool_of_one(processes) + SINGLE_CONNECTIONS
    worker = heroku.database.pool_size + SINGLE_CONNECTIONS
    assert 2 * (web + worker) <= SMALLEST_PLAN_CONNECTIONS


def test_the_platform_says_how_many_processes_its_dyno_has_memory_for() -> None:
    """And the app does not override it."""
    assert not {"WEB_CONCURRENCY", "CONFAB_WEB_PROCESSES"} & APP["env"].keys()
    concurrency = {"WEB_CONCURRENCY": str(SMALLEST_DYNO_PROCESSES)}
    assert load_config({**GIVEN, **concurrency}, TOML).web.processes == SMALLEST_DYNO_PROCESSES


def test_requests_end_before_the_router_ends_them(heroku: Config) -> None:
    calls = heroku.unipile
    assert max(calls.total_timeout_seconds, calls.pairing_timeout_seconds) < ROUTER_SECONDS
    assert heroku.realtime.head_seconds < ROUTER_SECONDS


def test_every_process_of_the_app_is_in_the_procfile() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    assert commands.keys() == {"release", *APP["formation"]}
    assert "CONFAB_WORKER_EMBEDDED=false" in commands["web"]
    for command in commands.values():
        (script,) = re.findall(r"python (\w+\.py)", command)
        assert (ROOT / script).is_file()


def test_platforms_and_the_image_run_one_version_of_python() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    for name in ("Dockerfile", "compose.yaml"):
        assert f"python:{version}-slim" in (ROOT / name).read_text()


def test_the_image_contains_the_packages_of_every_setting() -> None:
    """Regression: SENTRY_DSN stopped the start of an image without the package."""
    assert "\nsentry-sdk==" in (ROOT / "requirements.txt").read_text()

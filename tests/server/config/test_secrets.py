"""Secrets of the configuration: generated in sandbox mode, required and checked in production."""

import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values

from server.config import ROOT
from tests.server.config.loading import JWT_SECRET, PRODUCTION, WEBHOOK_SECRET, Load, load_error

ADVICE = ": set it in the environment or .env, as .env.example shows."


def test_sandbox_mode_stores_its_generated_secrets(load: Load, tmp_path: Path) -> None:
    first, second = load().secrets, load().secrets
    assert first == second
    assert len(first.jwt_secret) >= 32
    assert len(first.demo_password) >= 10
    assert stat.S_IMODE((tmp_path / "var" / "secrets.json").stat().st_mode) == 0o600


def test_sandbox_mode_adds_a_secret_that_an_older_file_lacks(load: Load, tmp_path: Path) -> None:
    before = load().secrets
    (tmp_path / "var" / "secrets.json").write_text(f'{{"jwt_secret": "{before.jwt_secret}"}}')
    after = load().secrets
    assert after.jwt_secret == before.jwt_secret
    assert after.demo_password


def test_production_generates_no_secrets_and_no_folder(load: Load, tmp_path: Path) -> None:
    config = load(PRODUCTION)
    assert not config.sandbox.enabled
    assert config.auth.test_tokens is False
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["UNIPILE_API_KEY", "WEBHOOK_SECRET", "JWT_SECRET"])
def test_missing_secret_stops_production(load: Load, name: str) -> None:
    assert load_error(load, {**PRODUCTION, name: ""}) == f"{name} is not set{ADVICE}"


def test_every_missing_secret_is_named(load: Load) -> None:
    message = load_error(load, UNIPILE_DSN="https://api1.unipile.com:13111")
    assert all(name in message for name in ("UNIPILE_API_KEY", "WEBHOOK_SECRET", "JWT_SECRET"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBHOOK_SECRET", "sandbox-webhook-secret"),
        ("UNIPILE_API_KEY", "sandbox-key"),
        ("JWT_SECRET", "changeme" * 5),
        ("JWT_SECRET", "Secret-secret-secret-secret-secret-secret"),
        ("JWT_SECRET", "a" * 64),
        ("WEBHOOK_SECRET", "your-webhook-secret-here"),
    ],
)
def test_example_secret_stops_production(load: Load, name: str, value: str) -> None:
    message = load_error(load, {**PRODUCTION, name: value})
    assert message == f"{name} is an example, not a secret{ADVICE}"
    assert value not in message


def test_every_secret_of_the_example_file_is_rejected(load: Load, tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text().replace("\n#", "\n")
    lines = [line for line in text.splitlines() if "=" in line and " " not in line]
    (tmp_path / "example.env").write_text("\n".join(lines))
    examples = dotenv_values(tmp_path / "example.env")
    for name in ("UNIPILE_API_KEY", "WEBHOOK_SECRET", "JWT_SECRET"):
        assert "is an example" in load_error(load, {**PRODUCTION, name: examples[name] or ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", JWT_SECRET[:31]),
        ("WEBHOOK_SECRET", "mK3vP8xR1wB6nT9"),
        ("JWT_SECRET_PREVIOUS", JWT_SECRET[:31]),
        ("WEBHOOK_SECRET_PREVIOUS", "mK3vP8xR1wB6nT9"),
    ],
)
def test_short_secret_stops_production(load: Load, name: str, value: str) -> None:
    assert load_error(load, {**PRODUCTION, name: value}).startswith(f"{name} is too short")


def test_no_secret_shows_in_a_repr(load: Load) -> None:
    config = load(PRODUCTION, DATABASE_URL="postgres://u:hunter2@db/x", REDIS_URL="redis://:hunter3@r")
    text = repr(config)
    for secret in ("hunter2", "hunter3", JWT_SECRET, WEBHOOK_SECRET, PRODUCTION["UNIPILE_API_KEY"]):
        assert secret not in text

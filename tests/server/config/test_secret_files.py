"""Secrets in files that NAME_FILE names: read, passed on to libraries, and rejected by name."""

from pathlib import Path

import pytest

from server.config import Config, load_config
from server.config.reader import secret_names
from tests.server.config.loading import JWT_SECRET, PRODUCTION, TOML, Load, load_error

OTHERS = {name: value for name, value in PRODUCTION.items() if name != "JWT_SECRET"}


def test_a_secret_is_read_from_its_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text(f"{JWT_SECRET}\n")
    config = load(OTHERS, JWT_SECRET_FILE=str(tmp_path / "jwt"))
    assert (config.secrets.jwt_secret, config.unused) == (JWT_SECRET, ())
    # Compose passes an unset variable on as empty.
    assert load(OTHERS, JWT_SECRET="", JWT_SECRET_FILE=str(tmp_path / "jwt")).secrets == config.secrets
    assert load(PRODUCTION, JWT_SECRET_FILE="").secrets == config.secrets


def test_every_secret_may_be_in_a_file(tmp_path: Path) -> None:
    names = secret_names(Config)
    assert {"DATABASE_URL", "REDIS_URL", "SMTP_URL", "SENTRY_DSN", "CONFAB_METRICS_TOKEN"} <= names
    assert {"CONFAB_SECRETS_JWT_SECRET", "JWT_SECRET", "CONFAB_BILLING_SECRET"} <= names
    assert not {"HOST", "PUBLIC_URL", "DATA_DIR"} & names


def test_a_file_of_the_env_file_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text(JWT_SECRET)
    (tmp_path / ".env").write_text(f"JWT_SECRET_FILE={tmp_path / 'jwt'}\n")
    config = load_config({**OTHERS, "DATA_DIR": str(tmp_path)}, TOML, tmp_path / ".env")
    assert (config.secrets.jwt_secret, config.unused) == (JWT_SECRET, ())


def test_secrets_of_libraries_are_passed_on(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/w:rd#%\n")
    environ = {**PRODUCTION, "DATA_DIR": str(tmp_path), "PGPASSWORD_FILE": str(tmp_path / "password")}
    load_config(environ, TOML)
    assert environ["PGPASSWORD"] == "p@ss/w:rd#%"


def test_a_secret_and_its_file_exclude_each_other(load: Load, tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text(JWT_SECRET)
    sentence = load_error(load, PRODUCTION, JWT_SECRET_FILE=str(tmp_path / "jwt"))
    assert sentence == "JWT_SECRET and JWT_SECRET_FILE are both set: remove one of them."


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "no such file or directory"), (b" \n", "empty"), (b"\xff\xfe\x00", "not UTF-8 text")],
)
def test_a_file_without_a_secret_is_rejected_by_name(
    load: Load, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / "jwt").write_bytes(content)
    sentence = load_error(load, OTHERS, JWT_SECRET_FILE=str(tmp_path / "jwt"))
    assert sentence.startswith(f"JWT_SECRET_FILE names {tmp_path / 'jwt'}, which ")
    assert reason in sentence
    assert "is a directory" in load_error(load, OTHERS, JWT_SECRET_FILE=str(tmp_path))


def test_a_weak_secret_in_a_file_is_rejected_and_not_shown(load: Load, tmp_path: Path) -> None:
    (tmp_path / "jwt").write_text("shortsecretvalue")
    sentence = load_error(load, OTHERS, JWT_SECRET_FILE=str(tmp_path / "jwt"))
    assert "JWT_SECRET is" in sentence
    assert "shortsecretvalue" not in sentence


@pytest.mark.parametrize("name", ["CONFAB_WEB_HOST_FILE", "CONFAB_SECRETS_JWT_FILE"])
def test_only_secrets_may_be_in_files(load: Load, name: str, tmp_path: Path) -> None:
    assert load_error(load, {name: str(tmp_path)}).startswith(f"{name} is not a known setting")

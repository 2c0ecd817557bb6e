"""VAPID_PRIVATE_KEY: made by a command, made up in sandbox mode, and rejected without being quoted."""

import json
from pathlib import Path

import pytest

from server.config import ConfigError, load_config
from server.config.webpush import ORDER, make_private_key, read_private_key
from server.connections import open_vapid
from tests.server.config.loading import PRODUCTION, TOML

SUBJECT = {"VAPID_SUBJECT": "mailto:ops@x.example"}


def test_a_made_key_is_one_and_no_two_are_the_same() -> None:
    keys = {make_private_key() for _ in range(20)}
    assert len(keys) == 20
    assert all(0 < read_private_key(key) < ORDER for key in keys)


def test_without_a_key_web_push_is_off_and_with_one_it_has_a_subject(tmp_path: Path) -> None:
    environ = PRODUCTION | {"DATA_DIR": str(tmp_path)}
    config = load_config(dict(environ), TOML)
    assert (config.webpush.is_on, open_vapid(config)) == (False, None)
    key = make_private_key()
    config = load_config(environ | {"VAPID_PRIVATE_KEY": key} | SUBJECT, TOML)
    assert (config.webpush.subject, key in repr(config)) == (SUBJECT["VAPID_SUBJECT"], False)
    vapid = open_vapid(config)
    assert vapid is not None
    assert len(vapid.public_key) == 87
    unused = load_config(environ | SUBJECT, TOML).unused
    assert any("VAPID_SUBJECT is set but needs VAPID_PRIVATE_KEY" in line for line in unused)


def test_the_sandbox_makes_its_own_and_keeps_it(tmp_path: Path) -> None:
    first, second = (load_config({"DATA_DIR": str(tmp_path)}, TOML).webpush.private_key for _ in range(2))
    assert first == second
    assert json.loads((tmp_path / "secrets.json").read_text())["vapid_private_key"] == first


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"VAPID_PRIVATE_KEY": "hunter22"}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": "A" * 43}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": "_" * 43}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_PRIVATE_KEY": "ä" * 43}, "VAPID_PRIVATE_KEY"),
        ({"VAPID_SUBJECT": "ops@x.example"}, "VAPID_SUBJECT"),
        (
            {"CONFAB_WEBPUSH_PRIVATE_ENDPOINTS": "true", "PUBLIC_URL": "https://inbox.x.example"},
            "CONFAB_WEBPUSH_PRIVATE_ENDPOINTS",
        ),
    ],
)
def test_a_wrong_key_or_subject_stops_the_start(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    environ = PRODUCTION | {"DATA_DIR": str(tmp_path), "VAPID_PRIVATE_KEY": make_private_key()} | changes
    with pytest.raises(ConfigError) as caught:
        load_config(environ, TOML)
    assert named in str(caught.value)
    assert "hunter22" not in str(caught.value)

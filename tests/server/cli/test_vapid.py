"""`run.py vapid` prints a new key, also while the configuration has a wrong one."""

import json

import pytest

from server.cli.main import main
from server.config.webpush import read_private_key
from workers.jobs import run_warm_workers


def test_a_key_is_printed_as_a_line_of_env_or_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAPID_PRIVATE_KEY", "wrong")
    assert main(["vapid"], run_warm_workers) == 0
    name, _, key = capsys.readouterr().out.strip().partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert read_private_key(key)
    assert main(["vapid", "--json"], run_warm_workers) == 0
    assert read_private_key(json.loads(capsys.readouterr().out)["private_key"])

"""The operator's commands for plans: effects, output, JSON and errors."""

import json
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from pytest import CaptureFixture
from structlog.testing import capture_logs

from server.cli.command import UsageError, run_command
from server.cli.main import _parser
from server.config import Config
from server.errors import ConfabError
from server.rules.plans import current_period

ANA = "ana@x.example"


@pytest.fixture
def config_with_ana(small_plans: Config) -> Config:
    _execute(small_plans, "insert into users (email, name) values (%s, 'Ana')", ANA)
    return small_plans


def _execute(config: Config, statement: str, *values: Any) -> None:
    connection = psycopg2.connect(config.database.url)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
    connection.close()


def run(config: Config, *arguments: str) -> None:
    assert run_command(config, _parser().parse_args(arguments)) == 0


def run_json(capsys: CaptureFixture[str], config: Config, *arguments: str) -> dict[str, Any]:
    run(config, *arguments, "--json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_plan_is_granted_and_revoked(config_with_ana: Config, capsys: CaptureFixture[str]) -> None:
    run(config_with_ana, "grant", ANA, "--plan", "open", "--until", "2099-01-31T00:00:00Z")
    assert capsys.readouterr().out == f"Granted whatsapp (open) to {ANA} until 2099-01-31T00:00:00+00:00.\n"
    shown = run_json(capsys, config_with_ana, "grant", ANA, "--source", "trial")
    assert (shown["is_active"], shown["plan"], shown["accounts"]) == (True, "open", None)
    assert shown["expires_at"] is None
    shown = run_json(capsys, config_with_ana, "revoke", ANA, "--source", "manual")
    assert (shown["is_active"], shown["plan"], shown["source"]) == (True, "tiny", "trial")
    run(config_with_ana, "revoke", ANA)
    assert capsys.readouterr().out == f"Revoked whatsapp from {ANA}.\n"


def test_usage_is_printed_for_people_and_programs(
    config_with_ana: Config, capsys: CaptureFixture[str]
) -> None:
    _execute(config_with_ana, "select count_usage(id, 'whatsapp', now(), 3, 2, 7) from users")
    run(config_with_ana, "grant", ANA)
    capsys.readouterr()
    run(config_with_ana, "usage", ANA)
    assert capsys.readouterr().out.split() == [
        *(ANA, "whatsapp", current_period(), "sent", "3", "received", "7"),
        *["counted", "towards", "the", "plan:", "2", "(of", "5)"],
    ]
    shown = run_json(capsys, config_with_ana, "usage", ANA, "--period", current_period())
    assert (shown["messages_sent"], shown["messages_rcvd"], shown["sent_here"], shown["allowed"]) == (
        3,
        7,
        2,
        5,
    )
    assert run_json(capsys, config_with_ana, "usage", ANA, "--period", "2024-01")["messages_sent"] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grant", "nobody@x.example"), "nobody@x.example"),
        (("grant", ANA, "--plan", "golden"), "tiny, closed, open"),
        (("revoke", ANA), "no entitlement for whatsapp"),
        (("revoke", ANA, "--source", "billing"), "billing"),
        (("usage", "nobody@x.example"), "nobody@x.example"),
    ],
)
def test_impossible_plan_commands_fail_with_one_sentence(
    config_with_ana: Config, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(ConfabError, match=sentence):
        run(config_with_ana, *arguments)


@pytest.mark.parametrize("command", ["grant", "revoke", "usage"])
def test_invalid_plan_arguments_are_rejected(command: str) -> None:
    for wrong in (["--period", "2024-13"], ["--until", "soon"], ["--plan"]):
        with pytest.raises(UsageError):
            _parser().parse_args([command, ANA, *wrong])


def test_plan_commands_work_without_redis(config_with_ana: Config, capsys: CaptureFixture[str]) -> None:
    lonely = replace(config_with_ana, redis=replace(config_with_ana.redis, url="redis://127.0.0.1:1"))
    with capture_logs():  # the reason why Redis could not be notified
        assert run_json(capsys, lonely, "grant", ANA)["is_active"]

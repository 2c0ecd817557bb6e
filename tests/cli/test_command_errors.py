"""The operator's commands fail with one line or one JSON document, and have help texts."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from server.cli.command import UsageError, print_failure
from server.cli.main import _parser
from server.errors import ConfabError, Unavailable
from server.schemas.errors import Error
from tests.cli.shell import Shell
from tests.cli.test_commands import EVA
from tests.support.factories import make_account, sign_in_as
from tests.support.fixtures_stack import Stack

PAST = "2001-01-01T00:00:00Z"
FAILURES = [
    (("user", "add", "owner@test.confab.local"), "conflict", "already in use"),
    (("user", "reset", "nobody@x.example"), "not_found", "nobody@x.example"),
    (("user", "disable", "owner@test.confab.local"), "conflict", "last owner"),
    (("keys", "create", "nobody@x.example", "crm", "--scope", "read"), "not_found", "nobody"),
    (
        ("keys", "create", "owner@test.confab.local", "x", "--scope", "read", "--number", "77"),
        "invalid",
        "not a member",
    ),
    (
        ("keys", "create", "owner@test.confab.local", "x", "--scope", "read", "--until", PAST),
        "invalid",
        "in the future",
    ),
    (("keys", "revoke", "77"), "not_found", "no key 77"),
    (("grant", "owner@test.confab.local", "--plan", "golden"), "invalid", "starter"),
    (("export", "77"), "not_found", "no account 77"),
    (("export", "1", "--contact", "77"), "not_found", "no contact 77"),
    (("erase", "1", "77", "--yes"), "not_found", "no contact 77"),
    (("erase", "1", "+5511", "--yes"), "not_found", "phone number +5511"),
    (("erase", "1", "bia", "--yes"), "invalid", "not a contact"),
]
MISUSES = (
    ("user", "add"),
    ("keys", "revoke", str(2**63)),
    ("user", "add", "a@x", "--role", "king"),
    ("fly",),
    (),
)


async def test_impossible_commands_fail_with_an_explanation(
    stack: Stack, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    await make_account(stack, await sign_in_as(stack, "owner"))
    for arguments, code, words in FAILURES:
        with pytest.raises(ConfabError) as failure:
            await shell.invoke(*arguments)
        capsys.readouterr()
        assert print_failure(failure.value, as_json=False) == 1
        sentence = capsys.readouterr().err
        assert (failure.value.code, words in sentence, sentence.count("\n")) == (code, True, 1), sentence
    for misuse in MISUSES:
        with pytest.raises(UsageError):
            _parser().parse_args(misuse)


async def test_a_failure_is_one_line_or_one_json_document(stack: Stack, shell: Shell) -> None:
    invalid = ("user", "add", "no-address")
    document, misused = (
        await shell.process(*invalid, "--json"),
        await shell.process("keys", "revoke", "x", "--json"),
    )
    away = await shell.process("user", "list", "--json", DATABASE_URL="postgres://127.0.0.1:1/x")
    for result, status, code in (
        (document, 1, "invalid"),
        (misused, 2, "malformed"),
        (away, 1, "unavailable"),
    ):
        assert (result.returncode, result.stdout) == (status, "")
        problem = json.loads(result.stderr)
        assert not Error().validate(problem), problem
        assert problem["error"]["code"] == code


async def test_commands_except_export_work_without_redis(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = await make_account(stack, owner)
    shell.config = replace(stack.config, redis=replace(stack.config.redis, url="redis://127.0.0.1:1"))
    await shell.invoke("user", "add", EVA)
    assert (await shell.invoke("user", "disable", EVA)).document["user"]["status"] == "disabled"
    # Log lines do not mix with a program's JSON document.
    result = await shell.process("user", "enable", EVA, "--json", REDIS_URL="redis://127.0.0.1:1")
    assert (result.returncode, result.stderr) == (0, "")
    with pytest.raises(Unavailable, match="No worker"):
        await shell.invoke("export", str(account_id))


def _leaves(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command with its options."""
    families = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not families:
        yield path
    for action in families:
        for name, command in action.choices.items():
            yield from _leaves(command, (*path, name))


@pytest.mark.parametrize("path", list(_leaves(_parser())), ids="-".join)
def test_every_command_has_help_and_json_output(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _parser().parse_args([*path, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"run.py {' '.join(path)}" in shown
    assert ("--json" in shown) is (path != ("serve",))

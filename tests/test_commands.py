"""The operator's commands as processes beside a running Confab: what they do, print, refuse and write down."""

import argparse
import asyncio
import json
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from server.cli.command import SOURCE, CommandResult, UsageError, perform, print_failure
from server.cli.main import _parser
from server.config import Config
from server.errors import ConfabError, NotFound, Unavailable
from server.process.seed import seed_owner
from server.schemas.api_keys import ApiKey, CreatedKey
from server.schemas.errors import Error
from server.schemas.privacy import OneAccountErasure, OneErasure
from server.schemas.users import TeamUser, TeamUserWithLink
from server.store.people.audit import note_user_agent
from tests.support.factories import BIAS_PHONE, add_member, make_account, make_contact, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually
from tests.support.programs import run

EVA, PASSWORD = "eva@x.example", "correct horse 4711"
ME, CHANNELS = "/api/auth/me", "/api/channels/whatsapp"
PAST = "2001-01-01T00:00:00Z"
AUDIT = "/api/audit?limit=100"


def settings_of(config: Config) -> dict[str, str]:
    """The environment in which a command meets this Confab."""
    return {
        "DATABASE_URL": config.database.url or "",
        "REDIS_URL": config.redis.url or "",
        "UNIPILE_DSN": config.unipile.dsn or "",
        "UNIPILE_API_KEY": config.unipile.api_key,
        "WEBHOOK_SECRET": config.secrets.webhook_secret,
        "JWT_SECRET": config.secrets.jwt_secret,
        "PUBLIC_URL": config.web.public_url,
        "DATA_DIR": str(config.data_dir),
    }


@dataclass
class Shell:
    """Somebody with a shell beside a running Confab."""

    config: Config

    async def process(self, *arguments: str, stdin: str = "", **changes: str) -> CompletedProcess[str]:
        """A command as its own process, to its end."""
        settings = settings_of(self.config) | changes
        return await asyncio.to_thread(run, *arguments, settings=settings, stdin=stdin)

    async def document(self, *arguments: str) -> Any:
        """The one document that the process prints for programs; nothing else is printed."""
        result = await self.process(*arguments, "--json")
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
        return json.loads(result.stdout)

    async def told(self, *arguments: str) -> CommandResult:
        """What the same command tells, without the second that a process takes to start."""
        note_user_agent(SOURCE)
        return await perform(self.config, _parser().parse_args(arguments))


@pytest.fixture
def shell(stack: Stack) -> Shell:
    return Shell(stack.config)


def token_of(text: str) -> str:
    return text.partition("/welcome#")[2].split()[0]


async def accept(stack: Stack, token: str, status: int = 200) -> Any:
    """Open a link as its person does."""
    body = {"token": token, "password": PASSWORD}
    answer = await stack.stranger.call("POST", "/api/auth/link/accept", body)
    assert answer.status == status, answer.raw
    return answer.body


async def written(admin: Peer) -> list[dict[str, Any]]:
    """What the commands have written down, oldest first."""
    lines = (await admin.ok("GET", AUDIT))["items"]
    assert all(line["user_agent"] == "command line" for line in lines if line["actor"] == "operator")
    return [line for line in reversed(lines) if line["actor"] == "operator"]


async def test_people_come_by_a_link_and_are_shut_out(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    added = await shell.document("user", "add", EVA, "--role", "viewer")
    assert not TeamUserWithLink().validate(added)
    assert added["link"]["url"].startswith(f"{stack.config.web.public_url}/welcome#")
    assert (added["user"]["name"], added["user"]["status"]) == ("eva", "invited")
    eva = Peer(owner.session, owner.url, (await accept(stack, token_of(added["link"]["url"])))["token"])
    assert (await eva.ok("GET", ME))["user"]["role"] == "viewer"
    first, second = [token_of((await shell.told("user", "reset", EVA)).text) for _ in range(2)]
    await accept(stack, first, 404)
    await accept(stack, second)
    assert (await shell.process("user", "disable", EVA)).stdout == f"Disabled {EVA}.\n"
    assert await eventually(lambda: _is_refused(eva))
    listed = await shell.told("user", "list")
    people = listed.document["items"]
    assert [(person["email"], person["status"]) for person in people][1:] == [(EVA, "disabled")]
    assert not TeamUser(many=True).validate(people)
    assert listed.text.endswith("eva@x.example  eva  viewer  disabled")
    assert (await shell.told("user", "enable", EVA)).document["user"]["status"] == "active"
    lines = await written(owner)
    assert [line["action"] for line in lines] == [
        *("user.invited", "user.reset_link_made", "user.reset_link_made", "user.disabled", "user.enabled")
    ]
    assert second not in json.dumps(lines)


async def test_the_first_owner_whose_link_was_lost_still_chooses_their_address(
    web_only: Stack,
) -> None:
    link = await seed_owner(web_only.config)
    again = await Shell(web_only.config).told("user", "reset", web_only.config.auth.owner_email)
    body = {"token": token_of(again.text), "password": PASSWORD, "email": EVA}
    answer = await web_only.stranger.call("POST", "/api/auth/link/accept", body)
    assert (answer.status, answer.body["user"]["email"]) == (200, EVA)
    assert link is not None
    await accept(web_only, token_of(link), 404)


async def _is_refused(peer: Peer) -> bool:
    return (await peer.call("GET", ME)).status == 401


async def test_a_password_can_be_given_and_is_never_shown(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    given = await shell.process("user", "add", EVA, "--password-stdin", "--json", stdin=f"{PASSWORD}\n")
    changed = await shell.process("user", "password", EVA, stdin=f"{PASSWORD} anew\n")
    assert (given.returncode, changed.returncode) == (0, 0), given.stderr + changed.stderr
    assert "horse" not in given.stdout + given.stderr + changed.stdout + changed.stderr
    body = {"email": EVA, "password": f"{PASSWORD} anew"}
    assert (await stack.stranger.call("POST", "/api/auth/login", body)).status == 200
    lines = await written(owner)
    assert [line["action"] for line in lines] == ["user.added", "user.password_changed"]
    assert "horse" not in json.dumps(lines)


async def test_a_key_is_shown_once_and_revoked(stack: Stack, shell: Shell) -> None:
    owner, ana = await sign_in_as(stack, "owner"), await stack.sign_in("ana")
    account_id = await make_account(stack, owner)
    await add_member(stack, account_id, ana, "agent")
    email = (await ana.ok("GET", ME))["user"]["email"]
    create = ("keys", "create", email, "crm", "--scope", "read")
    made = await shell.document(*create, "--number", str(account_id))
    assert not CreatedKey().validate(made)
    program = Peer(ana.session, ana.url, made["secret"])
    assert [item["id"] for item in (await program.ok("GET", f"{CHANNELS}/accounts"))["items"]] == [account_id]
    listed = await shell.told("keys", "list", email)
    assert not ApiKey(many=True).validate(listed.document["items"])
    assert f"{made['secret'][:12]}…  ana  crm  read  numbers {account_id}" in listed.text
    assert made["secret"] not in repr(listed)
    key_id = str(made["key"]["id"])
    assert (await shell.told("keys", "revoke", key_id)).text == f"Revoked the key {key_id} (crm)."
    assert (await program.call("GET", ME)).status == 401
    assert (await shell.told("keys", "list")).text == "There are no keys."
    lines = await written(owner)
    assert [line["action"] for line in lines] == ["api_key.created", "api_key.revoked"]
    assert made["secret"] not in json.dumps(lines)


async def test_plans_are_written_down(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    email = (await owner.ok("GET", ME))["user"]["email"]
    until = "2099-01-31T00:00:00+00:00"
    assert (await shell.document("grant", email, "--plan", "team"))["is_active"]
    await shell.told("grant", email, "--plan", "starter", "--until", until)
    await shell.told("revoke", email, "--source", "manual")
    lines = await written(owner)
    assert {(line["target_kind"], line["target_id"]) for line in lines} == {("user", str(owner.user_id))}
    place = {"provider": "whatsapp", "source": "manual"}
    assert [(line["action"], line["details"]) for line in lines] == [
        ("entitlement.granted", {**place, "plan": "team"}),
        ("entitlement.granted", {**place, "plan": "starter", "plan_before": "team", "until": until}),
        ("entitlement.revoked", {**place, "plan": "starter"}),
    ]


async def test_a_number_is_exported_and_a_person_erased(stack: Stack, shell: Shell, tmp_path: Path) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = await make_account(stack, owner)
    contact_id = await make_contact(stack, account_id)
    place, output = str(account_id), tmp_path / "all.zip"
    wrote = await shell.document("export", place, "--output", str(output))
    assert (wrote["path"], wrote["export"]["state"]) == (str(output), "ready")
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    with zipfile.ZipFile(output) as archive:
        assert "Bia Lima" in archive.read("contacts.jsonl").decode()
    with pytest.raises(ConfabError, match="is there already"):
        await shell.told("export", place, "--output", str(output))
    one = tmp_path / "bia.zip"
    told = await shell.told("export", place, "--contact", f"+{BIAS_PHONE}", "--output", str(one))
    assert told.text.startswith(f"Wrote {one} (")
    unsure = await shell.process("erase", place, str(contact_id))
    assert (unsure.returncode, unsure.stderr) == (1, "confab: This cannot be undone: say --yes.\n")
    assert (await owner.call("GET", f"{CHANNELS}/{account_id}/contacts/{contact_id}/erasure")).status == 404
    socket = await owner.listen()
    erased = await shell.document("erase", place, f"+{BIAS_PHONE}", "--yes")
    assert not OneErasure().validate(erased)
    await socket.wait_for_event("contact:erased", id=contact_id)
    assert erased["erasure"]["contact_id"] == contact_id
    again = await shell.told("erase", place, str(contact_id), "--yes")
    assert again.text.startswith(f"Erased the contact {contact_id}; messages and files: ")
    assert [line["action"] for line in await written(owner)] == [
        *("export.requested", "export.fetched") * 2,
        "contact.erased",
    ]


async def test_a_number_is_erased_with_all_that_is_in_it(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = (await stack.make_account(owner))["id"]
    number = f"{CHANNELS}/{account_id}"
    with pytest.raises(ConfabError, match="say --yes"):
        await shell.told("erase", str(account_id))
    assert (await owner.call("GET", number)).status == 200
    told = await shell.told("erase", str(account_id), "--yes")
    assert not OneAccountErasure().validate(told.document)
    assert (await owner.call("GET", number)).status == 404
    with pytest.raises(NotFound, match="being erased"):
        await shell.told("erase", str(account_id), "--yes")
    assert [line["action"] for line in await written(owner)] == ["account.erased"]


REFUSALS = [
    (("user", "add", "owner@test.confab.local"), "conflict", "e-mail address already"),
    (("user", "reset", "nobody@x.example"), "not_found", "nobody@x.example"),
    (("user", "disable", "owner@test.confab.local"), "conflict", "last owner"),
    (("keys", "create", "nobody@x.example", "crm", "--scope", "read"), "not_found", "nobody"),
    (
        ("keys", "create", "owner@test.confab.local", "x", "--scope", "read", "--number", "77"),
        "invalid",
        "not shared",
    ),
    (
        ("keys", "create", "owner@test.confab.local", "x", "--scope", "read", "--until", PAST),
        "invalid",
        "time is over",
    ),
    (("keys", "revoke", "77"), "not_found", "no key 77"),
    (("grant", "owner@test.confab.local", "--plan", "golden"), "invalid", "starter"),
    (("export", "77"), "not_found", "no number 77"),
    (("export", "1", "--contact", "77"), "not_found", "no contact 77"),
    (("erase", "1", "77", "--yes"), "not_found", "no contact 77"),
    (("erase", "1", "+5511", "--yes"), "not_found", "the phone +5511"),
    (("erase", "1", "bia", "--yes"), "invalid", "no contact"),
]
MISUSES = (
    ("user", "add"),
    ("keys", "revoke", str(2**63)),
    ("user", "add", "a@x", "--role", "king"),
    ("fly",),
    (),
)


async def test_what_cannot_be_done_is_refused_in_words(
    stack: Stack, shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    await make_account(stack, await sign_in_as(stack, "owner"))
    for arguments, code, words in REFUSALS:
        with pytest.raises(ConfabError) as refused:
            await shell.told(*arguments)
        capsys.readouterr()
        assert print_failure(refused.value, as_json=False) == 1
        sentence = capsys.readouterr().err
        assert (refused.value.code, words in sentence, sentence.count("\n")) == (code, True, 1), sentence
    for misuse in MISUSES:
        with pytest.raises(UsageError):
            _parser().parse_args(misuse)


async def test_a_failure_is_one_line_or_one_document(stack: Stack, shell: Shell) -> None:
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
        told = json.loads(result.stderr)
        assert not Error().validate(told), told
        assert told["error"]["code"] == code


async def test_without_redis_they_work_but_for_an_export(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = await make_account(stack, owner)
    shell.config = replace(stack.config, redis=replace(stack.config.redis, url="redis://127.0.0.1:1"))
    await shell.told("user", "add", EVA)
    assert (await shell.told("user", "disable", EVA)).document["user"]["status"] == "disabled"
    # What is logged meanwhile does not get between a program and its document.
    result = await shell.process("user", "enable", EVA, "--json", REDIS_URL="redis://127.0.0.1:1")
    assert (result.returncode, result.stderr) == (0, "")
    with pytest.raises(Unavailable, match="No worker"):
        await shell.told("export", str(account_id))


def _leaves(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command with its options."""
    families = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not families:
        yield path
    for action in families:
        for name, command in action.choices.items():
            yield from _leaves(command, (*path, name))


@pytest.mark.parametrize("path", list(_leaves(_parser())), ids="-".join)
def test_every_command_explains_itself_and_speaks_json(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _parser().parse_args([*path, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"run.py {' '.join(path)}" in shown
    assert ("--json" in shown) is (path != ("serve",))

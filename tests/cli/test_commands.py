"""The operator's commands as processes next to a running Confab: effects, output, errors and audit entries."""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from server.errors import ConfabError, NotFound
from server.process.seed import seed_owner
from server.schemas.api_keys import ApiKey, CreatedKey
from server.schemas.privacy import OneAccountErasure, OneErasure
from server.schemas.users import TeamUser, TeamUserWithLink
from tests.cli.shell import Shell
from tests.support.factories import BIAS_PHONE, add_member, make_account, make_contact, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

EVA, PASSWORD = "eva@x.example", "correct horse 4711"
ME, CHANNELS = "/api/auth/me", "/api/channels/whatsapp"
AUDIT = "/api/audit?limit=100"


def token_of(text: str) -> str:
    return text.partition("/welcome#")[2].split()[0]


async def accept(stack: Stack, token: str, status: int = 200) -> Any:
    """Open a link as its user does."""
    body = {"token": token, "password": PASSWORD}
    answer = await stack.stranger.call("POST", "/api/auth/link/accept", body)
    assert answer.status == status, answer.raw
    return answer.body


async def written(admin: Peer) -> list[dict[str, Any]]:
    """The audit entries of the commands, oldest first."""
    lines = (await admin.ok("GET", AUDIT))["items"]
    assert all(line["user_agent"] == "command line" for line in lines if line["actor"] == "operator")
    return [line for line in reversed(lines) if line["actor"] == "operator"]


async def test_users_are_invited_by_link_and_disabled(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    added = await shell.document("user", "add", EVA, "--role", "viewer")
    assert not TeamUserWithLink().validate(added)
    assert added["link"]["url"].startswith(f"{stack.config.web.public_url}/welcome#")
    assert (added["user"]["name"], added["user"]["status"]) == ("eva", "invited")
    eva = Peer(owner.session, owner.url, (await accept(stack, token_of(added["link"]["url"])))["token"])
    assert (await eva.ok("GET", ME))["user"]["role"] == "viewer"
    first, second = [token_of((await shell.invoke("user", "reset", EVA)).text) for _ in range(2)]
    await accept(stack, first, 404)
    await accept(stack, second)
    assert (await shell.process("user", "disable", EVA)).stdout == f"Disabled {EVA}.\n"
    assert await eventually(lambda: _is_rejected(eva))
    listed = await shell.invoke("user", "list")
    people = listed.document["items"]
    assert [(person["email"], person["status"]) for person in people][1:] == [(EVA, "disabled")]
    assert not TeamUser(many=True).validate(people)
    assert listed.text.endswith("eva@x.example  eva  viewer  disabled")
    assert (await shell.invoke("user", "enable", EVA)).document["user"]["status"] == "active"
    lines = await written(owner)
    assert [line["action"] for line in lines] == [
        *("user.invited", "user.reset_link_made", "user.reset_link_made", "user.disabled", "user.enabled")
    ]
    assert second not in json.dumps(lines)


async def test_the_first_owner_can_choose_an_address_after_losing_the_link(
    web_only: Stack,
) -> None:
    link = await seed_owner(web_only.config)
    again = await Shell(web_only.config).invoke("user", "reset", web_only.config.auth.owner_email)
    body = {"token": token_of(again.text), "password": PASSWORD, "email": EVA}
    answer = await web_only.stranger.call("POST", "/api/auth/link/accept", body)
    assert (answer.status, answer.body["user"]["email"]) == (200, EVA)
    assert link is not None
    await accept(web_only, token_of(link), 404)


async def _is_rejected(peer: Peer) -> bool:
    return (await peer.call("GET", ME)).status == 401


async def test_a_password_can_be_set_and_is_never_printed(stack: Stack, shell: Shell) -> None:
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
    listed = await shell.invoke("keys", "list", email)
    assert not ApiKey(many=True).validate(listed.document["items"])
    assert f"{made['secret'][:12]}…  ana  crm  read  accounts {account_id}" in listed.text
    assert made["secret"] not in repr(listed)
    key_id = str(made["key"]["id"])
    assert (await shell.invoke("keys", "revoke", key_id)).text == f"Revoked the key {key_id} (crm)."
    assert (await program.call("GET", ME)).status == 401
    assert (await shell.invoke("keys", "list")).text == "There are no keys."
    lines = await written(owner)
    assert [line["action"] for line in lines] == ["api_key.created", "api_key.revoked"]
    assert made["secret"] not in json.dumps(lines)


async def test_plan_changes_are_audited(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    email = (await owner.ok("GET", ME))["user"]["email"]
    until = "2099-01-31T00:00:00+00:00"
    assert (await shell.document("grant", email, "--plan", "team"))["is_active"]
    await shell.invoke("grant", email, "--plan", "starter", "--until", until)
    await shell.invoke("revoke", email, "--source", "manual")
    lines = await written(owner)
    assert {(line["target_kind"], line["target_id"]) for line in lines} == {("user", str(owner.user_id))}
    scope = {"provider": "whatsapp", "source": "manual"}
    assert [(line["action"], line["details"]) for line in lines] == [
        ("entitlement.granted", {**scope, "plan": "team"}),
        ("entitlement.granted", {**scope, "plan": "starter", "plan_before": "team", "until": until}),
        ("entitlement.revoked", {**scope, "plan": "starter"}),
    ]


async def test_an_account_is_exported_and_a_contact_erased(
    stack: Stack, shell: Shell, tmp_path: Path
) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = await make_account(stack, owner)
    contact_id = await make_contact(stack, account_id)
    account, output = str(account_id), tmp_path / "all.zip"
    wrote = await shell.document("export", account, "--output", str(output))
    assert (wrote["path"], wrote["export"]["state"]) == (str(output), "ready")
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    with zipfile.ZipFile(output) as archive:
        assert "Bia Lima" in archive.read("contacts.jsonl").decode()
    with pytest.raises(ConfabError, match="exists already"):
        await shell.invoke("export", account, "--output", str(output))
    one = tmp_path / "bia.zip"
    reported = await shell.invoke("export", account, "--contact", f"+{BIAS_PHONE}", "--output", str(one))
    assert reported.text.startswith(f"Wrote {one} (")
    unsure = await shell.process("erase", account, str(contact_id))
    assert (unsure.returncode, unsure.stderr) == (1, "confab: This cannot be undone: confirm with --yes.\n")
    assert (await owner.call("GET", f"{CHANNELS}/{account_id}/contacts/{contact_id}/erasure")).status == 404
    socket = await owner.listen()
    erased = await shell.document("erase", account, f"+{BIAS_PHONE}", "--yes")
    assert not OneErasure().validate(erased)
    await socket.wait_for_event("contact:erased", id=contact_id)
    assert erased["erasure"]["contact_id"] == contact_id
    again = await shell.invoke("erase", account, str(contact_id), "--yes")
    assert again.text.startswith(f"Erased the contact {contact_id}; messages and files: ")
    assert [line["action"] for line in await written(owner)] == [
        *("export.requested", "export.fetched") * 2,
        "contact.erased",
    ]


async def test_an_account_is_erased_with_all_its_data(stack: Stack, shell: Shell) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = (await stack.make_account(owner))["id"]
    account_path = f"{CHANNELS}/{account_id}"
    with pytest.raises(ConfabError, match="confirm with --yes"):
        await shell.invoke("erase", str(account_id))
    assert (await owner.call("GET", account_path)).status == 200
    reported = await shell.invoke("erase", str(account_id), "--yes")
    assert not OneAccountErasure().validate(reported.document)
    assert (await owner.call("GET", account_path)).status == 404
    with pytest.raises(NotFound, match="being erased"):
        await shell.invoke("erase", str(account_id), "--yes")
    assert [line["action"] for line in await written(owner)] == ["account.erased"]

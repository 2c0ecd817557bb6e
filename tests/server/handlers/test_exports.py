"""Exports over REST, written by the real workers into the real storage."""

import io
import zipfile
from typing import Any

import orjson

from server.routes import ROUTES
from tests.support.factories import CHANNELS, add_member
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually
from tests.support.survey_rows import make_survey
from workers.context import Parts, open_parts
from workers.privacy.export import write_exports

ANSWERS = {route.name: route.answer for route in ROUTES}
CAIO = {"phone_number": "5511977770002", "name": "=Caio"}


async def written(stack: Stack, owner: Peer, count: int = 3) -> int:
    """An account with messages of two contacts."""
    account = await stack.make_account(owner)
    await stack.write("acc-1", "From Bia")
    await stack.write("acc-1", "=1+1", **{"from": CAIO})
    await stack.write("acc-1", "More of Bia")

    async def all_here() -> bool:
        chats = await owner.chats(account["id"])
        return sum([len(await owner.messages(account["id"], chat["id"])) for chat in chats]) == count

    await eventually(all_here)
    account_id: int = account["id"]
    return account_id


async def ask(owner: Peer, account_id: int, **wanted: Any) -> dict[str, Any]:
    export: dict[str, Any] = (await owner.ok("POST", f"{CHANNELS}/{account_id}/exports", wanted))["export"]
    return export


async def fetch(owner: Peer, account_id: int, export_id: int) -> dict[str, bytes]:
    """The files in the export, after it is ready."""
    export_path = f"{CHANNELS}/{account_id}/exports/{export_id}"

    async def ready() -> Any:
        shown = await owner.ok("GET", export_path)
        answer = ANSWERS["show_export"]
        assert answer is not None
        assert answer().validate(shown) == {}
        assert shown["export"]["state"] != "failed"
        return shown["export"]["state"] == "ready" and shown["export"]

    export = await eventually(ready)
    head = await owner.call("HEAD", export_path + "/file")
    assert (head.status, head.headers["Content-Length"], head.raw) == (200, str(export["size"]), b"")
    answer = await owner.call("GET", export_path + "/file")
    assert answer.status == 200
    assert len(answer.raw) == export["size"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.raw))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def lines(data: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in data.splitlines()]


async def write_now(stack: Stack) -> None:
    """One run of a worker's job."""
    async with open_parts(stack.config) as opened:
        await write_exports(opened)


async def test_an_export_of_a_whole_account(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    hours = {"time_zone": "Europe/Berlin", "week": [[]] * 7}
    put = await owner.ok("PUT", f"{CHANNELS}/{account_id}/hours", hours)
    export = await ask(owner, account_id, with_media=True)
    files = await fetch(owner, account_id, export["id"])
    assert lines(files["hours.jsonl"])[0] == put["hours"]
    assert lines(files["hours.jsonl"])[1]["welcome"]["is_on"] is False
    assert {m["body"] for m in lines(files["messages.jsonl"])} == {"From Bia", "=1+1", "More of Bia"}
    chats = {chat["id"]: chat for chat in await owner.chats(account_id)}
    assert {chat["id"] for chat in lines(files["chats.jsonl"])} == set(chats)
    opened = lines(files["conversations.jsonl"])
    assert {conversation["chat_id"] for conversation in opened} == set(chats)
    assert files["activities.jsonl"] == b""
    assert {who["name"] for who in lines(files["contacts.jsonl"])} >= {"Bia Lima", "=Caio"}
    assert b"'=1+1" in files["messages.csv"]
    assert all(files[name].startswith(b"\xef\xbb\xbfid,") for name in ("messages.csv", "contacts.csv"))
    assert b",+5511988880000," in files["contacts.csv"]
    assert b",=" not in files["messages.csv"] + files["contacts.csv"]
    assert set(files) >= {"README.txt", "reactions.jsonl", "attempts.jsonl", "media.jsonl", "planned.jsonl"}
    listed = await owner.ok("GET", f"{CHANNELS}/{account_id}/exports")
    assert [(one["id"], one["messages"]) for one in listed["items"]] == [(export["id"], 3)]


async def test_notes_are_in_exports_and_marked_as_internal(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    chats = {chat["contact"]["name"]: chat for chat in await owner.chats(account_id)}
    for name, text in (("Bia Lima", "Asked twice"), ("=Caio", "About another")):
        notes = f"{CHANNELS}/{account_id}/chats/{chats[name]['id']}/notes"
        await owner.ok("POST", notes, {"text": text, "mentions": [owner.user_id]})

    async def exported(**wanted: Any) -> set[tuple[str, bool]]:
        export = await ask(owner, account_id, **wanted)
        files = await fetch(owner, account_id, export["id"])
        assert b"notes.jsonl" in files["README.txt"]
        return {(note["body"], note["is_internal"]) for note in lines(files["notes.jsonl"])}

    assert await exported() == {("Asked twice", True), ("About another", True)}
    assert await exported(contact_id=chats["Bia Lima"]["contact"]["id"]) == {("Asked twice", True)}
    # Nothing of them has reached the contact.
    phone = await stack.sandbox.ok("GET", "/sandbox/state")
    assert "Asked twice" not in str(phone)


async def test_surveys_are_in_exports(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    chats = {chat["contact"]["name"]: chat for chat in await owner.chats(account_id)}
    for name, score in (("Bia Lima", 5), ("=Caio", 2)):
        await make_survey(stack, account_id, chats[name]["id"], score, user_id=owner.user_id)

    async def exported(**wanted: Any) -> list[tuple[int, int]]:
        export = await ask(owner, account_id, **wanted)
        files = await fetch(owner, account_id, export["id"])
        assert b"surveys.jsonl" in files["README.txt"]
        return [(survey["score"], survey["user_id"]) for survey in lines(files["surveys.jsonl"])]

    assert await exported() == [(5, owner.user_id), (2, owner.user_id)]
    assert await exported(contact_id=chats["Bia Lima"]["contact"]["id"]) == [(5, owner.user_id)]


async def test_an_export_of_one_contact_holds_no_other(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    contacts = [chat["contact"] for chat in await owner.chats(account_id)]
    (bia,) = [contact for contact in contacts if contact["name"] == "Bia Lima"]
    export = await ask(owner, account_id, contact_id=bia["id"])
    files = await fetch(owner, account_id, export["id"])
    assert {m["body"] for m in lines(files["messages.jsonl"])} == {"From Bia", "More of Bia"}
    assert len(lines(files["conversations.jsonl"])) == 1
    assert files["hours.jsonl"] == b""
    assert b"Caio" not in b"".join(files.values())


async def test_one_export_at_a_time_and_only_for_owners(web_only: Stack) -> None:
    owner, agent, stranger = [await web_only.sign_in(name) for name in ("owner", "agent", "stranger")]
    account_id = (await web_only.make_account(owner))["id"]
    await add_member(web_only, account_id, agent, "agent")
    export_path = f"{CHANNELS}/{account_id}/exports"
    export = await ask(owner, account_id)
    assert (await owner.call("POST", export_path, {})).status == 409
    assert (await owner.call("POST", export_path, {"contact_id": 4711})).status == 404
    one = f"{export_path}/{export['id']}"
    assert (await owner.call("GET", one + "/file")).status == 404  # it is not ready
    for method, path in (
        ("POST", export_path),
        ("GET", export_path),
        ("GET", one),
        ("GET", one + "/file"),
        ("DELETE", one),
    ):
        assert (await agent.call(method, path)).status == 403, path
        assert (await stranger.call(method, path)).status == 404, path
    other = await stranger.ok("POST", "/api/channels/whatsapp/connect", {})
    foreign = f"{CHANNELS}/{other['account']['id']}/exports/{export['id']}"
    assert (await stranger.call("GET", foreign)).status == 404
    assert (await stranger.call("DELETE", foreign)).status == 204  # nothing of theirs
    assert (await owner.call("GET", one)).status == 200
    assert (await owner.call("DELETE", one)).status == 204
    assert (await owner.call("POST", export_path, {})).status == 202


async def test_a_killed_workers_export_is_written_by_another(web_only: Stack) -> None:
    owner = await web_only.sign_in("owner")
    account_id = (await web_only.make_account(owner))["id"]
    export = await ask(owner, account_id)
    await web_only.execute(
        "update channels_export set state = 'running', tries = 1, claimed_until = now() + interval '1h'",
    )
    await write_now(web_only)
    export_path = f"{CHANNELS}/{account_id}/exports/{export['id']}"
    assert (await owner.ok("GET", export_path))["export"]["state"] == "running"
    await web_only.execute("update channels_export set claimed_until = now()")
    await write_now(web_only)
    assert set(await fetch(owner, account_id, export["id"])) >= {"messages.jsonl"}


async def test_an_export_becomes_unavailable(stack: Stack, parts: Parts) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    whole = await ask(owner, account_id)
    await fetch(owner, account_id, whole["id"])
    (contact, _) = [chat["contact"] for chat in await owner.chats(account_id)]
    await owner.ok("DELETE", f"{CHANNELS}/{account_id}/contacts/{contact['id']}")
    export_path = f"{CHANNELS}/{account_id}/exports"
    assert (await owner.call("GET", f"{export_path}/{whole['id']}/file")).status == 404

    second = await ask(owner, account_id)
    await fetch(owner, account_id, second["id"])
    await stack.execute("update channels_export set expires_at = now()")
    assert (await owner.call("GET", f"{export_path}/{second['id']}/file")).status == 404
    await write_exports(parts)
    assert (await owner.ok("GET", export_path))["items"] == []

"""Canned replies: own and shared, for a team, with variables and files; counted, exported and imported."""

from typing import Any

import pytest
from aiohttp import FormData

from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from workers.context import open_parts
from workers.media import cleanup

REPLIES = "/api/replies"


async def make(peer: Peer, name: str, text: str = "Oi", **more: object) -> int:
    made = await peer.ok("POST", REPLIES, {"name": name, "text": text, **more})
    return int(made["reply"]["id"])


async def names_of(peer: Peer) -> list[str]:
    return [item["name"] for item in (await peer.ok("GET", REPLIES))["items"]]


async def actions_of(owner: Peer) -> list[str]:
    lines = (await owner.ok("GET", "/api/audit?limit=100"))["items"]
    return [line["action"] for line in lines if line["action"].startswith("reply.")]


async def test_own_ones_are_seen_by_their_user_and_shared_ones_by_all(web_only: Stack) -> None:
    ana, bea, owner = (
        await web_only.sign_in("ana"),
        await web_only.sign_in("bea"),
        await sign_in_as(web_only, "owner"),
    )
    own = await make(ana, "Mine", "{{contact.first_name | default: 'there'}}", shortcut="oi")
    await make(ana, "Ours", shared=True)
    assert (await names_of(ana), await names_of(bea), await names_of(owner)) == (
        ["Mine", "Ours"],
        ["Ours"],
        ["Ours"],
    )
    for method, path, body in (
        ("PATCH", f"{REPLIES}/{own}", {"name": "Hers"}),
        ("DELETE", f"{REPLIES}/{own}", None),
        ("POST", f"{REPLIES}/{own}/use", None),
    ):
        assert (await owner.call(method, path, body)).status == 404
    assert await actions_of(owner) == ["reply.created"]


async def test_a_team_sees_its_own_and_admins_see_all(web_only: Stack) -> None:
    owner, ana, bea = (
        await sign_in_as(web_only, "owner"),
        await web_only.sign_in("ana"),
        await web_only.sign_in("bea"),
    )
    team = await owner.ok("POST", "/api/teams", {"name": "Sales", "user_ids": [ana.user_id]})
    team_id = team["team"]["id"]
    await make(owner, "For sales", shared=True, team_id=team_id)
    assert (await names_of(ana), await names_of(bea)) == (["For sales"], [])
    for body in ({"team_id": team_id}, {"shared": True, "team_id": 2**40}):
        answer = await ana.call("POST", REPLIES, {"name": "x", **body})
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["team_id"])
    await owner.ok("DELETE", f"/api/teams/{team_id}")
    assert await names_of(bea) == ["For sales"]


async def test_only_creators_and_admins_give_a_shared_one_to_a_team(web_only: Stack) -> None:
    """It is taken away from the others, maybe from who does it; an agent of the team can give it back to all."""
    owner, ana, bea = (
        await sign_in_as(web_only, "owner"),
        await web_only.sign_in("ana"),
        await web_only.sign_in("bea"),
    )
    body = {"name": "Sales", "user_ids": [ana.user_id]}
    team_id = (await owner.ok("POST", "/api/teams", body))["team"]["id"]
    reply_id = await make(owner, "Prices", shared=True)
    path, narrowed = f"{REPLIES}/{reply_id}", {"shared": True, "team_id": team_id}
    for peer in (ana, bea):
        assert (await peer.call("PATCH", path, narrowed)).status == 403
    assert await names_of(bea) == ["Prices"]
    assert (await owner.ok("PATCH", path, narrowed))["reply"]["team"] == {"id": team_id, "name": "Sales"}
    assert (await names_of(ana), await names_of(bea)) == (["Prices"], [])
    assert (await ana.ok("PATCH", path, {"text": "10", **narrowed}))["reply"]["text"] == "10"
    assert (await ana.ok("PATCH", path, {"shared": True, "team_id": None}))["reply"]["team"] is None
    assert await names_of(bea) == ["Prices"]


async def test_agents_change_shared_ones_and_only_creators_and_admins_delete_them(web_only: Stack) -> None:
    ana, bea, owner = (
        await web_only.sign_in("ana"),
        await web_only.sign_in("bea"),
        await sign_in_as(web_only, "owner"),
    )
    first, second = await make(ana, "First", shared=True), await make(ana, "Second", shared=True)
    changed = await bea.ok("PATCH", f"{REPLIES}/{first}", {"text": "Olá {{contact.name}}", "shortcut": "ola"})
    assert (changed["reply"]["text"], changed["reply"]["shortcut"]) == ("Olá {{contact.name}}", "ola")
    assert changed["reply"]["created_by"]["id"] == ana.user_id
    assert (await bea.call("DELETE", f"{REPLIES}/{first}")).status == 403
    assert (await bea.call("PATCH", f"{REPLIES}/{first}", {"shared": False})).status == 403
    assert (await ana.call("DELETE", f"{REPLIES}/{first}")).status == 204
    assert (await owner.call("DELETE", f"{REPLIES}/{second}")).status == 204
    assert await actions_of(owner) == [
        *("reply.deleted", "reply.deleted", "reply.changed", "reply.created", "reply.created"),
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{contact.nme}}", "{{contact.nme}}"),
        ("{{ contact.name | upper }} {{today}}", "{{contact.name | upper}}"),
        ("{{}}", "{{}}"),
        ("{{contact.name | default: there}}", "{{contact.name | default: there}}"),
    ],
)
async def test_unknown_variables_are_rejected_by_name(web_only: Stack, text: str, named: str) -> None:
    agent = await web_only.sign_in("ana")
    answer = await agent.call("POST", REPLIES, {"name": "x", "text": text})
    assert answer.status == 422
    assert answer.body["error"]["fields"]["text"][0].startswith(f"Unknown variables: {named}. Known are ")
    known = await make(
        agent, "All", '{{contact.name}} {{ today }} {{agent.first_name | default: "me"}} {{ open'
    )
    assert (await agent.call("PATCH", f"{REPLIES}/{known}", {"text": text})).status == 422


async def test_a_shortcut_is_one_word_and_taken_once(web_only: Stack) -> None:
    ana, bea = await web_only.sign_in("ana"), await web_only.sign_in("bea")
    await make(ana, "Mine", shortcut="Oi")
    second = await make(ana, "Another")
    for shortcut in ("a b", "/oi", "", "x" * 51):
        assert (await ana.call("POST", REPLIES, {"name": "x", "shortcut": shortcut})).status == 422
    assert (await ana.call("POST", REPLIES, {"name": "x", "shortcut": "oI"})).status == 409
    assert (await ana.call("PATCH", f"{REPLIES}/{second}", {"shortcut": "oi"})).status == 409
    await make(bea, "Hers", shortcut="oi")
    await make(bea, "Ours", shortcut="oi", shared=True)


async def test_the_most_used_is_first(web_only: Stack) -> None:
    ana, bea = await web_only.sign_in("ana"), await web_only.sign_in("bea")
    await make(ana, "A")
    shared = await make(ana, "B", shared=True)
    assert (await bea.call("POST", f"{REPLIES}/{shared}/use")).status == 204
    items = (await ana.ok("GET", REPLIES))["items"]
    assert [(item["name"], item["uses"]) for item in items] == [("B", 1), ("A", 0)]
    assert items[0]["last_used_at"] is not None


def form_of(*files: bytes) -> FormData:
    form = FormData(default_to_multipart=True)
    for content in files:
        form.add_field("attachments", content, filename="prices.pdf", content_type="application/pdf")
    return form


async def test_files_belong_to_a_reply_and_go_with_it(web_only: Stack) -> None:
    ana, bea = await web_only.sign_in("ana"), await web_only.sign_in("bea")
    reply_id = await make(ana, "Prices", "")
    path = f"{REPLIES}/{reply_id}/files"
    files = (await ana.ok("POST", path, data=form_of(b"%PDF-1.4", b"%PDF-1.5")))["reply"]["files"]
    answer = await ana.call("GET", f"{path}/{files[0]['id']}")
    assert (answer.raw, answer.headers["Content-Type"]) == (b"%PDF-1.4", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (await bea.call("GET", f"{path}/{files[0]['id']}")).status == 404
    assert (await bea.call("POST", path, data=form_of(b"x"))).status == 404
    assert (await ana.call("POST", path, data=form_of(*[b"x"] * 9))).status == 422
    assert (await ana.call("POST", path, {"attachments": []})).status == 400
    left = (await ana.ok("DELETE", f"{path}/{files[0]['id']}"))["reply"]["files"]
    assert [file["id"] for file in left] == [files[1]["id"]]
    assert (await ana.call("GET", f"{path}/{files[0]['id']}")).status == 404


async def test_stored_files_are_not_removed_while_a_reply_has_them(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "ORPHAN_HOURS", 0)
    monkeypatch.setattr(cleanup, "RELEASED_SECONDS", 0.0)
    ana = await web_only.sign_in("ana")
    reply_id = await make(ana, "Prices")
    path = f"{REPLIES}/{reply_id}/files"
    (file,) = (await ana.ok("POST", path, data=form_of(b"%PDF-1.4")))["reply"]["files"]
    async with open_parts(web_only.config) as parts:
        await cleanup.clear_media(parts)
        assert (await ana.call("GET", f"{path}/{file['id']}")).status == 200
        other = await make(ana, "Copy")
        await ana.ok("POST", f"{REPLIES}/{other}/files", data=form_of(b"%PDF-1.4"))
        await ana.ok("DELETE", f"{REPLIES}/{reply_id}")
        await cleanup.clear_released(parts)
        (copy,) = next(item for item in (await ana.ok("GET", REPLIES))["items"] if item["id"] == other)[
            "files"
        ]
        assert (await ana.call("GET", f"{REPLIES}/{other}/files/{copy['id']}")).status == 200


async def test_viewers_and_keys_that_only_read_change_nothing(web_only: Stack) -> None:
    owner, viewer = await sign_in_as(web_only, "owner"), await sign_in_as(web_only, "viewer")
    await make(owner, "Ours", shared=True)
    assert await names_of(viewer) == ["Ours"]
    assert (await viewer.call("POST", REPLIES, {"name": "x"})).status == 403
    key = await owner.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read"]})
    program = Peer(owner.session, owner.url, key["secret"], owner.user_id)
    assert await names_of(program) == ["Ours"]
    assert (await program.call("POST", REPLIES, {"name": "x"})).status == 403


async def test_there_is_a_limit(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    rows: list[dict[str, Any]] = [{"name": f"Reply {n}"} for n in range(499)]
    await make(ana, "First")
    assert (await ana.ok("POST", f"{REPLIES}/import", {"replies": rows})) == {"imported": 499, "rejected": []}
    assert (await ana.call("POST", REPLIES, {"name": "x"})).status == 409
    answer = await ana.ok(
        "POST", f"{REPLIES}/import", {"replies": [{"name": "x"}, {"name": "y", "shared": True}]}
    )
    assert answer["imported"] == 1
    assert answer["rejected"][0]["fields"]["name"][0].startswith("There are 500")

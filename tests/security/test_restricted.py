"""What a restricted agent reaches: each route about a chat, for each owner that it can have; none tells of others."""

from typing import Any

import pytest

from server.routes import ROUTES, Route
from server.web.app_keys import DATABASE
from tests.security.matrix_cells import GUARDED
from tests.support.factories import CHANNELS, make_chat, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer, Peer
from tests.support.restricted import OWNERS, Restricted, make_restricted
from tests.support.route_cases import NEEDED, fail_message, good_body

# A failed message is deleted here, so that comes last.
ABOUT_CHATS = sorted(
    (route for route in GUARDED if "{chat_id:" in route.path or "{message_id:" in route.path),
    key=lambda route: (route.name == "delete_message", not route.is_documented),
)
# No file of the message is stored.
WITHOUT_FILE = ("show_attachment",)
GONE = ABOUT_CHATS[-1:]


async def ask(peer: Peer, route: Route, case: Restricted) -> Answer:
    return await peer.call(route.method, case.target.path(route), good_body(route))


@pytest.mark.parametrize("owner", OWNERS)
async def test_a_chat_is_absent_unless_it_is_theirs(web_only: Stack, owner: str) -> None:
    """Every route with a chat or message in its path."""
    case = await make_restricted(web_only)
    await fail_message(web_only, case.target.message_id)
    for route in ABOUT_CHATS:
        await case.assign(owner)
        answer = await ask(case.agent, route, case)
        if owner in ("mine", "team"):
            is_reached = (
                answer.status != 404
                or route.name in WITHOUT_FILE
                or b"UniPile" in answer.raw
                or route in GONE
            )
            assert is_reached, (route.name, answer.raw[:200])
        else:
            assert answer.status == 404, (route.name, answer.status, answer.raw[:200])
            assert answer.body["error"]["code"] == "not_found"


@pytest.mark.parametrize("owner", [owner for owner in OWNERS if owner not in ("mine", "team")])
async def test_no_route_tells_of_a_hidden_chat(web_only: Stack, owner: str) -> None:
    """Every route that reads: neither names nor texts of the chat are in what a restricted agent gets."""
    case = await make_restricted(web_only)
    await case.fill()
    await case.assign(owner)
    ids = (f'"chat_id":{case.target.chat_id},', f'"id":{case.target.chat_id},"account_id"')
    more = {
        "find": ("?q=Bia", "?q=Segredo", "?has=media"),
        "list_changes": (f"?since={case.seq}",),
        "list_planned": ("?state=cancelled",),
    }
    for route in [r for r in ROUTES if r.method == "GET" and r in GUARDED]:
        for query in (NEEDED.get(route.name, ""), *more.get(route.name, ())):
            answer = await case.agent.call("GET", case.target.path(route) + query)
            text = answer.raw.decode(errors="replace").replace(" ", "")
            # Changes say which chats to drop, by id.
            hidden = case.secrets if route.name == "list_changes" else (*case.secrets, *ids)
            found = [word for word in hidden if word.replace(" ", "") in text]
            assert not found, (route.name, query, found, answer.raw[:600])


async def test_the_same_routes_tell_of_their_own(web_only: Stack) -> None:
    """The test above would see it: lists, search, changes and notifications have the chat once it is theirs."""
    case = await make_restricted(web_only)
    await case.fill()
    await case.assign("mine")
    path = f"{CHANNELS}/{case.target.account_id}"
    for told in (
        f"{path}/chats",
        f"{path}/changes?since={case.seq}",
        "/api/search?q=Segredo",
        "/api/bootstrap",
        f"{path}/planned",
    ):
        answer = await case.agent.call("GET", told)
        assert any(word in answer.raw for word in (b"Segredo", b"Bia", b'"chat_id":1,')), (
            told,
            answer.raw[:300],
        )


async def test_counts_are_of_their_own_chats(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    for n in range(3):
        await make_chat(web_only, case.target.account_id, f"chat-more-{n}")

    async def counts() -> dict[str, int]:
        body = await case.agent.ok("GET", f"{CHANNELS}/counts")
        return {name: n for name, n in body["accounts"][0].items() if name in ("mine", "unassigned", "open")}

    async def view() -> list[int]:
        return [item["chats"] for item in (await case.agent.ok("GET", "/api/views/counts"))["items"]]

    await case.assign("unassigned")
    await case.set_status("open")
    assert await counts() == {"mine": 0, "unassigned": 0, "open": 0}
    hidden = await view()
    await case.assign("mine")
    assert await counts() == {"mine": 1, "unassigned": 0, "open": 1}
    assert await view() != hidden
    await case.assign("team")
    assert await counts() == {"mine": 0, "unassigned": 1, "open": 1}
    labels = (await case.agent.ok("GET", "/api/labels"))["items"]
    assert [label["counts"] for label in labels if label["shared"]] == [
        [{"account_id": case.target.account_id, "chats": 1}]
    ]
    await case.assign("colleague")
    labels = (await case.agent.ok("GET", "/api/labels"))["items"]
    assert all(label["counts"] == [] for label in labels)


async def test_counts_of_groups_and_archived_chats_are_of_their_own(web_only: Stack) -> None:
    case = await make_restricted(web_only)

    async def counts() -> tuple[dict[str, int], int]:
        body = (await case.agent.ok("GET", f"{CHANNELS}/counts"))["accounts"][0]
        return {view: sum(row.values()) for view, row in body["groups"].items()}, sum(
            body["archived"].values()
        )

    async def turn(change: str) -> None:
        async def run(cursor: Any) -> None:
            await cursor.execute(f"update channels_chat set {change} where id = %s", (case.target.chat_id,))

        await web_only.app[DATABASE].write(run)

    expected = {"mine": (1, 0, 1), "team": (0, 1, 1)}
    for owner in OWNERS:
        await turn("kind = 'group', archived = false")
        await case.assign(owner)
        groups = expected.get(owner, (0, 0, 0))
        assert await counts() == (dict(zip(("mine", "unassigned", "all"), groups, strict=True)), 0), owner
        await turn("archived = true")
        assert await counts() == (dict.fromkeys(("mine", "unassigned", "all"), 0), groups[2]), owner


async def test_many_chats_at_once_skip_the_hidden(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("colleague")
    body = {"chat_ids": [case.target.chat_id], "action": "assign", "user_id": case.agent.user_id}
    answer = await case.agent.ok("POST", f"{CHANNELS}/{case.target.account_id}/chats/bulk", body)
    assert answer["changed"] == answer["unchanged"] == []
    assert [(item["chat_id"], item["code"]) for item in answer["skipped"]] == [
        (case.target.chat_id, "not_found")
    ]


async def test_a_key_of_a_restricted_agent_is_restricted(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    made = await case.agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
    program = Peer(case.agent.session, case.agent.url, made["secret"], case.agent.user_id)
    path = f"{CHANNELS}/{case.target.account_id}/chats/{case.target.chat_id}"
    await case.assign("colleague")
    assert (await program.call("GET", path)).status == 404
    assert (await program.call("POST", path + "/send", {"text": "Oi"})).status == 404
    await case.assign("mine")
    assert (await program.call("GET", path)).status == 200


async def test_only_who_manages_members_restricts_and_only_agents(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    members = f"{CHANNELS}/{case.target.account_id}/members"
    own = f"{members}/{case.agent.user_id}"
    assert (await case.agent.call("PUT", own, {"role": "agent", "restricted": False})).status == 403
    answer = await case.target.peer.call("PUT", own, {"role": "viewer", "restricted": True})
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["restricted"])
    listed = (await case.target.peer.ok("GET", members))["items"]
    assert {m["user_id"] for m in listed if m["restricted"]} == {case.agent.user_id}
    shown = await case.agent.ok("GET", f"{CHANNELS}/{case.target.account_id}")
    assert shown["account"]["restricted"] is True
    admin = await sign_in_as(web_only, "admin")
    await admin.ok("PUT", own, {"role": "agent"})
    assert await case.is_restricted(), "what is left out stays"
    await admin.ok("PUT", own, {"role": "owner"})
    await admin.ok("PUT", own, {"role": "agent"})
    assert not await case.is_restricted(), "another role has ended it"

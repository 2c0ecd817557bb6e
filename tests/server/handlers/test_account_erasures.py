"""Erasing an account over REST: absent for all users at once, erased with its files, and not linked again."""

from typing import Any

from server.routes import ROUTES
from tests.flows.stored_files import stored_blobs
from tests.server.handlers.test_exports import ask, fetch
from tests.support.factories import CHANNELS, add_member, audit_lines, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed, png, receive
from tests.support.peers import Peer, eventually
from workers.context import Parts
from workers.media.cleanup import clear_released

ANSWERS = {route.name: route.answer for route in ROUTES}
ERASURES = f"{CHANNELS}/erasures"
LONG_AGO = (
    "update channels_media_blob set released_at = released_at - interval '1 day', touched_at = '2020-01-01'"
)


def check(name: str, body: Any) -> None:
    answer = ANSWERS[name]
    assert answer is not None
    assert answer().validate(body) == {}


async def erased(peer: Peer) -> dict[str, Any]:
    """The newest erasure, after it is done."""

    async def done() -> Any:
        shown = await peer.ok("GET", ERASURES)
        check("list_account_erasures", shown)
        return shown["items"] and shown["items"][0]["state"] == "done" and shown["items"][0]

    found: dict[str, Any] = await eventually(done)
    return found


async def test_an_erased_account_is_absent_for_all_users_at_once(stack: Stack) -> None:
    owner, colleague = await stack.sign_in("owner"), await stack.sign_in("colleague")
    account = await stack.make_account(owner)
    account_id, account_path = account["id"], f"{CHANNELS}/{account['id']}"
    await add_member(stack, account_id, colleague, "agent")
    key = await owner.ok(
        "POST", "/api/keys", {"name": "crm", "scopes": ["read"], "account_ids": [account_id]}
    )
    program = Peer(stack.stranger.session, stack.stranger.url, key["secret"], owner.user_id)
    assert (await program.call("GET", f"{account_path}/chats")).status == 200
    sockets = [await peer.listen() for peer in (owner, colleague)]
    await stack.write("acc-1", "My secret")
    for socket in sockets:
        await socket.wait_for_event("message:new")
    (chat,) = await owner.chats(account_id)

    answer = await owner.call("POST", f"{account_path}/erasure")

    assert answer.status == 202
    check("erase_account", answer.body)
    assert answer.body["erasure"]["account_id"] == account_id
    for socket in sockets:
        await socket.wait_for_event("account:left", id=account_id)
    for peer in (owner, colleague, program):
        for path in (
            account_path,
            f"{account_path}/chats",
            f"{account_path}/chats/{chat['id']}/messages",
            f"{account_path}/changes?since=0",
        ):
            assert (await peer.call("GET", path)).status == 404, path
        assert (await peer.ok("GET", f"{CHANNELS}/accounts"))["items"] == []
    assert (await owner.call("POST", f"{account_path}/erasure")).status == 404

    async def left() -> bool:
        return not any(connection.topics for connection in stack.app_connections())

    await eventually(left)
    done = await erased(owner)
    assert (done["account_id"], done["messages"], done["unlinked"]) == (account_id, 1, True)
    lines = [line for line in await audit_lines(stack) if line.action == "account.erased"]
    assert [(line.actor_id, line.target) for line in lines] == [(owner.user_id, ("account", str(account_id)))]


async def test_erasing_an_account_erases_files_pictures_search_tokens_and_exports(
    stack: Stack, parts: Parts
) -> None:
    owner = await stack.sign_in("owner")
    account_id = (await stack.make_account(owner))["id"]
    await stack.sandbox.ok("PATCH", "/sandbox/contacts/5511988880000", {"picture": True})
    await receive(stack, owner, account_id, enclosed("a.png", png(), "image/png"), text="Quixotic")

    async def found() -> Any:
        chats = await owner.chats(account_id)
        hits = await owner.ok("GET", "/api/search?q=Quixotic")
        return hits["messages"] and chats[0]["contact"]["avatar"]

    await eventually(found)
    export = await ask(owner, account_id, with_media=True)
    assert any(name.startswith("media/") for name in await fetch(owner, account_id, export["id"]))
    assert await stored_blobs(stack) == 3

    await owner.ok("POST", f"{CHANNELS}/{account_id}/erasure")

    await erased(owner)
    hits = await owner.ok("GET", "/api/search?q=Quixotic")
    assert (hits["messages"], hits["chats"], hits["people"]) == ([], [], [])
    await stack.execute(LONG_AGO)
    await clear_released(parts)
    assert await stored_blobs(stack) == 0


async def test_an_erased_account_cannot_be_linked_again_but_a_new_one_can(stack: Stack) -> None:
    owner, other = await stack.sign_in("owner"), await stack.sign_in("other")
    account_id = (await stack.make_account(owner))["id"]
    usage = await owner.ok("GET", "/api/usage")
    await owner.ok("POST", f"{CHANNELS}/{account_id}/erasure")
    link = {"external_account_id": "acc-1"}
    for peer in (owner, other):
        assert (await peer.call("POST", f"{CHANNELS}/connect", link)).status in (404, 409)
    await erased(owner)
    assert (await owner.call("POST", f"{CHANNELS}/connect", link)).status == 404  # UniPile has let it go
    await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    for peer in (owner, other):
        answer = await peer.call("POST", f"{CHANNELS}/connect", link)
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    again = await stack.make_account(owner, "acc-2")
    assert again["id"] != account_id
    assert await owner.ok("GET", "/api/usage") == usage


async def test_only_the_owner_and_admins_erase_an_account(web_only: Stack) -> None:
    owner, agent, stranger = [await web_only.sign_in(name) for name in ("owner", "agent", "stranger")]
    admin = await sign_in_as(web_only, "admin")
    account_id = (await web_only.make_account(owner))["id"]
    await add_member(web_only, account_id, agent, "agent")
    account_path = f"{CHANNELS}/{account_id}/erasure"
    assert (await agent.call("POST", account_path)).status == 403
    assert (await stranger.call("POST", account_path)).status == 404
    key = await owner.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send", "manage"]})
    program = Peer(web_only.stranger.session, web_only.stranger.url, key["secret"], owner.user_id)
    assert (await program.call("POST", account_path)).status == 403
    assert (await owner.ok("GET", ERASURES))["items"] == []
    assert (await admin.call("POST", account_path)).status == 202  # an account they are not a member of
    (running,) = (await admin.ok("GET", ERASURES))["items"]
    assert (running["state"], running["unlinked"], running["messages"]) == ("running", False, 0)
    assert (await owner.ok("GET", ERASURES))["items"] == []  # they did not ask
    for peer in (owner, agent, admin):
        assert (await peer.call("GET", f"{CHANNELS}/{account_id}")).status == 404
        member = f"{CHANNELS}/{account_id}/members/{admin.user_id}"
        assert (await peer.call("PUT", member, {"role": "owner"})).status == 404

"""Notes over REST: written once, edited by their author for a while, deleted visibly; whom they mention has access."""

from typing import Any

from tests.server.handlers.test_conversations import chat_of, chat_path
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, add_member, audit_lines, make_chat, sign_in_as, walk
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


def notes_path(account_id: int, chat_id: int, note_id: int | None = None) -> str:
    return chat_path(account_id, chat_id, "/notes" if note_id is None else f"/notes/{note_id}")


async def write(
    peer: Peer, account_id: int, chat_id: int, text: str = "Call her", **more: Any
) -> dict[str, Any]:
    body = {"text": text, **more}
    note: dict[str, Any] = (await peer.ok("POST", notes_path(account_id, chat_id), body))["note"]
    return note


async def test_a_note_is_stored_once_pushed_and_listed(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    socket = await ana.listen()
    note = await write(agent, account_id, chat_id, client_id="n-1", mentions=[ana.user_id, ana.user_id])
    assert note["author"] == {"kind": "user", "id": agent.user_id, "name": note["author"]["name"]}
    assert [user["id"] for user in note["mentions"]] == [ana.user_id]
    (pushed,) = await socket.wait_for_event("note:new", id=note["id"])
    assert pushed["data"] == note
    assert await write(agent, account_id, chat_id, "Another text", client_id="n-1") == note
    for peer, chat in ((ana, chat_id), (agent, await make_chat(web_only, account_id, "chat-2"))):
        body = {"text": "Call her", "client_id": "n-1"}
        assert (await peer.call("POST", notes_path(account_id, chat), body)).status == 409
    later = [await write(agent, account_id, chat_id, f"Note {n}") for n in range(3)]
    listed = await walk(ana, notes_path(account_id, chat_id), 2)
    assert listed == [*reversed(later), note]
    # No message, and nothing that the chat's preview or the contact would show.
    assert len(await agent.messages(account_id, chat_id)) == 1
    assert (await chat_of(agent, account_id, chat_id))["last_message_preview"] == "Oi"


async def test_changes_replay_notes_as_they_are_now(web_only: Stack) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    first = await write(agent, account_id, chat_id, "One")
    second = await write(agent, account_id, chat_id, "Two")
    path = notes_path(account_id, chat_id, first["id"])
    edited = (await agent.ok("PATCH", path, {"text": "One, corrected"}))["note"]
    assert edited["edited_at"] is not None
    assert (await agent.ok("PATCH", path, {"text": "One, corrected"}))["note"] == edited  # nothing changes

    async def since(seq: int) -> list[tuple[str, dict[str, Any]]]:
        found = await agent.ok("GET", f"{CHANNELS}/{account_id}/changes?since={seq}")
        return [(item["event"], item["data"]) for item in found["items"] if item["event"].startswith("note")]

    assert await since(seen) == [("note:new", second), ("note:new", edited)]
    assert await since(second["seq"]) == [("note:updated", edited)]
    deleted = (await agent.ok("DELETE", path))["note"]
    assert (deleted["body"], deleted["deleted_at"] is None) == ("", False)
    assert (await agent.ok("DELETE", path))["note"] == deleted
    assert await since(edited["seq"]) == [("note:updated", deleted)]
    assert (await agent.call("PATCH", path, {"text": "Again"})).status == 409


async def test_only_the_author_edits_and_only_for_a_while(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    note = await write(agent, account_id, chat_id)
    path = notes_path(account_id, chat_id, note["id"])
    answer = await ana.call("PATCH", path, {"text": "Mine"})
    assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")
    assert (await ana.call("DELETE", path)).status == 403
    await web_only.execute("update channels_note set created_at = created_at - interval '16 minutes'")
    answer = await agent.call("PATCH", path, {"text": "Late"})
    assert (answer.status, "15 minutes" in answer.body["error"]["message"]) == (409, True)
    other = await make_chat(web_only, account_id, "chat-2")
    assert (await agent.call("DELETE", notes_path(account_id, other, note["id"]))).status == 404
    admin = await sign_in_as(web_only, "admin")
    await add_member(web_only, account_id, admin, "agent")
    assert (await admin.call("PATCH", path, {"text": "Mine"})).status == 403
    assert (await admin.call("DELETE", path)).status == 200


async def test_viewers_read_and_keys_that_send_write(web_only: Stack) -> None:
    agent, _, account_id, chat_id, _ = await make_pair(web_only)
    viewer = await web_only.sign_in("vera")
    await add_member(web_only, account_id, viewer, "viewer")
    note = await write(agent, account_id, chat_id, mentions=[viewer.user_id])
    path = notes_path(account_id, chat_id)
    assert (await viewer.ok("GET", path))["items"] == [note]
    for method, where, body in (
        ("POST", path, {"text": "Oi"}),
        ("PATCH", f"{path}/{note['id']}", {"text": "Oi"}),
        ("DELETE", f"{path}/{note['id']}", None),
    ):
        assert (await viewer.call(method, where, body)).status == 403
    made = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["send"]})
    key = Peer(web_only.stranger.session, web_only.stranger.url, made["secret"], agent.user_id)
    by_key = await write(key, account_id, chat_id)
    assert (by_key["author"]["kind"], by_key["author"]["name"]) == ("api_key", "crm")
    # The key is not its user: neither edits what the other wrote.
    assert (await agent.call("PATCH", f"{path}/{by_key['id']}", {"text": "Oi"})).status == 403
    assert (await key.call("DELETE", f"{path}/{note['id']}")).status == 403


async def test_whom_a_note_mentions_has_access_or_gets_it(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    eva = await web_only.sign_in("eva")
    path = notes_path(account_id, chat_id)
    body: dict[str, Any] = {"text": "@eva, look", "mentions": [eva.user_id, ana.user_id]}
    answer = await agent.call("POST", path, body)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["mentions"])
    (outside,) = answer.body["error"]["details"]["without_access"]
    assert outside["id"] == eva.user_id
    assert (await agent.call("POST", path, body | {"mentions": [2**40]})).status == 422
    assert (await ana.call("POST", path, body | {"grant": "agent"})).status == 403  # an agent of the account
    assert (await agent.ok("GET", path))["items"] == []
    socket = await eva.listen()
    await agent.ok("POST", path, body | {"grant": "viewer"})
    await socket.wait_for_event("account:updated", id=account_id)
    assert len((await eva.ok("GET", path))["items"]) == 1
    assert (await eva.call("POST", path, {"text": "Oi"})).status == 403
    (line,) = [line for line in await audit_lines(web_only) if line.action == "member.set"]
    assert line.details == {"user_id": eva.user_id, "role": "viewer"}


async def test_whom_a_note_mentions_is_told_once(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    note = await write(agent, account_id, chat_id, mentions=[ana.user_id, agent.user_id])
    (line,) = (await ana.ok("GET", "/api/me/notifications"))["items"]
    assert (line["kind"], line["note_id"], line["actor"]["id"]) == ("mentioned", note["id"], agent.user_id)
    assert line["preview"] is None  # what sends messages reads no note
    assert (await agent.ok("GET", "/api/me/notifications"))["items"] == []
    await ana.ok("PATCH", "/api/me/notifications", {"all": True})
    path = chat_path(account_id, chat_id, f"/notes/{note['id']}")
    await agent.ok("PATCH", path, {"text": "Again", "mentions": [ana.user_id]})
    assert len((await ana.ok("GET", "/api/me/notifications"))["items"]) == 1


async def test_a_mention_lists_the_chat_while_its_conversation_is_open(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    await make_chat(web_only, account_id, "chat-2")
    note = await write(agent, account_id, chat_id, mentions=[ana.user_id])

    async def mentioned(peer: Peer) -> list[int]:
        found = await peer.ok("GET", f"{CHANNELS}/{account_id}/chats?mentioned=me")
        return [chat["id"] for chat in found["items"]]

    assert (await mentioned(ana), await mentioned(agent)) == ([chat_id], [])
    status = chat_path(account_id, chat_id, "/status")
    await ana.ok("PUT", status, {"status": "closed"})
    assert await mentioned(ana) == []
    await ana.ok("PUT", status, {"status": "open"})
    assert await mentioned(ana) == [chat_id]
    await agent.ok("DELETE", notes_path(account_id, chat_id, note["id"]))
    assert await mentioned(ana) == []


async def test_an_assignment_and_its_note_are_stored_together(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    eva = await web_only.sign_in("eva")
    path = chat_path(account_id, chat_id, "/assignee")
    note = {"text": "Please call her", "mentions": [ana.user_id], "client_id": "n-1"}
    body = {"user_id": ana.user_id, "note": note}
    for refused in (
        {"user_id": eva.user_id, "note": note},
        body | {"note": note | {"mentions": [eva.user_id]}},
    ):
        assert (await agent.call("PUT", path, refused)).status == 422
    assert (await agent.ok("GET", notes_path(account_id, chat_id)))["items"] == []
    assert (await chat_of(agent, account_id, chat_id))["assignee"] is None
    socket = await ana.listen()
    assigned = await agent.ok("PUT", path, body)
    assert (assigned["chat"]["assignee"]["id"], assigned["note"]["body"]) == (ana.user_id, note["text"])
    await socket.wait_for_event("note:new", id=assigned["note"]["id"])
    await socket.wait_for_event("activity:new", kind="assigned")
    assert (await agent.ok("PUT", path, body))["note"] == assigned["note"]  # repeated: one note
    assert len((await agent.ok("GET", notes_path(account_id, chat_id)))["items"]) == 1


async def test_a_colleagues_note_holds_a_send(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    seen = (await chat_of(agent, account_id, chat_id))["seq"]
    own = await write(agent, account_id, chat_id, "I answer this")
    held = {"text": "Oi", "seen_seq": seen, "hold": True}
    assert (await agent.call("POST", send, held | {"client_id": "c-1"})).status == 201
    note = await write(ana, account_id, chat_id, "Say nothing yet")
    answer = await agent.call("POST", send, held | {"client_id": "c-2"})
    assert (answer.status, answer.body["error"]["code"]) == (409, "newer_messages")
    assert answer.body["error"]["details"]["notes"] == [note]
    assert own["seq"] < note["seq"]
    # An edit of a note that was seen holds nothing.
    await ana.ok("PATCH", notes_path(account_id, chat_id, note["id"]), {"text": "Say nothing"})
    assert (
        await agent.call("POST", send, held | {"client_id": "c-3", "seen_seq": note["seq"]})
    ).status == 201


async def test_notes_are_found_by_their_words(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    eva = await web_only.sign_in("eva")
    note = await write(agent, account_id, chat_id, "Asked for a discount")

    async def found(peer: Peer, more: str = "") -> list[int]:
        return [note["id"] for note in (await peer.ok("GET", f"/api/search?q=discou{more}"))["notes"]]

    assert (await found(ana), await found(ana, f"&chat={chat_id}"), await found(eva)) == (
        [note["id"]],
        [note["id"]],
        [],
    )
    (shown,) = (await ana.ok("GET", "/api/search?q=discou"))["notes"]
    (message,) = await ana.messages(account_id, chat_id)
    assert (shown["message_id"], shown["chat_kind"]) == (message["id"], "direct")
    other = await make_chat(web_only, account_id, "chat-2")
    for more in (f"&chat={other}", "&from=me", "&has=media", "&since=2100-01-01T00:00:00Z"):
        assert await found(ana, more) == []
    path = notes_path(account_id, chat_id, note["id"])
    await agent.ok("PATCH", path, {"text": "Asked for an invoice"})
    assert await found(ana) == []
    await agent.ok("DELETE", path)
    assert (await ana.ok("GET", "/api/search?q=invoice"))["notes"] == []

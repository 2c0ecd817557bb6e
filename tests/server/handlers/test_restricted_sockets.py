"""The live feed of a restricted agent: nothing of chats that are not theirs, and no gap."""

from typing import Any

from server.web.app_keys import HUB
from tests.support.factories import CHANNELS, make_chat
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, Socket
from tests.support.restricted import Restricted, make_restricted


def seqs_of(socket: Socket, account_id: int) -> list[int]:
    return [f["seq"] for f in socket.frames if f.get("account_id") == account_id and "seq" in f]


async def send(case: Restricted, text: str, chat_id: int | None = None) -> int:
    """A colleague writes; returns the account's seq then."""
    path = f"{CHANNELS}/{case.target.account_id}/chats/{chat_id or case.target.chat_id}"
    await case.target.peer.ok("POST", f"{path}/send", {"text": text})
    account = await case.target.peer.ok("GET", f"{CHANNELS}/{case.target.account_id}")
    return int(account["account"]["seq"])


async def reached(socket: Socket, account_id: int, seq: int) -> None:
    await socket.wait_for(lambda f: f.get("account_id") == account_id and f.get("seq", 0) >= seq)


def tells(frames: list[dict[str, Any]], text: str) -> bool:
    return any(text in str(frame) for frame in frames)


async def test_frames_of_hidden_chats_have_nothing_but_a_seq(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    other_id = await make_chat(web_only, case.target.account_id, "chat-2")
    await case.assign("mine")
    socket = await case.agent.listen()
    await send(case, "Segredo", other_id)
    await reached(socket, case.target.account_id, await send(case, "Olá"))
    seqs = seqs_of(socket, case.target.account_id)
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    assert tells(socket.frames, "Olá")
    assert not tells(socket.frames, "Segredo")
    skipped = socket.events("skipped")
    assert skipped
    assert all(set(f) == {"event", "account_id", "seq", "data"} and f["data"] == {} for f in skipped)


async def test_an_assignment_taken_away_arrives_as_one_frame(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("mine")
    socket = await case.agent.listen()
    assert (await socket.command("join-chat", chat_id=case.target.chat_id))["ok"]
    await case.assign("colleague")
    (hidden,) = await socket.wait_for_event("chat:hidden", id=case.target.chat_id)
    assert hidden["data"] == {
        "id": case.target.chat_id,
        "account_id": case.target.account_id,
        "chat_id": case.target.chat_id,
        "seq": hidden["seq"],
        "before": None,
    }
    await reached(socket, case.target.account_id, await send(case, "Segredo"))
    assert len(socket.events("chat:hidden")) == 1
    assert not tells(socket.frames, "Segredo")
    assert (await socket.command("typing", chat_id=case.target.chat_id, on=True))["error"][
        "code"
    ] == "not_found"
    assert (await socket.command("join-chat", chat_id=case.target.chat_id))["error"]["code"] == "not_found"


async def test_a_socket_in_the_chat_alone_leaves_it(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("team")
    socket = await case.agent.open_socket()
    await socket.command("auth", token=case.agent.token)
    assert (await socket.command("join-chat", chat_id=case.target.chat_id))["ok"]
    await send(case, "Olá")
    await socket.wait_for_event("message:updated")
    await case.assign("team's colleague")
    await socket.wait_for_event("chat:hidden", id=case.target.chat_id)
    await send(case, "Segredo")
    await socket.command("ping")
    assert not tells(socket.frames, "Segredo")
    hub = web_only.app[HUB]
    assert case.agent.user_id not in hub.membership.users_in(case.target.account_id, case.target.chat_id)


async def test_a_chat_that_becomes_theirs_arrives_whole(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("unassigned")
    socket = await case.agent.listen()
    for owner in ("mine", "team"):
        await case.assign("colleague")
        await case.assign(owner)
        await socket.wait_for(
            lambda f: f.get("event") == "chat:updated" and f["data"]["id"] == case.target.chat_id
        )
        socket.frames.clear()
        assert await case.agent.messages(case.target.account_id, case.target.chat_id)


async def replay(case: Restricted, since: int) -> Socket:
    return await case.agent.listen({str(case.target.account_id): since})


async def head(peer: Peer, account_id: int) -> int:
    return int((await peer.ok("GET", f"{CHANNELS}/{account_id}"))["account"]["seq"])


async def test_what_was_missed_is_replayed_as_far_as_it_is_theirs(web_only: Stack) -> None:
    """Taken away, and written in afterwards; another chat came and stayed. Over the socket and over REST."""
    case = await make_restricted(web_only)
    account_id, other_id = case.target.account_id, await make_chat(web_only, case.target.account_id, "chat-2")
    await case.assign("mine")
    since = await head(case.agent, account_id)
    await case.assign("colleague")
    await send(case, "Segredo")
    await case.assign("mine", other_id)
    await send(case, "Olá", other_id)
    socket = await replay(case, since)
    events = [(f["event"], f["data"]["id"]) for f in socket.frames if f.get("event", "").startswith("chat:")]
    assert sorted(events) == [("chat:hidden", case.target.chat_id), ("chat:updated", other_id)]
    assert tells(socket.frames, "Olá")
    assert not tells(socket.frames, "Segredo")
    path = f"{CHANNELS}/{account_id}/changes"
    body = await case.agent.ok("GET", f"{path}?since={since}")
    assert [(c["event"], c["data"]["id"]) for c in body["items"] if c["event"].startswith("chat:")] == events
    assert body["seq"] == await head(case.agent, account_id)
    assert not tells(body["items"], "Segredo")
    # A client that reads it page by page hears of the chat too, whose row has changed since.
    found: list[dict[str, Any]] = []
    at = since
    while True:
        page = await case.agent.ok("GET", f"{path}?since={at}&limit=1")
        found, at = [*found, *page["items"]], page["seq"]
        if not page["more"]:
            break
    assert ("chat:hidden", case.target.chat_id) in [(c["event"], c["data"].get("id")) for c in found]


async def test_who_is_restricted_reads_all_again(web_only: Stack) -> None:
    """Live at once; and after an absence, with what had been read before it."""
    case = await make_restricted(web_only)
    await case.assign("colleague")
    await case.set_restricted(False)
    account_id = case.target.account_id
    socket = await case.agent.listen()
    assert (await socket.command("join-chat", chat_id=case.target.chat_id))["ok"]
    before = await head(case.agent, account_id)
    await case.set_restricted(True)
    await socket.wait_for_event("reset", account_id=account_id)
    await reached(socket, account_id, await send(case, "Segredo"))
    assert not tells(socket.frames, "Segredo")
    changed = [f["seq"] for f in socket.events("account:updated")][-1]
    for since in (before, changed):
        again = await replay(case, since)
        assert again.events("reset")
        assert not tells(again.frames, "Segredo")
        assert (await case.agent.ok("GET", f"{CHANNELS}/{account_id}/changes?since={since}"))["reset"]
    now = await head(case.agent, account_id)
    assert not (await replay(case, now)).events("reset")
    await case.set_restricted(False)
    await again.wait_for_event("reset", 2, account_id=account_id)
    await send(case, "Segredo")
    await again.wait_for(lambda f: "Segredo" in str(f))


async def test_a_team_that_they_leave_takes_its_chats_along(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("team")
    socket = await case.agent.listen()
    since = await head(case.agent, case.target.account_id)
    team = f"/api/teams/{case.team_id}"
    await case.target.peer.ok("PATCH", team, {"user_ids": [case.target.user_id]})
    await socket.wait_for_event("reset", account_id=case.target.account_id)
    await reached(socket, case.target.account_id, await send(case, "Segredo"))
    assert not tells(socket.frames, "Segredo")
    assert (await replay(case, since)).events("reset")
    await case.assign("team")
    await case.target.peer.ok("PATCH", team, {"user_ids": [case.agent.user_id]})
    await socket.wait_for_event("reset", 2, account_id=case.target.account_id)
    assert (await case.agent.call("GET", case.chat_path)).status == 200
    await case.target.peer.call("DELETE", team)
    await socket.wait_for_event("reset", 3, account_id=case.target.account_id)
    assert (await case.agent.call("GET", case.chat_path)).status == 404


async def test_who_has_a_hidden_chat_open_is_not_told(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    other_id = await make_chat(web_only, case.target.account_id, "chat-2")
    await case.assign("mine")
    socket, colleague = await case.agent.listen(), await case.target.peer.listen()
    await socket.command("join-chat", chat_id=case.target.chat_id)
    await colleague.command("join-chat", chat_id=other_id)
    await colleague.command("join-chat", chat_id=case.target.chat_id)
    await socket.wait_for(lambda f: f.get("event") == "presence" and len(f["data"]["users"]) == 2)
    assert not [f for f in socket.events("presence") if f["data"]["chat_id"] == other_id]


async def test_unrestricted_sockets_get_the_same_frame_object(web_only: Stack) -> None:
    """Beside a restricted one: every frame, and the restricted agent's own chats too."""
    case = await make_restricted(web_only)
    await case.assign("colleague")
    socket, colleague = await case.agent.listen(), await case.target.peer.listen()
    seq = await send(case, "Olá")
    await reached(colleague, case.target.account_id, seq)
    await reached(socket, case.target.account_id, seq)
    assert tells(colleague.frames, "Olá")
    assert not colleague.events("skipped")
    assert seqs_of(colleague, case.target.account_id) == seqs_of(socket, case.target.account_id)

"""A user's own rows have seqs, are replayed and pushed like an account's changes, and only to that user."""

import asyncio
from typing import Any

import pytest

from server.realtime.broker import publish_to_feeds
from server.realtime.events import Push, make_push
from server.redis.channels import user_topic
from server.web.app_keys import HUB, REDIS
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, Socket, eventually

PREFERENCES = "/api/me/preferences"


async def listen(peer: Peer, since: int | None = None) -> tuple[Socket, int]:
    """A socket in the user's own feed, and its seq."""
    socket = await peer.open_socket()
    assert (await socket.command("auth", token=peer.token))["ok"]
    answer = await socket.command("join-user", user_id=peer.user_id, since=since)
    return socket, answer["data"]["seq"]


async def choose(peer: Peer, **channels: bool) -> dict[str, Any]:
    body = await peer.ok("PATCH", PREFERENCES, {"notifications": {"mine": channels}})
    preferences: dict[str, Any] = body["preferences"]
    return preferences


def seqs_of(socket: Socket) -> list[int]:
    return [frame["seq"] for frame in socket.frames if "user_id" in frame and frame["event"] != "head"]


async def settled(socket: Socket) -> None:
    """All that was sent before this is here."""
    assert (await socket.command("ping"))["ok"]


def push(peer: Peer, seq: int) -> Push:
    return make_push("preferences:updated", user_topic(peer.user_id), seq, None, "{}")


async def test_preferences_hold_the_defaults_until_they_are_changed(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    shown = (await agent.ok("GET", PREFERENCES))["preferences"]
    assert (shown["seq"], shown["previews"], shown["language"]) == (0, False, None)
    mine = {"bell": True, "sound": True, "desktop": True, "push": True, "mail": False}
    unassigned = {"bell": True, "sound": False, "desktop": False, "push": False, "mail": False}
    assert (shown["notifications"]["mine"], shown["notifications"]["unassigned"]) == (mine, unassigned)
    changed = await choose(agent, sound=False)
    assert changed["notifications"]["mine"] == mine | {"sound": False}
    more = {"notifications": {"unassigned": {"bell": False}}, "previews": True, "language": "pt"}
    again = await agent.ok("PATCH", PREFERENCES, more)
    both = shown["notifications"] | {
        "mine": mine | {"sound": False},
        "unassigned": unassigned | {"bell": False},
    }
    assert again["preferences"] == {"seq": 2, "notifications": both, "previews": True, "language": "pt"}
    assert await agent.ok("GET", PREFERENCES) == again
    other = await web_only.sign_in("other")
    assert (await other.ok("GET", PREFERENCES))["preferences"] == shown


@pytest.mark.parametrize("given", [{}, {"previews": 1}, {"language": "fr"}, {"language": None}])
async def test_unknown_languages_and_nothing_are_rejected(web_only: Stack, given: object) -> None:
    agent = await web_only.sign_in()
    assert (await agent.call("PATCH", PREFERENCES, given)).status == 422


@pytest.mark.parametrize(
    "given", [{"mine": {"bell": 1}}, {"mine": {"post": True}}, {"nothing": {}}, [], None]
)
async def test_unknown_preferences_are_rejected(web_only: Stack, given: object) -> None:
    agent = await web_only.sign_in()
    answer = await agent.call("PATCH", PREFERENCES, {"notifications": given})
    assert (answer.status, answer.body["error"]["code"]) == (422, "invalid")


async def test_changes_are_pushed_to_the_person_and_found_later(web_only: Stack) -> None:
    agent, other = await web_only.sign_in(), await web_only.sign_in("other")
    (socket, head), (elsewhere, _) = await listen(agent), await listen(other)
    assert head == 0
    changed = await choose(agent, bell=False)
    (frame,) = await socket.wait_for_event("preferences:updated")
    assert frame == {"event": "preferences:updated", "user_id": agent.user_id, "seq": 1, "data": changed}
    await settled(elsewhere)
    assert seqs_of(elsewhere) == []
    page = await agent.ok("GET", "/api/me/changes?since=0")
    item = {"seq": 1, "event": "preferences:updated", "data": changed}
    assert page == {"items": [item], "seq": 1, "more": False}
    assert (await agent.ok("GET", "/api/me/changes?since=1"))["items"] == []
    assert await other.ok("GET", "/api/me/changes?since=0") == {"items": [], "seq": 0, "more": False}


async def test_a_client_that_does_not_ask_gets_nothing_of_the_feed(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    socket = await agent.listen()
    (joined,) = [frame for frame in socket.frames if frame.get("ack") == 2]
    assert joined["data"] == {"accounts": {}}
    await choose(agent, bell=False)
    await settled(socket)
    assert socket.events("preferences:updated") == []


async def test_what_was_missed_is_replayed_before_the_acknowledgement(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for is_on in (False, True, False):
        await choose(agent, bell=is_on)
    socket, reached = await listen(agent, 1)
    assert (reached, seqs_of(socket)) == (3, [3])
    assert [frame.get("ack") for frame in socket.frames][-1] == 2
    await choose(agent, bell=True)
    await socket.wait_for(lambda frame: frame.get("seq") == 4)
    current, reached = await listen(agent, 4)
    assert (reached, seqs_of(current)) == (4, [])


@pytest.mark.parametrize("since", [2, 2**63 - 1])
async def test_a_cursor_beyond_the_head_is_reset(web_only: Stack, since: int) -> None:
    agent = await web_only.sign_in()
    await choose(agent, bell=False)
    socket, reached = await listen(agent, since)
    assert reached == 1
    assert [frame["data"] for frame in socket.events("reset")] == [{"user_id": agent.user_id}]
    page = await agent.ok("GET", f"/api/me/changes?since={since}")
    assert page == {"items": [], "seq": 1, "more": False, "reset": True}


@pytest.mark.parametrize("since", [-1, 2**63, 1.5, "3", True, [1]])
async def test_an_invalid_cursor_is_rejected(web_only: Stack, since: object) -> None:
    agent = await web_only.sign_in()
    socket = await agent.open_socket()
    await socket.command("auth", token=agent.token)
    answer = await socket.command("join-user", user_id=agent.user_id, since=since)
    assert answer["error"]["code"] == "invalid"


async def test_api_keys_have_no_feed(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    made = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send", "manage"]})
    program = Peer(agent.session, agent.url, made["secret"], agent.user_id)
    for method, path, body in (
        ("GET", "/api/me/changes?since=0", None),
        ("GET", PREFERENCES, None),
        ("PATCH", PREFERENCES, {"notifications": {}}),
    ):
        assert (await program.call(method, path, body)).status == 403, path
    socket = await program.open_socket()
    assert (await socket.command("auth", token=program.token))["ok"]
    answer = await socket.command("join-user", user_id=agent.user_id, since=0)
    assert answer["error"]["code"] == "forbidden"
    await program.listen()


async def test_pushes_in_any_order_arrive_in_order_and_once(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    socket, _ = await listen(agent)
    for seq in (2, 4, 1, 1, 3, 2, 6, 5):
        await publish_to_feeds(web_only.app[REDIS], {agent.user_id: [push(agent, seq)]}, "lost")
    await socket.wait_for(lambda frame: frame.get("seq") == 6)
    assert seqs_of(socket) == [1, 2, 3, 4, 5, 6]


async def test_a_gap_is_closed_from_the_rows(web_only: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = await web_only.sign_in()
    socket, _ = await listen(agent)
    with monkeypatch.context() as patch:
        patch.setattr("server.handlers.preferences.publish_to_feeds", _lose)
        await choose(agent, bell=False)
    await choose(agent, sound=False)
    (frame,) = await socket.wait_for_event("preferences:updated")
    assert (frame["seq"], seqs_of(socket)) == (2, [2])  # the row's newest state, once


async def _lose(*_: object) -> None:
    """Redis was away."""


async def test_a_lost_last_push_is_found_by_comparing_heads(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await web_only.sign_in()
    socket, _ = await listen(agent)
    monkeypatch.setattr("server.handlers.preferences.publish_to_feeds", _lose)
    await choose(agent, bell=False)
    web_only.app[HUB]._healing.compare_heads_soon()
    (frame,) = await socket.wait_for_event("preferences:updated")
    assert frame["seq"] == 1


async def test_joins_during_changes_miss_nothing(web_only: Stack) -> None:
    """There is no window between replay and live: each socket ends at the last change, in order."""
    agent = await web_only.sign_in()
    async with asyncio.TaskGroup() as tasks:
        changing = tasks.create_task(_change_often(agent, 30))
        joining = [tasks.create_task(listen(agent, 0)) for _ in range(12)]
    head = changing.result()
    for task in joining:
        socket, _ = task.result()

        async def is_there(socket: Socket = socket) -> bool:
            return bool(seqs_of(socket)) and seqs_of(socket)[-1] == head

        await eventually(is_there)
        assert seqs_of(socket) == sorted(seqs_of(socket))  # the first after the replay may come again


async def _change_often(peer: Peer, times: int) -> int:
    seq = 0
    for n in range(times):
        seq = (await choose(peer, bell=n % 2 == 0))["seq"]
    return seq


async def test_an_ended_socket_leaves_its_feed(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    socket, _ = await listen(agent)
    topics = web_only.app[HUB].membership.topics
    assert user_topic(agent.user_id) in topics
    await socket.close()

    async def left() -> bool:
        return user_topic(agent.user_id) not in topics

    await eventually(left)

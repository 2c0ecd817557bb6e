"""Each kind of frame that the server sends matches its fixture, which the page's tests read too.

After an intended change delete the fixture and run the test: it writes the file again, and fails once.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
import redis.asyncio
from yarl import URL

from server.config import ROOT, Config
from server.redis.channels import account_topic
from server.web.app_keys import HUB
from tests.support.factories import CHANNELS, make_field, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer, Socket, eventually, message_received
from tests.support.route_cases import in_a_week
from workers.context import open_parts
from workers.privacy.retention import remove_old

FRAMES = ROOT / "tests" / "fixtures" / "frames"
BIA = {"phone_number": "5511988880000", "name": "Bia Lima"}
LEA = {"phone_number": "4915112340003", "name": "Lea"}
REJECTED = "account:refused"
MISSED = "unnumbered:missed"
ID = "<id>"


def fits(value: object, fixture: object) -> bool:
    """Whether both have the same keys and JSON types; null matches everything, because some times are optional."""
    if value is None or fixture is None:
        return True
    if isinstance(value, dict) and isinstance(fixture, dict):
        value, fixture = _by_key(value), _by_key(fixture)
        # What is keyed by ids may be empty, such as the fields of a contact.
        has_same_keys = value.keys() == fixture.keys() or {*value, *fixture} == {ID}
        return has_same_keys and all(fits(value[key], fixture[key]) for key in value.keys() & fixture.keys())
    if isinstance(value, list) and isinstance(fixture, list):
        return all(fits(item, fixture[0]) for item in value if fixture)
    return type(value) is type(fixture)


def _by_key(value: Mapping[str, object]) -> Mapping[str, object]:
    """Account ids are the keys of `head` and of an acknowledgement; all of them are one key here."""
    return {ID if key.isdigit() else key: inner for key, inner in value.items()}


def check(frames: Mapping[str, object]) -> None:
    """Compare frames with their fixtures."""
    missing = {name: frame for name, frame in frames.items() if not _path(name).exists()}
    for name, frame in missing.items():
        _path(name).parent.mkdir(parents=True, exist_ok=True)
        _path(name).write_bytes(orjson.dumps(frame, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    assert not missing, "These fixtures were missing and have been written: check and commit them."
    for name, frame in frames.items():
        assert fits(frame, orjson.loads(_path(name).read_bytes())), (name, frame)


def _path(name: str) -> Path:
    return FRAMES / f"{name.replace(':', '-')}.json"


@pytest.fixture
async def quick(config: Config) -> AsyncIterator[Stack]:
    """Sends `head` often."""
    async with run_stack(replace(config, realtime=replace(config.realtime, head_seconds=1.0))) as stack:
        yield stack


async def in_two_chats(stack: Stack, agent: Peer, account_id: int) -> dict[str, int]:
    """Bia writes directly and in a group; returns the chat ids by kind."""
    await stack.write("acc-1", "Oi")
    body = {"account_id": "acc-1", "name": "Entregas", "members": [BIA, LEA]}
    group = await stack.sandbox.ok("POST", "/sandbox/groups", body)
    await stack.write("acc-1", "Bom dia", chat_id=group["id"])

    async def both() -> dict[str, int] | None:
        found = {chat["kind"]: chat["id"] for chat in await agent.chats(account_id)}
        return found if len(found) == 2 else None

    chat_ids: dict[str, int] = await eventually(both)
    return chat_ids


async def share(stack: Stack, agent: Peer, account_id: int, chat_id: int) -> Socket:
    """Give another user the account, restricted to a chat for a moment, another role on it, and take it away; returns
    their socket.
    """
    bea = await stack.sign_in("Bea")
    socket = await bea.listen()
    member = f"{CHANNELS}/{account_id}/members/{bea.user_id}"
    await agent.ok("PUT", member, {"role": "agent", "restricted": True})
    await socket.wait_for_event("account:updated", id=account_id)
    await eventually(lambda: _follows(stack, bea, account_id))
    for user_id in (bea.user_id, None):
        await agent.ok("PUT", f"{CHANNELS}/{account_id}/chats/{chat_id}/assignee", {"user_id": user_id})
    await socket.wait_for_event("chat:hidden", id=chat_id)
    await socket.wait_for_event("skipped")
    await agent.ok("PUT", member, {"role": "viewer"})
    await socket.wait_for_event("rights:changed")
    assert (await agent.call("DELETE", member)).status == 204
    await socket.wait_for_event("account:left", id=account_id)
    return socket


async def _follows(stack: Stack, user: Peer, account_id: int) -> bool:
    """Whether the user's socket has joined the account."""
    membership = stack.app[HUB].membership
    topic = account_topic(account_id)
    return any(membership.has_joined(connection, topic) for connection in membership.sockets_of(user.user_id))


async def trim(stack: Stack, agent: Peer, account_id: int) -> None:
    """Delete a message that is older than the account's retention period."""
    old = (datetime.now(UTC) - timedelta(days=40)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answer = await stack.stranger.deliver(
        message_received("acc-1", "Old", phone="5511977770009", timestamp=old)
    )
    assert answer.status == 200

    async def arrived() -> bool:
        return len(await agent.chats(account_id)) == 3

    await eventually(arrived)
    await agent.ok("PATCH", f"{CHANNELS}/{account_id}", {"retention_days": 30})
    async with open_parts(stack.config) as parts:
        await remove_old(parts)


async def everything(stack: Stack) -> dict[str, dict[str, object]]:
    """One frame of each kind but one, by event or by name of the acknowledgement."""
    agent = await stack.sign_in("Ana")
    account_id = (await stack.make_account(agent))["id"]
    socket = await agent.open_socket()
    found: dict[str, dict[str, object]] = {"acks/ok": await socket.command("auth", token=agent.token)}
    found["acks/join-user"] = await socket.command("join-user", user_id=agent.user_id, since=None)
    await agent.ok("PATCH", "/api/me/preferences", {"notifications": {"unassigned": {"sound": True}}})
    found["acks/error"] = await socket.command("join-chat", chat_id=0)
    chat_ids = await in_two_chats(stack, agent, account_id)
    found["acks/join-chat"] = await socket.command("join-chat", chat_id=chat_ids["direct"])
    await socket.command("typing", chat_id=chat_ids["direct"], on=True)
    send = f"{CHANNELS}/{account_id}/chats/{chat_ids['direct']}/send"
    await agent.ok("POST", send, {"text": "Chega hoje.", "client_id": "c-1"})
    await socket.wait_for_event("message:updated", client_id="c-1", status="delivered")
    assign = f"{CHANNELS}/{account_id}/chats/{chat_ids['direct']}/assignee"
    await agent.ok("PUT", assign, {"user_id": None})
    notes = f"{CHANNELS}/{account_id}/chats/{chat_ids['direct']}/notes"
    note = await agent.ok(
        "POST", notes, {"text": "Call her", "client_id": "n-1", "mentions": [agent.user_id]}
    )
    await agent.ok("PATCH", f"{notes}/{note['note']['id']}", {"text": "Call Bia"})
    label = await agent.ok("POST", "/api/labels", {"name": "VIP", "colour": "blue"})
    await agent.ok("PUT", f"{CHANNELS}/{account_id}/chats/{chat_ids['direct']}/labels/{label['label']['id']}")
    await socket.wait_for_event("notification:updated")
    await agent.ok("PATCH", "/api/me/notifications", {"all": True})
    await agent.ok("POST", "/api/views", {"name": "Mine", "query": {"assignee": "me"}})
    await make_field(await sign_in_as(stack, "owner"), "City")
    draft = {"text": "Olá", "is_shared": True}
    await agent.ok("PUT", f"{CHANNELS}/{account_id}/chats/{chat_ids['direct']}/draft", draft)
    planned = {"text": "Amanhã", "send_at": in_a_week(), "quote_id": None}
    await agent.ok("POST", f"{CHANNELS}/{account_id}/chats/{chat_ids['direct']}/planned", planned)
    colleague = await share(stack, agent, account_id, chat_ids["direct"])
    await stack.write("acc-1", "Casei", **{"from": BIA | {"name": "Bia Souza"}})
    (contact,) = await socket.wait_for_event("contact:updated", name="Bia Souza")
    beyond = await agent.listen({str(account_id): 10**6})
    await trim(stack, agent, account_id)
    await agent.ok("DELETE", f"{CHANNELS}/{account_id}/contacts/{contact['data']['id']}")
    heard = {
        "message:new": await socket.wait_for_event("message:new", body="Oi"),
        "message:sent": await socket.wait_for_event("message:sent", client_id="c-1"),
        "message:updated": await socket.wait_for_event("message:updated", client_id="c-1", status="sending"),
        "chat:updated": await socket.wait_for_event("chat:updated", id=chat_ids["direct"]),
        "activity:new": await socket.wait_for_event("activity:new", kind="assigned"),
        "note:new": await socket.wait_for_event("note:new", client_id="n-1"),
        "note:updated": await socket.wait_for_event("note:updated", client_id="n-1"),
        "planned:updated": await socket.wait_for_event("planned:updated"),
        "account:updated": await socket.wait_for_event("account:updated", retention_days=30),
        "account:left": await colleague.wait_for_event("account:left"),
        "chat:hidden": await colleague.wait_for_event("chat:hidden"),
        "skipped": await colleague.wait_for_event("skipped"),
        "rights:changed": await colleague.wait_for_event("rights:changed"),
        "reset": await beyond.wait_for_event("reset"),
        "head": await socket.wait_for_event("head"),
        # Its picture may have arrived before, in a frame of its own.
        "contact:updated": [contact],
    }
    for event in (
        "preferences:updated",
        "notification:updated",
        "notifications:read",
        "draft:saved",
        "draft:updated",
        "usage:updated",
        "labels:changed",
        "views:changed",
        "presence",
        "typing",
        "chat:trimmed",
        "contact-fields:changed",
    ):
        heard[event] = await socket.wait_for_event(event)
    for event in ("chat:erased", "message:erased", "contact:erased"):
        heard[event] = await socket.wait_for_event(event)
    return found | {event: frames[0] for event, frames in heard.items()}


async def test_frames_match_their_fixtures(quick: Stack) -> None:
    frames = await everything(quick)
    check(frames)
    files = {path.relative_to(FRAMES).with_suffix("").as_posix() for path in FRAMES.rglob("*.json")}
    assert {name.replace(":", "-") for name in (*frames, REJECTED, MISSED)} == files


async def test_the_frame_of_a_rejected_account_matches_its_fixture(tiny_working: Stack) -> None:
    agent = await tiny_working.sign_in()
    socket = await agent.listen()
    pages = [(await agent.ok("POST", f"{CHANNELS}/connect", {"method": "hosted"}))["url"] for _ in range(2)]
    for page in pages:
        choice = {"choice": "scan"}
        await tiny_working.sandbox.call("POST", URL(page).path, data=choice, allow_redirects=False)
        await eventually(lambda: _has_account(agent))
    (frame,) = await socket.wait_for_event(REJECTED)
    check({REJECTED: frame})


async def test_the_frame_after_a_cut_subscription_matches_its_fixture(web_only: Stack) -> None:
    """What has no seq leaves no gap: sockets that stayed open are told to read it again."""
    client = redis.asyncio.Redis.from_url(str(web_only.config.redis.url))
    socket = await (await web_only.sign_in()).listen()
    assert not socket.events(MISSED)
    await eventually(partial(client.client_kill_filter, _type="pubsub"))
    (frame,) = await socket.wait_for_event(MISSED)
    await client.aclose()
    check({MISSED: frame})


async def _has_account(agent: Peer) -> bool:
    return bool((await agent.ok("GET", f"{CHANNELS}/accounts"))["items"])


def test_documented_pushes_and_fixtures_correspond() -> None:
    document = (ROOT / "docs" / "protocol.md").read_text()
    events = {orjson.loads(path.read_bytes())["event"] for path in FRAMES.glob("*.json")}
    assert {event for event in events if f"`{event}`" not in document} == set()
    assert set(re.findall(r"`([a-z]+:[a-z]+)`", document)) <= events


def test_a_frame_with_another_key_or_type_does_not_fit() -> None:
    frame = orjson.loads((FRAMES / "presence.json").read_bytes())
    user = frame["data"]["users"][0]
    for users, does_fit in (([], True), ([user | {"user_id": "1"}], False), ([{"name": "Ana"}], False)):
        assert fits(frame | {"data": frame["data"] | {"users": users}}, frame) == does_fit
    assert not fits(frame | {"seq": 1}, frame)

"""Chats over REST: the list and its filters, one chat, the read flag, and permissions."""

import base64
from datetime import timedelta
from typing import Any

from arq.constants import job_key_prefix

from server.queue import MIRROR_CHAT, OUTBOX_QUEUE, deserialize
from server.web.app_keys import REDIS
from tests.server.handlers.test_accounts import BAD_CURSORS, bad_list_queries
from tests.support.factories import (
    CHANNELS,
    START,
    add_member,
    make_account,
    make_chat,
    make_chats,
    make_messages,
    walk,
)
from tests.support.fixtures_stack import Stack


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


# Cursors that Python would read as a time, and Postgres perhaps not.
ODD_TIMES = [
    "2026-03-02T09:00:00",
    "yesterday",
    "infinity",
    "now",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
]
READABLE_TIMES = ["2026-W10-1T00:00:00+00:00", "2026-03-02T09:00:00+23:59", "20260302T090000Z"]


async def test_chats_come_newest_first(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    old, new = await make_chats(web_only, account_id, ["chat-old", "chat-new"])
    first, second = await agent.chats(account_id)
    assert (first["id"], second["id"]) == (new, old)
    assert (first["provider_chat_id"], first["unread_count"], first["last_message_preview"]) == (
        "chat-new",
        1,
        "Oi",
    )
    assert await agent.ok("GET", f"{CHANNELS}/{account_id}/chats/{new}") == {"chat": first}
    await make_messages(web_only, account_id, old, [START + timedelta(days=1)])
    assert [chat["id"] for chat in await agent.chats(account_id)] == [old, new]


async def test_the_list_is_walked_without_hole_and_repetition(web_only: Stack) -> None:
    """Also if many chats have the same time and are ordered by id."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    same = await make_chats(web_only, account_id, [f"same-{n}" for n in range(7)], minutes=0)
    later = await make_chats(web_only, account_id, [f"later-{n}" for n in range(6)], minutes=1)
    everything = sorted(same + later[:1], reverse=True)  # the first of `later` has the others' time
    wanted = [*reversed(later[1:]), *everything]
    for limit in (1, 2, 3, 6, 13, 14, 100):
        found = await walk(agent, f"{CHANNELS}/{account_id}/chats", limit)
        assert [chat["id"] for chat in found] == wanted, limit


async def test_the_list_is_filtered(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    direct = await make_chat(web_only, account_id, "direct")
    group = await make_chat(web_only, account_id, "group", kind="group")
    await agent.ok("PATCH", f"{CHANNELS}/{account_id}/chats/{direct}", {"read": True})
    for chosen, wanted in (("unread", [group]), ("groups", [group]), ("archived", [])):
        page = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?filter={chosen}")
        assert [chat["id"] for chat in page["items"]] == wanted
    await agent.ok("PATCH", f"{CHANNELS}/{account_id}/chats/{direct}", {"pinned": True})
    await agent.ok("PATCH", f"{CHANNELS}/{account_id}/chats/{group}", {"pinned": True, "archived": True})
    for chosen, wanted in (("pinned", [direct]), ("archived", [group])):
        page = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?filter={chosen}")
        assert [chat["id"] for chat in page["items"]] == wanted
    answer = await agent.call("GET", f"{CHANNELS}/{account_id}/chats?filter=nonsense")
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["filter"])


async def test_a_query_that_is_not_understood_is_invalid(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    odd = [*BAD_CURSORS, *(cursor_of(f"{moment}|1") for moment in ODD_TIMES)]
    for path in (f"{CHANNELS}/{account_id}/chats", f"{CHANNELS}/{account_id}/chats/{chat_id}/messages"):
        await bad_list_queries(agent, path, odd)
        for moment in READABLE_TIMES:
            await agent.ok("GET", f"{path}?cursor={cursor_of(f'{moment}|1')}")


async def queued_mirrors(stack: Stack) -> list[Any]:
    """The arguments of the queued jobs that mirror flags to UniPile."""
    redis = stack.app[REDIS]
    ids = await redis.zrange(OUTBOX_QUEUE, 0, -1)
    jobs = [deserialize(await redis.get(job_key_prefix.encode() + job_id)) for job_id in ids]
    return [job["a"] for job in jobs if job["f"] == MIRROR_CHAT]


async def test_a_chat_is_marked_read_and_unread(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_messages(web_only, account_id, chat_id, [START + timedelta(days=1)])
    socket = await agent.listen()
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    seq = (await agent.ok("GET", path))["chat"]["seq"]
    for is_read, unread in ((True, 0), (True, 0), (False, 1)):
        chat = (await agent.ok("PATCH", path, {"read": is_read}))["chat"]
        assert chat["unread_count"] == unread
        assert chat["seq"] > seq
        assert await agent.ok("GET", path) == {"chat": chat}
        (push,) = await socket.wait_for_event("chat:updated", seq=chat["seq"])
        assert push["data"] == chat
        seq = chat["seq"]
    assert sorted(await queued_mirrors(web_only)) == sorted(
        [[chat_id, ["read"]], [chat_id, ["read"]], [chat_id, ["unread"]]]
    )


BAD_PATCHES: list[Any] = [
    {},
    {"read": None},
    {"read": "true"},
    {"read": 1},
    {"read": []},
    {"title": "x"},
    {"read": True, "unread_count": 3},
]


async def test_a_patch_that_is_not_understood_is_invalid_and_changes_nothing(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    path = f"{CHANNELS}/{account_id}/chats/{await make_chat(web_only, account_id)}"
    before = await agent.ok("GET", path)
    for body in BAD_PATCHES:
        answer = await agent.call("PATCH", path, body)
        assert (answer.status, answer.body["error"]["code"]) == (422, "invalid"), body
        assert answer.body["error"]["fields"]
    assert await agent.ok("GET", path) == before
    assert await queued_mirrors(web_only) == []


def requests_of(account_id: object, chat_id: object) -> list[tuple[str, str, Any]]:
    """Every way to a chat."""
    path = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    return [
        ("GET", path, None),
        ("PATCH", path, {"read": True}),
        ("GET", f"{path}/messages", None),
        ("POST", f"{path}/send", {"text": "Oi"}),
    ]


async def test_rows_of_others_look_like_absent_rows(web_only: Stack) -> None:
    owner, other = await web_only.sign_in("owner"), await web_only.sign_in("other")
    account_id = await make_account(web_only, owner, "acc-1")
    second_id = await make_account(web_only, owner, "acc-2")
    own_id = await make_account(web_only, other, "acc-3")
    chat_id, second_chat = await make_chat(web_only, account_id), await make_chat(web_only, second_id)
    ways = [
        (other, account_id, chat_id),  # foreign account
        (other, own_id, chat_id),  # a foreign chat under an own account
        (owner, account_id, second_chat),  # an own chat under another own account
        (owner, account_id, chat_id + 1000),
        (owner, account_id, 2**63),
        (owner, account_id, "9" * 20),
        (owner, "9" * 20, chat_id),
    ]
    bodies = set()
    for peer, account, chat in ways:
        for method, path, body in requests_of(account, chat):
            answer = await peer.call(method, path, body)
            assert answer.status == 404, (method, path)
            bodies.add((answer.body["error"]["code"], answer.body["error"]["message"]))
    for listed in ("chats", "changes?since=0"):
        answer = await other.call("GET", f"{CHANNELS}/{account_id}/{listed}")
        bodies.add((answer.body["error"]["code"], answer.body["error"]["message"]))
    assert bodies == {("not_found", "Not found, or not accessible to you.")}
    assert (await owner.chats(account_id))[0]["unread_count"] == 1


async def test_a_provider_that_does_not_work_yet_is_absent(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    lists: list[tuple[str, str, Any]] = [
        ("GET", f"{CHANNELS}/{account_id}/chats", None),
        ("GET", f"{CHANNELS}/{account_id}/changes?since=0", None),
    ]
    for method, path, body in requests_of(account_id, chat_id) + lists:
        answer = await agent.call(method, path.replace("whatsapp", "telegram"), body)
        assert (answer.status, answer.body["error"]["code"]) == (404, "not_found"), (method, path)
    assert (await agent.chats(account_id))[0]["unread_count"] == 1


async def test_a_viewer_reads_and_changes_nothing(web_only: Stack) -> None:
    owner, viewer = await web_only.sign_in("owner"), await web_only.sign_in("viewer")
    account_id = await make_account(web_only, owner)
    chat_id = await make_chat(web_only, account_id)
    await add_member(web_only, account_id, viewer, "viewer")
    assert await viewer.chats(account_id) == await owner.chats(account_id)
    for method, path, body in requests_of(account_id, chat_id):
        answer = await viewer.call(method, path, body)
        assert answer.status == (200 if method == "GET" else 403), method
        if method != "GET":
            assert answer.body["error"]["code"] == "forbidden"
    assert (await owner.chats(account_id))[0]["unread_count"] == 1

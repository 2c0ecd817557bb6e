"""Labels over REST: shared ones in the chat's row, private ones only for their owner; counts; who may change them."""

import asyncio
from functools import partial
from typing import Any

from tests.server.handlers.test_conversations import chat_of, chat_path
from tests.server.handlers.test_exports import ask, fetch, lines, written
from tests.server.handlers.test_owners import make_pair, set_role
from tests.support.factories import CHANNELS, make_chat, make_label, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually


def label_path(account_id: int, chat_id: int, label_id: int) -> str:
    return chat_path(account_id, chat_id, f"/labels/{label_id}")


async def labels_of(peer: Peer) -> dict[str, dict[str, Any]]:
    """The labels that the user sees, by name."""
    return {item["name"]: item for item in (await peer.ok("GET", "/api/labels"))["items"]}


async def listed(peer: Peer, account_id: int, query: str) -> list[int]:
    page = await peer.ok("GET", f"{CHANNELS}/{account_id}/chats?{query}")
    return [item["id"] for item in page["items"]]


async def test_a_shared_label_is_pushed_counted_and_found(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    label_id = await make_label(agent, "VIP")
    socket = await ana.listen()
    path = label_path(account_id, chat_id, label_id)
    done = await agent.ok("PUT", path)
    assert (done["chat"]["labels"], done["private_labels"]) == ([label_id], [])
    (pushed,) = await socket.wait_for_event("chat:updated", id=chat_id)
    assert pushed["data"] == done["chat"] == await chat_of(ana, account_id, chat_id)
    (activity,) = await socket.wait_for_event("activity:new", kind="labelled")
    assert activity["data"]["details"] == {"label_id": label_id, "label": "VIP"}
    assert activity["data"]["actor"]["id"] == agent.user_id
    assert (await labels_of(ana))["VIP"]["counts"] == [{"account_id": account_id, "chats": 1}]
    assert await listed(ana, account_id, f"labels={label_id}") == [chat_id]
    # Repeated, nothing changes.
    assert (await agent.ok("PUT", path))["chat"]["seq"] == done["chat"]["seq"]
    removed = await ana.ok("DELETE", path)
    assert removed["chat"]["labels"] == []
    assert removed["chat"]["state_seq"] == done["chat"]["state_seq"]
    assert (await labels_of(ana))["VIP"]["counts"] == []
    assert await listed(ana, account_id, f"labels={label_id}") == []


async def test_what_happened_is_replayed_in_order(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    since = (await chat_of(agent, account_id, chat_id))["seq"]
    label_id = await make_label(agent, "VIP")
    await agent.ok("PUT", label_path(account_id, chat_id, label_id))
    await agent.ok("DELETE", label_path(account_id, chat_id, label_id))
    found = (await ana.ok("GET", f"{CHANNELS}/{account_id}/changes?since={since}"))["items"]
    assert [item["data"]["kind"] for item in found if item["event"] == "activity:new"] == [
        "labelled",
        "unlabelled",
    ]
    assert [item["seq"] for item in found] == sorted(item["seq"] for item in found)


async def test_a_chat_must_have_all_labels_and_counts_leave_out_archived_ones(web_only: Stack) -> None:
    agent, _, account_id, first, _ = await make_pair(web_only)
    second = await make_chat(web_only, account_id, "chat-2")
    vip, late = await make_label(agent, "VIP"), await make_label(agent, "Late")
    for chat_id, label_id in ((first, vip), (first, late), (second, vip)):
        await agent.ok("PUT", label_path(account_id, chat_id, label_id))
    assert sorted(await listed(agent, account_id, f"labels={vip}")) == sorted([first, second])
    assert await listed(agent, account_id, f"labels={vip},{late}") == [first]
    await agent.ok("PATCH", chat_path(account_id, second), {"archived": True})
    assert (await labels_of(agent))["VIP"]["counts"] == [{"account_id": account_id, "chats": 1}]
    assert await listed(agent, account_id, f"labels={vip}&filter=archived") == [second]
    await agent.ok("PATCH", chat_path(account_id, second), {"archived": False})
    assert (await labels_of(agent))["VIP"]["counts"][0]["chats"] == 2
    for query in ("labels=", "labels=x", "labels=1,", "labels=0"):
        assert (await agent.call("GET", f"{CHANNELS}/{account_id}/chats?{query}")).status == 422


async def test_only_its_owner_sees_a_private_label(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    label_id = await make_label(agent, "Difficult", shared=False)
    before = await chat_of(ana, account_id, chat_id)
    mine, theirs = await agent.listen(), await ana.listen()
    path = label_path(account_id, chat_id, label_id)
    done = await agent.ok("PUT", path)
    assert (done["chat"], done["private_labels"]) == (before, [label_id])
    await mine.wait_for_event("labels:changed")
    assert await listed(agent, account_id, f"labels={label_id}") == [chat_id]
    assert (await labels_of(agent))["Difficult"]["counts"] == [{"account_id": account_id, "chats": 1}]
    private = {"account_id": account_id, "chat_id": chat_id, "labels": [label_id]}
    assert (await agent.ok("GET", "/api/private-labels"))["items"] == [private]
    # The other user, also an admin, and a program of its owner: nothing in any route, and nothing was pushed.
    await set_team_role(web_only, ana)
    key = await key_of(agent)
    for peer in (ana, key):
        assert await labels_of(peer) == {}
        assert await listed(peer, account_id, f"labels={label_id}") == []
        for method in ("PUT", "DELETE"):
            assert (await peer.call(method, path)).status == 404
    assert (await ana.ok("GET", "/api/private-labels"))["items"] == []
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert (await ana.call(method, f"/api/labels/{label_id}", body)).status == 404
    assert await chat_of(ana, account_id, chat_id) == before
    answer = await ana.ok("GET", f"{CHANNELS}/{account_id}/changes?since={before['seq']}")
    assert answer["items"] == []
    assert (await ana.ok("GET", chat_path(account_id, chat_id, "/activities")))["items"] == []
    # Two users may have private labels of one name; their next shared change is the next frame.
    await make_label(ana, "Difficult", shared=False)
    await theirs.wait_for_event("labels:changed")
    assert [frame for frame in theirs.frames if frame.get("event") == "chat:updated"] == []


async def set_team_role(stack: Stack, peer: Peer) -> None:
    owner = await sign_in_as(stack, "owner")
    await owner.ok("PATCH", f"/api/users/{peer.user_id}", {"role": "admin"})


async def key_of(peer: Peer) -> Peer:
    made = await peer.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
    return Peer(peer.session, peer.url, made["secret"], peer.user_id)


async def test_an_export_has_shared_labels_only(stack: Stack) -> None:
    owner = await stack.sign_in("owner")
    account_id = await written(stack, owner)
    first, second, *_ = [chat["id"] for chat in await owner.chats(account_id)]
    vip, mine = await make_label(owner, "VIP"), await make_label(owner, "Difficult", shared=False)
    await make_label(owner, "Unused")
    for label_id in (vip, mine):
        await owner.ok("PUT", label_path(account_id, first, label_id))
    files = await fetch(owner, account_id, (await ask(owner, account_id))["id"])
    assert [label["name"] for label in lines(files["labels.jsonl"])] == ["VIP"]
    assert {chat["id"]: chat["labels"] for chat in lines(files["chats.jsonl"])} == {first: [vip], second: []}


async def test_labels_go_with_an_erased_contact(stack: Stack) -> None:
    agent = await stack.sign_in()
    account_id = (await stack.make_account(agent))["id"]
    await stack.write("acc-1", "Oi")
    chat = await eventually(partial(first_chat, agent, account_id))
    for shared in (True, False):
        label_id = await make_label(agent, "VIP", shared=shared)
        await agent.ok("PUT", label_path(account_id, chat["id"], label_id))
    await agent.ok("DELETE", f"{CHANNELS}/{account_id}/contacts/{chat['contact']['id']}")

    async def is_gone() -> bool:
        return [label["counts"] for label in (await agent.ok("GET", "/api/labels"))["items"]] == [[], []]

    await eventually(is_gone)
    assert (await agent.ok("GET", "/api/private-labels"))["items"] == []


async def first_chat(peer: Peer, account_id: int) -> dict[str, Any] | None:
    return next((chat for chat in await peer.chats(account_id) if chat["contact"]), None)


async def test_a_private_label_ends_with_the_membership(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    label_id = await make_label(ana, "Mine", shared=False)
    await ana.ok("PUT", label_path(account_id, chat_id, label_id))
    await set_role(agent, account_id, ana, "viewer")
    assert (await ana.call("PUT", label_path(account_id, chat_id, label_id))).status == 403
    assert (await agent.call("DELETE", f"{CHANNELS}/{account_id}/members/{ana.user_id}")).status == 204
    await set_role(agent, account_id, ana, "agent")
    assert (await ana.ok("GET", "/api/private-labels"))["items"] == []
    assert (await labels_of(ana))["Mine"]["counts"] == []


async def test_shared_labels_are_changed_by_their_maker_and_admins(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    owner = await sign_in_as(web_only, "owner")
    label_id = await make_label(agent, "VIP")
    await agent.ok("PUT", label_path(account_id, chat_id, label_id))
    path = f"/api/labels/{label_id}"
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        assert (await ana.call(method, path, body)).status == 403
    assert (await ana.call("POST", "/api/labels", {"name": "vip", "colour": "red"})).status == 409
    assert (await ana.call("POST", "/api/labels", {"name": "x", "colour": "puce"})).status == 422
    assert (await agent.call("PATCH", path, {})).status == 422
    renamed = (await owner.ok("PATCH", path, {"name": "Key account", "colour": "red"}))["label"]
    assert (renamed["name"], renamed["colour"], renamed["shared"]) == ("Key account", "red", True)
    # The name of old activities is the newest, also when the label is gone.
    socket = await ana.listen()
    assert (await agent.call("DELETE", path)).status == 204
    (pushed,) = await socket.wait_for_event("chat:updated", id=chat_id)
    assert pushed["data"]["labels"] == [] == (await chat_of(ana, account_id, chat_id))["labels"]
    activities = (await ana.ok("GET", chat_path(account_id, chat_id, "/activities")))["items"]
    assert activities[0]["details"]["label"] == "Key account"
    assert (await agent.call("DELETE", path)).status == 404
    assert (await agent.call("PUT", label_path(account_id, chat_id, label_id))).status == 404
    assert await make_label(ana, "Key account") != label_id


async def test_labels_of_two_users_at_once_all_stay(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    names = [f"Label {n}" for n in range(6)]
    ids = [await make_label(agent, name) for name in names]
    await asyncio.gather(
        *(
            (agent, ana)[n % 2].ok("PUT", label_path(account_id, chat_id, label_id))
            for n, label_id in enumerate(ids)
        )
    )
    assert sorted((await chat_of(agent, account_id, chat_id))["labels"]) == ids
    await asyncio.gather(
        *(peer.call("DELETE", label_path(account_id, chat_id, ids[0])) for peer in (agent, ana)),
        agent.call("DELETE", f"/api/labels/{ids[1]}"),
        ana.call("DELETE", label_path(account_id, chat_id, ids[1])),
    )
    assert sorted((await chat_of(agent, account_id, chat_id))["labels"]) == ids[2:]
    counts = {name: label["counts"] for name, label in (await labels_of(ana)).items()}
    assert counts == {names[0]: []} | {name: [{"account_id": account_id, "chats": 1}] for name in names[2:]}

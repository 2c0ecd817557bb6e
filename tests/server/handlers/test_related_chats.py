"""The chats with the same person on the caller's other accounts."""

from tests.support.factories import (
    BIAS_PHONE,
    CHANNELS,
    add_member,
    make_account,
    make_chat,
    make_contact,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

JID, LID = f"{BIAS_PHONE}@s.whatsapp.net", f"1{BIAS_PHONE}@lid"


async def related(peer: Peer, account_id: int, chat_id: int) -> list[int]:
    body = await peer.ok("GET", f"{CHANNELS}/{account_id}/chats/{chat_id}/related")
    return [chat["id"] for chat in body["items"]]


async def make_direct_chat(stack: Stack, owner: Peer, name: str, address: str = JID) -> tuple[int, int]:
    account_id = await make_account(stack, owner, name)
    await make_contact(stack, account_id)
    return account_id, await make_chat(stack, account_id, name, address=address)


async def test_chats_with_one_person_over_several_accounts_are_related(web_only: Stack) -> None:
    """By any id they have there, and only those that the caller can see."""
    owner, viewer = await web_only.sign_in(), await web_only.sign_in("viewer")
    first, second, third = [
        await make_direct_chat(web_only, owner, name, address)
        for name, address in (("acc-1", JID), ("acc-2", LID), ("acc-3", JID))
    ]
    await make_chat(web_only, second[0], "somebody", address="4915112340003@s.whatsapp.net")
    await make_chat(web_only, second[0], "group", kind="group")
    assert sorted(await related(owner, *first)) == sorted([second[1], third[1]])
    assert sorted(await related(owner, *second)) == sorted([first[1], third[1]])
    await add_member(web_only, first[0], viewer, "viewer")
    assert await related(viewer, *first) == []
    await add_member(web_only, third[0], viewer, "viewer")
    assert await related(viewer, *first) == [third[1]]


async def test_a_key_sees_related_chats_of_its_accounts_only(web_only: Stack) -> None:
    owner = await web_only.sign_in()
    first, second, third = [
        await make_direct_chat(web_only, owner, name) for name in ("acc-1", "acc-2", "acc-3")
    ]
    wanted = {"name": "crm", "scopes": ["read"], "account_ids": [first[0], third[0]]}
    made = await owner.ok("POST", "/api/keys", wanted)
    key = Peer(owner.session, owner.url, made["secret"], owner.user_id)
    assert await related(key, *first) == [third[1]]
    answer = await key.call("GET", f"{CHANNELS}/{second[0]}/chats/{second[1]}/related")
    assert answer.status == 404


async def test_groups_have_no_related_chats_and_foreign_chats_do_not_exist(web_only: Stack) -> None:
    owner, stranger = await web_only.sign_in(), await web_only.sign_in("stranger")
    first, second = [await make_direct_chat(web_only, owner, name) for name in ("acc-1", "acc-2")]
    group = await make_chat(web_only, first[0], "group", kind="group", address=JID)
    assert await related(owner, first[0], group) == []
    for account_id, chat_id in ((first[0], second[1]), (first[0], 999), (999, first[1])):
        path = f"{CHANNELS}/{account_id}/chats/{chat_id}/related"
        assert (await owner.call("GET", path)).status == 404
    assert (await stranger.call("GET", f"{CHANNELS}/{first[0]}/chats/{first[1]}/related")).status == 404

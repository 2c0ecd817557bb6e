"""The one request with which the app starts: each part is what its own route answers, to the same callers."""

import orjson
import pytest

from server.store.chats import first_pages
from tests.support.factories import CHANNELS, add_member, make_account, make_chats, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

BOOTSTRAP = "/api/bootstrap"
ABSENT = 10**15


async def raw(peer: Peer, path: str) -> bytes:
    answer = await peer.call("GET", path)
    assert answer.status == 200, (path, answer.raw[:300])
    return answer.raw


async def expected(peer: Peer, account_ids: list[int], limit: int, chosen: str = "") -> bytes:
    """What the single routes answer, put together byte by byte."""
    parts = [
        b'"me":' + await raw(peer, "/api/auth/me"),
        b'"entitlements":' + await raw(peer, "/api/entitlements"),
        b'"accounts":' + await raw(peer, f"{CHANNELS}/accounts?limit=100"),
        b'"unread":' + await raw(peer, f"{CHANNELS}/unread"),
        b'"counts":' + await raw(peer, f"{CHANNELS}/counts"),
    ]
    lists = []
    for account_id in account_ids:
        path = f"{CHANNELS}/{account_id}/chats?limit={limit}"
        page = (await raw(peer, path + chosen)).removeprefix(b"{").removesuffix(b"}")
        pinned = await raw(peer, path + "&filter=pinned")
        lists.append(b'{"account_id":%d,%s,"pinned":%s}' % (account_id, page, pinned))
    return b"{%s}" % b",".join([*parts, b'"chats":[%s]' % b",".join(lists)])


async def make_inbox(stack: Stack, owner: Peer) -> tuple[int, int, int]:
    """Two accounts with chats, a third without; of the first one chat is pinned and one archived."""
    first, second, empty = [await make_account(stack, owner, name) for name in ("acc-1", "acc-2", "acc-3")]
    chat_ids = await make_chats(stack, first, [f"chat-{n}" for n in range(5)])
    await make_chats(stack, second, ["other-1", "other-2"])
    for chat_id, change in zip(chat_ids, ({"pinned": True}, {"archived": True}), strict=False):
        await owner.ok("PATCH", f"{CHANNELS}/{first}/chats/{chat_id}", change)
    return first, second, empty


async def test_each_part_has_the_bytes_of_its_own_route(web_only: Stack) -> None:
    owner = await web_only.sign_in("owner")
    ids = await make_inbox(web_only, owner)
    assert await raw(owner, f"{BOOTSTRAP}?limit=3") == await expected(owner, [*ids], 3)
    assert await raw(owner, f"{BOOTSTRAP}?limit=40&account={ids[1]}") == await expected(owner, [ids[1]], 40)
    for chosen in ("unread", "archived", "groups"):
        asked = await raw(owner, f"{BOOTSTRAP}?limit=40&filter={chosen}")
        assert asked == await expected(owner, [*ids], 40, f"&filter={chosen}")


async def test_a_page_continues_where_it_ended(web_only: Stack) -> None:
    owner = await web_only.sign_in("owner")
    first, *_ = await make_inbox(web_only, owner)
    (page,) = (await owner.ok("GET", f"{BOOTSTRAP}?limit=3&account={first}"))["chats"]
    rest = await owner.ok("GET", f"{CHANNELS}/{first}/chats?limit=3&cursor={page['next_cursor']}")
    assert [len(page["items"]), len(rest["items"]), rest["next_cursor"]] == [3, 1, None]


async def test_a_viewer_sees_the_shared_account_and_their_own_rights(web_only: Stack) -> None:
    owner, viewer = await web_only.sign_in("owner"), await sign_in_as(web_only, "viewer")
    first, *_ = await make_inbox(web_only, owner)
    await add_member(web_only, first, viewer, "viewer")
    answer = await raw(viewer, f"{BOOTSTRAP}?limit=50")
    assert answer == await expected(viewer, [first], 50)
    assert "send" not in orjson.loads(answer)["me"]["permissions"]


async def test_the_account_of_another_user_is_as_absent_as_one_that_does_not_exist(web_only: Stack) -> None:
    owner, stranger = await web_only.sign_in("owner"), await web_only.sign_in("stranger")
    first, *_ = await make_inbox(web_only, owner)
    nothing = await stranger.ok("GET", BOOTSTRAP)
    assert [nothing["accounts"]["items"], nothing["unread"]["accounts"], nothing["chats"]] == [[], [], []]
    for account_id in (first, ABSENT):
        refused = await stranger.call("GET", f"{BOOTSTRAP}?account={account_id}")
        assert (refused.status, refused.body["error"]["code"]) == (404, "not_found")


async def test_a_key_sees_what_its_scope_and_its_accounts_allow(web_only: Stack) -> None:
    owner = await web_only.sign_in("owner")
    first, second, _ = await make_inbox(web_only, owner)

    async def key(**rights: object) -> Peer:
        made = await owner.ok("POST", "/api/keys", {"name": "program"} | rights)
        return Peer(owner.session, owner.url, made["secret"], owner.user_id)

    bound = await key(scopes=["read"], account_ids=[second])
    seen = await bound.ok("GET", BOOTSTRAP)
    assert [row["id"] for row in seen["accounts"]["items"]] == [second]
    assert [row["account_id"] for row in (*seen["unread"]["accounts"], *seen["chats"])] == [second, second]
    assert seen["me"]["key"]["account_ids"] == [second]
    # The plan is the user's: such a key is denied its route, and gets nothing of it here.
    assert seen["entitlements"] is None
    assert (await bound.call("GET", "/api/entitlements")).status == 403
    assert (await bound.call("GET", f"{BOOTSTRAP}?account={first}")).status == 404
    unbound = await key(scopes=["read"])
    assert (await unbound.ok("GET", BOOTSTRAP))["entitlements"] == await unbound.ok(
        "GET", "/api/entitlements"
    )
    assert (await (await key(scopes=["send", "manage"])).call("GET", BOOTSTRAP)).status == 403


async def test_of_many_accounts_the_first_ones_have_chats(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_pages, "MAX_ACCOUNTS", 2)
    owner = await web_only.sign_in("owner")
    first, second, empty = await make_inbox(web_only, owner)
    answer = await owner.ok("GET", BOOTSTRAP)
    assert [row["account_id"] for row in answer["chats"]] == [first, second]
    assert [row["id"] for row in answer["accounts"]["items"]] == [first, second, empty]


@pytest.mark.parametrize(
    "query", ["filter=all", "limit=0", "limit=101", "account=0", "provider=telegram", "q=x"]
)
async def test_an_unknown_query_is_rejected(web_only: Stack, query: str) -> None:
    owner = await web_only.sign_in("owner")
    assert (await owner.call("GET", f"{BOOTSTRAP}?{query}")).status == 422

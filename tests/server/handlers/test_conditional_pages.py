"""Pages of chats and messages that have not changed: 304 to who has them, and to no one who may not read them."""

import asyncio
from dataclasses import replace
from typing import NamedTuple

import pytest
from aiopg import Cursor

from server.accounts.page_cache import PageCache
from server.accounts.page_checks import PageChecks
from server.config import Config
from server.store.accounts import page_versions
from server.store.accounts.page_versions import PageCheck, PageReader
from server.web.app_keys import DATABASE, PAGES
from tests.support.factories import CHANNELS, add_member, make_account, make_chats, make_label, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.page_watch import PageWatch
from tests.support.peers import Answer, Peer, eventually


class Scene(NamedTuple):
    """A member of an account, the owner of it, a program of the member's, and a list and a thread."""

    stack: Stack
    owner: Peer
    agent: Peer
    program: Peer
    account_id: int
    list: str
    thread: str

    @property
    def lists(self) -> tuple[str, str]:
        return self.list, self.thread


async def make_scene(stack: Stack) -> Scene:
    owner, agent = await sign_in_as(stack, "owner"), await stack.sign_in()
    account_id = await make_account(stack, owner)
    await add_member(stack, account_id, agent, "agent")
    chats = await make_chats(stack, account_id, [f"chat-{n}" for n in range(10)])
    key = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read"]})
    program = Peer(agent.session, agent.url, key["secret"], agent.user_id)
    path = f"{CHANNELS}/{account_id}/chats"
    return Scene(
        stack, owner, agent, program, account_id, f"{path}?limit=50", f"{path}/{chats[0]}/messages?limit=50"
    )


@pytest.fixture
async def scene(web_only: Stack) -> Scene:
    return await make_scene(web_only)


async def ask(peer: Peer, path: str, tag: str, method: str = "GET", **headers: str) -> Answer:
    return await peer.call(method, path, headers={"If-None-Match": tag, **headers})


async def tag_of(peer: Peer, path: str) -> str:
    answer = await peer.call("GET", path)
    assert answer.status == 200
    return str(answer.headers["ETag"])


async def test_an_unchanged_page_is_answered_without_its_body(scene: Scene) -> None:
    for peer, caching in ((scene.agent, "no-store"), (scene.program, "private, no-cache")):
        for path in scene.lists:
            first = await peer.call("GET", path)
            tag = first.headers["ETag"]
            assert tag.startswith('W/"')
            for method in ("GET", "HEAD"):
                again = await ask(peer, path, tag, method)
                assert (again.status, again.raw) == (304, b"")
                for answer in (first, again):
                    assert answer.headers["ETag"] == tag
                    assert answer.headers["Cache-Control"] == caching
                    assert answer.headers.getall("Vary") == ["Authorization, Accept-Encoding"]
                assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("name", ["Origin", "Sec-Fetch-Mode"])
async def test_a_browser_stores_no_page_also_with_an_api_key(scene: Scene, name: str) -> None:
    headers = {name: scene.program.url if name == "Origin" else "cors"}
    for tag in ("", "*"):
        answer = await ask(scene.program, scene.list, tag, **headers)
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_changed_page_is_answered_whole(scene: Scene) -> None:
    tags = [await tag_of(scene.agent, path) for path in scene.lists]
    await scene.owner.ok("PATCH", scene.thread.partition("/messages")[0], {"pinned": True})
    for path, tag in zip(scene.lists, tags, strict=True):
        answer = await ask(scene.agent, path, tag)
        assert answer.status == 200
        assert answer.headers["ETag"] != tag
        assert (await ask(scene.agent, path, f'"x", {answer.headers["ETag"]}')).status == 304


async def test_any_version_of_what_exists(scene: Scene) -> None:
    for path in scene.lists:
        assert (await ask(scene.agent, path, "*")).status == 304
    absent = scene.thread.replace("/messages", "999/messages")
    assert (await ask(scene.agent, absent, "*")).status == 404


async def test_a_page_has_one_tag_in_each_coding_and_its_own_bytes(scene: Scene) -> None:
    plain, packed = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip"}
    for headers in (plain, packed, plain, packed):
        answer = await scene.agent.call("GET", scene.list, headers=headers)
        coding = answer.headers.get("Content-Encoding", "identity")
        assert coding == headers["Accept-Encoding"]
        assert len(answer.body["items"]) == 10
        other = packed if headers is plain else plain
        assert (await ask(scene.agent, scene.list, answer.headers["ETag"], **other)).status == 304


async def test_a_foreign_page_is_an_absent_one_also_with_its_tag(scene: Scene) -> None:
    stranger = await scene.stack.sign_in("stranger")
    for path in scene.lists:
        tag = await tag_of(scene.agent, path)
        for value in (tag, "*"):
            answer = await ask(stranger, path, value)
            assert (answer.status, answer.headers.get("ETag")) == (404, None)


async def test_users_have_different_tags(scene: Scene) -> None:
    for path in scene.lists:
        assert await tag_of(scene.agent, path) != await tag_of(scene.owner, path)


async def test_a_tag_tells_nothing_about_the_account(scene: Scene) -> None:
    """Not even that nothing has happened in another chat."""
    other = await make_account(scene.stack, scene.agent, "acc-2")
    path = f"{CHANNELS}/{other}/chats?limit=50"
    assert await tag_of(scene.agent, path) != await tag_of(scene.agent, scene.list)


async def test_who_loses_the_account_loses_its_pages_at_once(scene: Scene) -> None:
    tags = {path: await tag_of(scene.agent, path) for path in scene.lists}

    async def remove(cursor: Cursor) -> None:
        # As another instance does, before this one has been told.
        await cursor.execute("delete from channels_account_member where user_id = %s", (scene.agent.user_id,))

    await scene.stack.app[DATABASE].write(remove)
    for path, tag in tags.items():
        for peer in (scene.agent, scene.program):
            assert (await ask(peer, path, tag)).status == 404
        assert (await scene.owner.call("GET", path)).status == 200


async def test_a_user_who_is_disabled_or_a_key_that_is_revoked_gets_no_page(scene: Scene) -> None:
    tag = await tag_of(scene.program, scene.list)
    (key,) = (await scene.agent.ok("GET", "/api/keys"))["items"]
    await scene.agent.ok("DELETE", f"/api/keys/{key['id']}")
    assert (await ask(scene.program, scene.list, tag)).status == 401
    tag = await tag_of(scene.agent, scene.list)
    await scene.stack.execute("update users set is_active = false where id = %s", scene.agent.user_id)
    assert (await ask(scene.agent, scene.list, tag)).status == 401


async def test_a_session_that_has_ended_gets_no_page(scene: Scene) -> None:
    tag = await tag_of(scene.agent, scene.list)
    await scene.stack.execute(
        "update sessions set revoked_at = now() where user_id = %s", scene.agent.user_id
    )

    async def is_ended() -> bool:
        return (await ask(scene.agent, scene.list, tag)).status == 401

    await eventually(is_ended)


async def test_a_restricted_agent_has_no_versions(scene: Scene) -> None:
    tag = await tag_of(scene.agent, scene.list)
    member = f"{CHANNELS}/{scene.account_id}/members/{scene.agent.user_id}"
    await scene.owner.ok("PUT", member, {"role": "agent", "restricted": True})
    answer = await ask(scene.agent, scene.list, tag)
    assert (answer.status, answer.body["items"], answer.headers.get("ETag")) == (200, [], None)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_lists_that_change_by_themselves_have_no_versions(scene: Scene) -> None:
    label_id = await make_label(scene.agent, "vip", shared=False)
    queries = ("q=Bia", f"labels={label_id}", "waiting_minutes=5", "mentioned=me", "target=breached")
    for query in queries:
        answer = await ask(scene.agent, f"{scene.list}&{query}", "*")
        assert (answer.status, answer.headers.get("ETag")) == (200, None), query


async def test_an_invalid_query_is_rejected_whatever_the_client_has(scene: Scene) -> None:
    for path in scene.lists:
        assert (await ask(scene.agent, path.replace("=50", "=x"), "*")).status == 422
        assert (await ask(scene.agent, f"{path}&cursor=x", "*")).status == 422


async def test_an_erased_account_has_no_pages_and_they_are_forgotten(scene: Scene) -> None:
    tag = await tag_of(scene.agent, scene.list)
    await scene.stack.execute(
        "update channels_account set erasing_since = now() where id = %s", scene.account_id
    )
    assert (await ask(scene.agent, scene.list, tag)).status == 404
    assert (await scene.agent.call("GET", scene.list)).status == 404


async def test_pages_are_forgotten_when_access_changes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on instances that are only told; they would not answer them in any case."""
    forgotten: list[bool] = []
    monkeypatch.setattr(PageCache, "forget", lambda _: forgotten.append(True))
    await tag_of(scene.agent, scene.list)
    await scene.owner.ok("DELETE", f"{CHANNELS}/{scene.account_id}/members/{scene.agent.user_id}")

    async def is_forgotten() -> bool:
        return bool(forgotten)

    await eventually(is_forgotten)


async def test_no_page_is_kept_in_memory_where_that_is_off(config: Config, page_watch: PageWatch) -> None:
    config = replace(config, web=replace(config.web, page_cache_bytes=0))
    async with run_stack(config, with_workers=False) as stack:
        scene = await make_scene(stack)
        for _ in range(3):
            tag = await tag_of(scene.agent, scene.list)
        assert page_watch.compared == 0
        assert (await ask(scene.agent, scene.list, tag)).status == 304
        stack.app[PAGES].forget_unused(0)


async def test_requests_that_wait_share_a_statement_and_no_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty-one requests of three users at once; each gets what is theirs."""
    stranger = await scene.stack.sign_in("stranger")
    asked = [(scene.agent, scene.owner, stranger)[n % 3] for n in range(21)]
    batches: list[int] = []
    arrived, all_arrived = [0], asyncio.Event()
    read, check = page_versions.fetch_page_checks, PageChecks.check

    async def note_arrival(checks: PageChecks, reader: PageReader) -> PageCheck | None:
        waiting = asyncio.ensure_future(check(checks, reader))
        arrived[0] += 1
        if arrived[0] == len(asked):
            all_arrived.set()
        return await waiting

    async def note_batch(cursor: Cursor, readers: list[PageReader]) -> list[PageCheck | None]:
        batches.append(len(readers))
        await all_arrived.wait()
        return await read(cursor, readers)

    monkeypatch.setattr("server.accounts.page_checks.fetch_page_checks", note_batch)
    monkeypatch.setattr(PageChecks, "check", note_arrival)
    answers = await asyncio.gather(*(peer.call("GET", scene.list) for peer in asked))
    assert [answer.status for answer in answers] == [200, 200, 404] * 7
    assert len({answer.headers.get("ETag") for answer in answers}) == 3
    # What had arrived first, and all others, each user once. The page watch checks further ones.
    assert batches[1] <= 3
    assert len(batches) < len(asked)

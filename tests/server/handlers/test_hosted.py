"""The hosted page: one unguessable token per page, valid for one account that UniPile confirms."""

from datetime import timedelta
from typing import Any

import pytest
from yarl import URL

from server.accounts import linking
from server.errors import Unavailable
from server.handlers import hosted
from server.schemas.errors import PlanLimit
from server.store.accounts import rejected
from server.store.accounts.hosted_links import insert_link
from server.web.app_keys import DATABASE
from tests.support.factories import CHANNELS, insert_rejected_account, revoke_entitlement, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer, Peer, eventually

TOKEN = "a" * 43


async def notify(stack: Stack, account_id: Any, token: str = TOKEN) -> Answer:
    """UniPile's notify call, which anyone could make."""
    body = {"status": "CREATION_SUCCESS", "account_id": account_id, "name": None}
    return await stack.stranger.call("POST", f"/api/webhooks/unipile/hosted/{token}", body)


async def hand_out(stack: Stack, user: Peer, seconds: int = 60, token: str = TOKEN) -> None:
    await stack.app[DATABASE].write(insert_link, token, user.user_id, "whatsapp", seconds)


async def accounts_at_unipile(stack: Stack) -> set[str]:
    headers = {"X-API-KEY": stack.config.unipile.api_key}
    items = (await stack.sandbox.ok("GET", "/api/v1/accounts", headers=headers))["items"]
    return {item["id"] for item in items}


async def accounts_of(user: Peer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await user.ok("GET", f"{CHANNELS}/accounts"))["items"]
    return items


async def test_a_hosted_account_is_linked_to_the_user_who_opened_the_page(stack: Stack) -> None:
    agent, other = await stack.sign_in(), await stack.sign_in("other")
    socket = await agent.listen()
    answer = await agent.call("POST", f"{CHANNELS}/connect", {"method": "hosted"})
    assert answer.status == 201
    assert set(answer.body) == {"account", "url"}
    assert answer.body["account"] is None
    path = URL(answer.body["url"]).path
    page = await stack.sandbox.call("POST", path, data={"choice": "scan"}, allow_redirects=False)
    assert page.headers["Location"] == f"{stack.config.web.public_url}/"
    (account,) = await eventually(lambda: accounts_of(agent))
    await socket.wait_for(lambda f: f.get("account_id") == account["id"] and f["event"] == "account:updated")
    assert await accounts_of(other) == []


async def test_a_token_is_good_for_one_account(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    for name in ("acc-1", "acc-2"):
        await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": name})
    await hand_out(web_only, agent)
    for _ in range(2):  # UniPile may say it twice
        answer = await notify(web_only, "acc-1")
        assert (answer.status, answer.body) == (200, {"received": True})
    assert (await notify(web_only, "acc-2")).status == 404
    assert [account["external_account_id"] for account in await accounts_of(agent)] == ["acc-1"]


async def test_an_account_that_unipile_does_not_confirm_is_not_attached(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    await hand_out(web_only, agent)
    assert (await notify(web_only, "invented")).status == 404
    assert await accounts_of(agent) == []
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    assert (await notify(web_only, "acc-1")).status == 200  # the token was not spent


async def test_another_users_account_is_not_taken_over(web_only: Stack) -> None:
    agent, owner = await web_only.sign_in(), await web_only.sign_in("owner")
    await web_only.make_account(owner)
    await hand_out(web_only, agent)
    assert (await notify(web_only, "acc-1")).status == 409
    assert await accounts_of(agent) == []
    assert await accounts_at_unipile(web_only) == {"acc-1"}


async def follow(stack: Stack, url: str) -> None:
    """Connect a number on this hosted page."""
    await stack.sandbox.call("POST", URL(url).path, data={"choice": "scan"}, allow_redirects=False)


async def test_a_hosted_account_without_a_slot_is_deleted_at_unipile(tiny_working: Stack) -> None:
    """Two pages are open and one slot is left: the second account is deleted, and its user learns why."""
    agent, other = await tiny_working.sign_in(), await tiny_working.sign_in("other")
    socket, others = await agent.listen(), await other.listen()
    pages = [(await agent.ok("POST", f"{CHANNELS}/connect", {"method": "hosted"}))["url"] for _ in range(2)]
    await follow(tiny_working, pages[0])
    (first,) = await eventually(lambda: accounts_of(agent))
    await follow(tiny_working, pages[1])
    (pushed,) = await socket.wait_for_event("account:refused", provider="whatsapp")
    error = pushed["data"]["error"]
    assert not PlanLimit().validate(error["limit"])
    assert (error["code"], error["limit"]["what"], error["limit"]["allowed"]) == ("plan_limit", "accounts", 1)
    assert await accounts_at_unipile(tiny_working) == {first["external_account_id"]}
    assert len(await accounts_of(agent)) == 1 and not others.events("account:refused")
    assert await rejections_of(agent) == [pushed["data"]]


REJECTIONS = f"{CHANNELS}/refusals"


async def rejections_of(user: Peer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await user.ok("GET", REJECTIONS))["items"]
    return items


async def test_a_rejection_is_listed_until_it_is_dismissed(tiny: Stack) -> None:
    """No socket is open, and UniPile repeats the call. Other users, whatever their role, do not see it."""
    agent, other = await tiny.sign_in(), await tiny.sign_in("other")
    boss = await sign_in_as(tiny, "owner")
    await tiny.make_account(other, "acc-1")
    await hand_out(tiny, agent)
    for _ in range(2):
        assert (await notify(tiny, "acc-1")).status == 409
    (rejection,) = await rejections_of(agent)
    assert (rejection["provider"], rejection["error"]["code"]) == ("whatsapp", "conflict")
    assert rejection["error"]["message"] == "This number is connected by another user."
    assert await rejections_of(other) == await rejections_of(boss) == []
    rejection_path = f"{REJECTIONS}/{rejection['id']}"
    for reader in (other, boss):
        assert (await reader.call("DELETE", rejection_path)).status == 404
    assert len(await rejections_of(agent)) == 1
    for _ in range(2):
        assert (await agent.call("DELETE", rejection_path)).status == 204
    assert await rejections_of(agent) == []
    assert (await notify(tiny, "acc-1")).status == 409
    assert await rejections_of(agent) == []
    phones = "select phone, error::text from channels_refusal"
    assert await rows(tiny, phones) == [(None, "{}")]


async def test_a_rejection_is_listed_for_a_week(tiny: Stack) -> None:
    agent = await tiny.sign_in()
    refusal_id = await insert_rejected_account(tiny, agent)
    assert [item["id"] for item in await rejections_of(agent)] == [refusal_id]
    await rows(tiny, "update channels_refusal set created_at = now() - interval '8 days' returning id")
    assert await rejections_of(agent) == []
    assert (await agent.call("DELETE", f"{REJECTIONS}/{refusal_id}")).status == 404
    await insert_rejected_account(tiny, await tiny.sign_in("other"))
    assert await tiny.app[DATABASE].write(rejected.prune_rejected, 10) == 1
    assert len(await rows(tiny, "select id from channels_refusal")) == 1


async def test_a_rejection_that_cannot_be_stored_deletes_nothing(
    tiny: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postgres is away just then: UniPile repeats the call, and the account must still exist to be rejected."""
    agent = await tiny.sign_in()
    await tiny.make_account(agent, "acc-1")
    await hand_out(tiny, agent)
    await tiny.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-2"})

    async def away(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(hosted, "insert_rejected", away)
        assert (await notify(tiny, "acc-2")).status == 503
    assert await accounts_at_unipile(tiny) == {"acc-1", "acc-2"}
    assert (await notify(tiny, "acc-2")).status == 402
    assert await accounts_at_unipile(tiny) == {"acc-1"}
    assert [item["error"]["code"] for item in await rejections_of(agent)] == ["plan_limit"]


async def rows(stack: Stack, statement: str) -> list[tuple[Any, ...]]:
    async def run(cursor: Any) -> list[tuple[Any, ...]]:
        await cursor.execute(statement)
        return list(await cursor.fetchall())

    return await stack.app[DATABASE].write(run)


async def test_nothing_older_than_the_page_is_deleted(tiny: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """UniPile's call proves its token only: a token must not suffice to delete other accounts of the workspace."""
    agent = await tiny.sign_in()
    await tiny.make_account(agent, "acc-1")
    await tiny.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-2"})
    monkeypatch.setattr(hosted, "CLOCKS_DIFFER", timedelta(0))
    await hand_out(tiny, agent)
    assert (await notify(tiny, "acc-2")).status == 402
    assert await accounts_at_unipile(tiny) == {"acc-1", "acc-2"}


async def test_temporary_errors_delete_nothing(tiny: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres is away for a moment: UniPile repeats the call, and the account still exists."""
    agent = await tiny.sign_in()
    await hand_out(tiny, agent)
    await tiny.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})

    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(linking, "link_account", away)
        assert (await notify(tiny, "acc-1")).status == 503
    assert (await notify(tiny, "acc-1")).status == 200
    assert await accounts_at_unipile(tiny) == {"acc-1"}


@pytest.mark.parametrize("token", ["b" * 43, "a" * 42, "%00" * 10 + "a" * 20])
async def test_a_wrong_token_is_nothing(web_only: Stack, token: str) -> None:
    agent = await web_only.sign_in()
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    await hand_out(web_only, agent)
    assert (await notify(web_only, "acc-1", token)).status == 404


async def test_an_old_token_is_nothing(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1"})
    await hand_out(web_only, agent, seconds=-1)
    assert (await notify(web_only, "acc-1")).status == 404


@pytest.mark.parametrize("account_id", [None, "", 17, "x" * 256, "a\x00b", ["acc-1"]])
async def test_a_body_without_an_account_is_malformed(web_only: Stack, account_id: Any) -> None:
    await hand_out(web_only, await web_only.sign_in())
    assert (await notify(web_only, account_id)).status == 400


async def test_only_a_hash_of_the_token_is_stored(web_only: Stack) -> None:
    await hand_out(web_only, await web_only.sign_in())

    async def read(cursor: Any) -> str:
        await cursor.execute("select row_to_json(l)::text from channels_hosted_link l")
        return str((await cursor.fetchone())[0])

    assert TOKEN not in await web_only.app[DATABASE].read(read)


async def test_a_user_without_entitlement_gets_no_page(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    await revoke_entitlement(web_only, agent)
    assert (await agent.call("POST", f"{CHANNELS}/connect", {"method": "hosted"})).status == 403


async def test_both_ways_at_once_is_invalid(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    body = {"method": "hosted", "external_account_id": "acc-1"}
    assert (await agent.call("POST", f"{CHANNELS}/connect", body)).status == 422


@pytest.mark.parametrize(("status", "kind"), [(409, "auth_replaced"), (425, "auth_in_progress")])
async def test_a_pairing_beside_another_is_a_conflict(web_only: Stack, status: int, kind: str) -> None:
    agent = await web_only.sign_in()
    route = {"method": "POST", "path": "/accounts", "status": status, "kind": kind}
    await web_only.sandbox.ok("PUT", "/sandbox/faults", {"routes": [route]})
    answer = await agent.call("POST", f"{CHANNELS}/connect", {})
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    assert answer.body["error"]["message"].endswith(".")

"""Reconnecting an account on the hosted page: the page is good for that account, whichever of its owners asks."""

from typing import Any

from server.store.accounts.hosted_links import insert_link
from server.web.app_keys import DATABASE
from tests.server.handlers.test_hosted import TOKEN, accounts_of, follow, notify, rejections_of
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually


async def sign_out_and_reconnect(stack: Stack, owner: Peer, account: dict[str, Any], by: Peer) -> str:
    """The address of the hosted page on which this member reconnects the account."""
    await stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "CREDENTIALS"})
    path = f"{CHANNELS}/{account['id']}"

    async def is_down() -> bool:
        return bool((await owner.ok("GET", path))["account"]["status"] == "needs_action")

    await eventually(is_down)
    answer = await by.call("POST", f"{path}/reconnect", {"method": "hosted"})
    assert (answer.status, answer.body["account"]) == (200, None)
    return str(answer.body["url"])


async def test_a_signed_out_account_is_reconnected_on_the_hosted_page(stack: Stack) -> None:
    """By another owner than the one it belongs to; no account is added."""
    agent, colleague = await stack.sign_in(), await stack.sign_in("colleague")
    account = await stack.make_account(agent)
    member = f"{CHANNELS}/{account['id']}/members/{colleague.user_id}"
    await agent.ok("PUT", member, {"role": "owner"})
    url = await sign_out_and_reconnect(stack, agent, account, colleague)
    socket = await agent.listen()
    await follow(stack, url)
    await socket.wait_for(
        lambda f: f.get("event") == "account:updated" and f["data"]["status"] == "connected"
    )
    assert [known["id"] for known in await accounts_of(agent)] == [account["id"]]
    assert len(await accounts_of(colleague)) == 1
    assert await rejections_of(agent) == await rejections_of(colleague) == []


async def test_the_page_of_an_account_is_good_for_no_other(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    await web_only.make_account(agent)
    await web_only.sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-2"})
    await web_only.app[DATABASE].write(insert_link, TOKEN, agent.user_id, "whatsapp", 60, "acc-1")
    assert (await notify(web_only, "acc-2")).status == 404
    assert (await notify(web_only, "acc-1")).status == 200
    assert len(await accounts_of(agent)) == 1


async def test_only_owners_get_the_page_of_an_account(web_only: Stack) -> None:
    agent, colleague, other = [await web_only.sign_in(name) for name in ("agent", "colleague", "other")]
    account = await web_only.make_account(agent)
    path = f"{CHANNELS}/{account['id']}"
    await agent.ok("PUT", f"{path}/members/{colleague.user_id}", {"role": "agent"})
    for peer, status in ((colleague, 403), (other, 404)):
        assert (await peer.call("POST", f"{path}/reconnect", {"method": "hosted"})).status == status
    body = {"method": "hosted", "phone_number": "+5511988880000"}
    assert (await agent.call("POST", f"{path}/reconnect", body)).status == 422


async def test_a_disconnected_account_needs_a_slot_for_its_page(tiny: Stack) -> None:
    agent = await tiny.sign_in()
    first = await tiny.make_account(agent, "acc-1")
    await agent.ok("DELETE", f"{CHANNELS}/{first['id']}")
    await tiny.make_account(agent, "acc-2")
    answer = await agent.call("POST", f"{CHANNELS}/{first['id']}/reconnect", {"method": "hosted"})
    assert (answer.status, answer.body["error"]["code"]) == (402, "plan_limit")

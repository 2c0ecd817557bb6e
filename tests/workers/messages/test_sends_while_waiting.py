"""An account that waits for its code after Reconnect: sends meanwhile fail or wait visibly."""

from typing import Any

import pytest

from server.unipile.errors import NotTaken
from tests.support.factories import CHANNELS
from tests.support.send_harness import POST_MESSAGE, SendHarness


async def reconnect(sender: SendHarness, status: str) -> dict[str, Any]:
    """The phone signed the account out, and a user requested a new code."""
    await sender.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": status})
    path = f"{CHANNELS}/{sender.account_id}/reconnect"
    account: dict[str, Any] = (await sender.agent.ok("POST", path))["account"]
    assert (account["status"], account["next_step"]) == ("connecting", "scan")
    return account


async def shown(sender: SendHarness) -> tuple[dict[str, Any], dict[str, Any]]:
    """The account and the newest message, as the browser reads them."""
    account = (await sender.agent.ok("GET", f"{CHANNELS}/{sender.account_id}"))["account"]
    return account, (await sender.agent.messages(sender.account_id, sender.chat["id"]))[0]


async def test_a_send_before_the_scan_fails_and_says_to_reconnect(sender: SendHarness) -> None:
    await reconnect(sender, "CREDENTIALS")
    await sender.post_send("Oi", "c-1")
    await sender.run_outbox()
    account, message = await shown(sender)
    assert (message["client_id"], message["status"]) == ("c-1", "failed")
    assert message["error"] == {
        "code": "disconnected_account",
        "message": "The number is signed out. Reconnect it, then try again.",
        "reason": {"code": "provider_reconnect", "params": {}},
    }
    assert (account["status"], account["next_step"]) == ("connecting", "scan")  # the code is still good
    assert await sender.seen_by_the_customer() == []
    assert await sender.worker.usage() == (0, 0)  # not paid for

    await sender.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/scan", {})
    await sender.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "OK"})
    await sender.agent.call(
        "POST", f"{CHANNELS}/{sender.account_id}/messages/{message['id']}/retry", headers={}
    )
    await sender.run_outbox()
    assert await sender.seen_by_the_customer() == ["Oi"]


async def test_a_send_that_unipile_postpones_stays_sending(sender: SendHarness) -> None:
    """§3 leaves open whether such a send gets 401 or 503: with 503 nothing was sent and it is retried."""
    await reconnect(sender, "CREDENTIALS")
    await sender.fail(routes=[POST_MESSAGE | {"status": 503, "kind": "no_client_session"}])
    await sender.post_send("Oi", "c-1")
    with pytest.raises(NotTaken):  # the job comes again
        await sender.run_outbox()
    account, message = await shown(sender)
    assert (message["status"], message["error"]) == ("sending", None)
    assert (account["status"], account["next_step"]) == ("connecting", "scan")
    assert await sender.seen_by_the_customer() == []


async def test_a_send_without_permission_says_so(sender: SendHarness) -> None:
    await sender.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "PERMISSIONS"})
    await sender.post_send("Oi", "c-1")
    await sender.run_outbox()
    _, message = await shown(sender)
    assert (message["status"], message["error"]["code"]) == ("failed", "insufficient_permissions")

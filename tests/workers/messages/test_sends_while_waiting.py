"""An account that waits for its code after Reconnect: sends meanwhile fail or wait visibly."""

from typing import Any

import pytest

from server.unipile.errors import NotTaken
from tests.support.factories import CHANNELS
from tests.support.send_harness import POST_MESSAGE, Desk


async def reconnect(desk: Desk, status: str) -> dict[str, Any]:
    """The phone signed the account out, and a user requested a new code."""
    await desk.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": status})
    path = f"{CHANNELS}/{desk.account_id}/reconnect"
    account: dict[str, Any] = (await desk.agent.ok("POST", path))["account"]
    assert (account["status"], account["next_step"]) == ("connecting", "scan")
    return account


async def shown(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """The account and the newest message, as the browser reads them."""
    account = (await desk.agent.ok("GET", f"{CHANNELS}/{desk.account_id}"))["account"]
    return account, (await desk.agent.messages(desk.account_id, desk.chat["id"]))[0]


async def test_a_send_before_the_scan_fails_and_says_to_reconnect(desk: Desk) -> None:
    await reconnect(desk, "CREDENTIALS")
    await desk.ask("Oi", "c-1")
    await desk.work()
    account, message = await shown(desk)
    assert (message["client_id"], message["status"]) == ("c-1", "failed")
    assert message["error"] == {
        "code": "disconnected_account",
        "message": "The number is signed out. Reconnect it, then try again.",
    }
    assert (account["status"], account["next_step"]) == ("connecting", "scan")  # the code is still good
    assert await desk.seen_by_the_customer() == []
    assert await desk.harness.usage() == (0, 0)  # not paid for

    await desk.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/scan", {})
    await desk.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "OK"})
    await desk.agent.call("POST", f"{CHANNELS}/{desk.account_id}/messages/{message['id']}/retry", headers={})
    await desk.work()
    assert await desk.seen_by_the_customer() == ["Oi"]


async def test_a_send_that_unipile_postpones_stays_sending(desk: Desk) -> None:
    """§3 leaves open whether such a send gets 401 or 503: with 503 nothing was sent and it is retried."""
    await reconnect(desk, "CREDENTIALS")
    await desk.fail(routes=[POST_MESSAGE | {"status": 503, "kind": "no_client_session"}])
    await desk.ask("Oi", "c-1")
    with pytest.raises(NotTaken):  # the job comes again
        await desk.work()
    account, message = await shown(desk)
    assert (message["status"], message["error"]) == ("sending", None)
    assert (account["status"], account["next_step"]) == ("connecting", "scan")
    assert await desk.seen_by_the_customer() == []


async def test_a_send_without_permission_says_so(desk: Desk) -> None:
    await desk.stack.sandbox.ok("POST", "/sandbox/accounts/acc-1/status", {"status": "PERMISSIONS"})
    await desk.ask("Oi", "c-1")
    await desk.work()
    _, message = await shown(desk)
    assert (message["status"], message["error"]["code"]) == ("failed", "insufficient_permissions")

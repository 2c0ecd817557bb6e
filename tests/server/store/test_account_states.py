"""Every state of a number comes with one next step."""

import pytest

from server.keys import DATABASE
from server.store import accounts
from tests.fixtures_stack import Stack
from tests.server.factories import CHANNELS, make_account


@pytest.mark.parametrize(
    ("status", "reason", "phone", "step"),
    [
        ("connecting", None, None, "scan"),
        ("connecting", "CONNECTING", None, "scan"),
        ("connecting", None, "+5511900000001", "scan"),
        ("connecting", "CONNECTING", "+5511900000001", "wait"),
        ("connecting", "CREATION_SUCCESS", "+5511900000001", "wait"),
        ("connected", None, "+5511900000001", "none"),
        ("needs_action", "CREDENTIALS", "+5511900000001", "reconnect"),
        ("degraded", "ERROR", "+5511900000001", "reconnect"),
        ("disconnected", "DELETED", "+5511900000001", "reconnect"),
    ],
)
async def test_the_next_step_follows_from_state_and_reason(
    web_only: Stack, status: str, reason: str | None, phone: str | None, step: str
) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(
        web_only, agent, status="degraded" if status != "degraded" else "connected"
    )
    await web_only.app[DATABASE].write(
        accounts.update_account, account_id, status=status, status_reason=reason, phone=phone
    )
    shown = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
    assert (shown["status"], shown["next_step"]) == (status, step)

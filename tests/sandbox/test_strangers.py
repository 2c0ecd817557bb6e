"""WhatsApp's limit for first messages: strangers are rejected once the quota is used up, answers and groups never."""

import pytest

from tests.sandbox.driver import Driver

NEW = "5511977770000"


async def begin(sandbox: Driver, account_id: str, digits: str, status: int) -> str:
    body = {"account_id": account_id, "attendees_ids": [f"{digits}@s.whatsapp.net"], "text": "Oi"}
    answer = await sandbox.api("POST", "/chats", status, json=body)
    return str(answer.get("chat_id") or answer["type"])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("limit_exceeded", 422),
        ("cant_send_message", 422),
        ("sender_rejected", 422),
        ("account_restricted", 403),
    ],
)
async def test_messages_to_strangers_are_rejected_and_answers_are_not(
    sandbox: Driver, kind: str, status: int
) -> None:
    account_id = await sandbox.account()
    known = (await sandbox.write(account_id))["chat_id"]
    await sandbox.control("PUT", "/faults", json={"stranger_error": kind, "stranger_quota": 1})
    begun = await begin(sandbox, account_id, NEW, 201)
    assert await begin(sandbox, account_id, f"{NEW}1", status) == f"errors/{kind}"
    await sandbox.api("POST", f"/chats/{begun}/messages", status, json={"text": "Está aí?"})
    await sandbox.send(known, "Bom dia")
    await sandbox.write(account_id, sender={"phone_number": NEW})
    await sandbox.send(begun, "Olá")
    await sandbox.control("PUT", "/faults", json={})
    await begin(sandbox, account_id, f"{NEW}1", 201)


async def test_a_rejected_first_message_begins_no_chat(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    await sandbox.control("PUT", "/faults", json={"stranger_error": "limit_exceeded"})
    await begin(sandbox, account_id, NEW, 422)
    assert (await sandbox.api("GET", "/chats"))["items"] == []

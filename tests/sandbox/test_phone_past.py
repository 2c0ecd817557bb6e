"""The sandbox's phone syncs its history and plays a busy day."""

from typing import Any

import pytest

from tests.sandbox.driver import Driver, Receiver, Start
from tests.sandbox.test_phone import listening, next_event


async def test_a_phone_syncs_its_history_without_webhooks(sandbox: Driver, receiver: Receiver) -> None:
    await sandbox.register(receiver)
    account_id = (await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    past = {"chats": 3, "messages": 10, "seed": 4}
    await sandbox.control("POST", f"/accounts/{account_id}/scan", json={"history": past})
    chats = (await sandbox.api("GET", "/chats"))["items"]
    assert len(chats) == 3 and {chat["unread_count"] for chat in chats} == {0}
    messages = (await sandbox.api("GET", "/messages?limit=250"))["items"]
    assert len(messages) == 30 and all(item["timestamp"] < "2026-03-02T08:00:00" for item in messages)
    assert all(item["delivered"] == item["seen"] == 1 for item in messages)
    await sandbox.write(account_id, "new")
    await receiver.until(lambda items: items)
    assert [item.body["message"] for item in receiver.deliveries] == ["new"]


@pytest.mark.parametrize(
    "past", [5, {"chats": -1}, {"years": 3}, {"chats": 2000, "messages": 2000}, {"days": 0}]
)
async def test_an_invalid_history_is_rejected(sandbox: Driver, past: Any) -> None:
    await sandbox.control("POST", "/accounts", 400, json={"history": past})
    assert (await sandbox.api("GET", "/accounts"))["items"] == []


async def test_a_busy_day_is_the_same_for_the_same_seed(start: Start, receiver: Receiver) -> None:
    async def play() -> list[tuple[str, str | None]]:
        sandbox = await start()
        account_id = await sandbox.account(phone_number="+5511988880000")
        async with listening(sandbox) as page:
            body = {"account_id": account_id, "steps": 150, "speed": 1e9, "seed": 5}
            await sandbox.control("POST", "/script", 201, json=body)
            while (day := await next_event(page, "script"))["running"]:
                pass
        assert day["done"] == 150
        messages = (await sandbox.api("GET", "/messages?limit=250"))["items"]
        return [(item["sender_id"], item["text"]) for item in messages]

    first = await play()
    assert len(first) > 80 and first == await play()


async def test_a_busy_day_can_be_stopped_and_rejected(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    assert await sandbox.control("GET", "/script") == {"script": None}
    await sandbox.control("POST", "/script", 201, json={"account_id": account_id, "speed": 0.1})
    assert (await sandbox.control("GET", "/script"))["script"]["running"] is True
    assert (await sandbox.control("DELETE", "/script"))["script"]["running"] is False
    for body in ({"account_id": "unknown"}, {"account_id": account_id, "speed": 0}, {}):
        assert (await sandbox.client.post("/sandbox/script", json=body)).status in {400, 404}


async def test_one_call_links_a_number_and_plays_a_busy_day(sandbox: Driver, receiver: Receiver) -> None:
    await sandbox.register(receiver)
    account_id = (await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    day = await sandbox.api("POST", f"/sandbox/accounts/{account_id}/busy-day", 201, json={"seed": 3})
    assert (day["account_id"], day["running"]) == (account_id, True)
    # The history came without webhooks, the opening of the day with them.
    await receiver.until(lambda items: len(items) >= 10)
    assert len((await sandbox.api("GET", "/chats?limit=250"))["items"]) >= 24
    assert (await sandbox.api("GET", f"/accounts/{account_id}"))["id"] == account_id
    again = await sandbox.control("POST", f"/accounts/{account_id}/busy-day", 201, json={})
    assert again["done"] == 0  # the first day was stopped


@pytest.mark.parametrize("body", [{"seed": -1}, {"seed": True}, {"seed": "x"}])
async def test_an_invalid_seed_or_account_starts_no_day(sandbox: Driver, body: Any) -> None:
    account_id = await sandbox.account()
    await sandbox.control("POST", f"/accounts/{account_id}/busy-day", 400, json=body)
    await sandbox.control("POST", "/accounts/unknown/busy-day", 404, json={})
    await sandbox.api("POST", "/sandbox/accounts/unknown/busy-day", 404, json={})
    assert await sandbox.control("GET", "/script") == {"script": None}

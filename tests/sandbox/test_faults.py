"""The fault switches: what each does to deliveries, sends and accounts."""

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from tests.sandbox.driver import BIA, Driver, Receiver, Start
from tests.support.peers import eventually

PICTURE = {"name": "photo.png", "data": "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAA="}


async def test_put_resets_and_patch_leaves_unnamed_switches(sandbox: Driver) -> None:
    faults = await sandbox.control("GET", "/faults")
    assert not faults["duplicate"] and not faults["no_read"]
    await sandbox.control("PUT", "/faults", json={"duplicate": 1})
    faults = await sandbox.control("PATCH", "/faults", json={"no_read": True})
    assert (faults["duplicate"], faults["no_read"]) == (1.0, True)
    faults = await sandbox.control("PUT", "/faults", json={"no_read": True})
    assert faults["duplicate"] == 0
    assert await sandbox.control("GET", "/faults") == faults


@pytest.mark.parametrize(
    "body",
    [
        {"gremlins": True},
        {"duplicate": 2},
        {"duplicate": "1"},
        {"webhooks_off": 1},
        {"delay_ms": -1},
        {"delay_ms": 1.5},
        {"fail_first": 6},
        {"send_status": 200},
        {"send_status": "slow"},
        {"send_status": True},
        {"stranger_error": "no_such_error"},
        {"stranger_quota": -1},
        {"seed": "x"},
        {"routes": {}},
        {"routes": [{"method": 1}]},
        {"routes": [{"status": 999}]},
        {"routes": [{"colour": "red"}]},
        {"routes": [{"accepted": 1}]},
        {"routes": [{"times": -1}]},
    ],
)
async def test_an_unknown_or_invalid_switch_is_rejected(sandbox: Driver, body: dict[str, Any]) -> None:
    before = await sandbox.control("GET", "/faults")
    await sandbox.control("PUT", "/faults", 400, json=body)
    assert await sandbox.control("GET", "/faults") == before


async def test_duplicates_come_twice(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"duplicate": 1})
    await sandbox.write(account_id)
    first, second = await receiver.until(lambda items: len(items) == 2)
    assert first.raw == second.raw


async def test_dropped_events_are_lost_and_counted(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"drop_next": 2})
    for text in ("one", "two", "three"):
        await sandbox.write(account_id, text)
    await receiver.until(lambda items: items)
    assert [item.body["message"] for item in receiver.deliveries] == ["three"]
    assert (await sandbox.control("GET", "/deliveries"))["webhooks"][0]["lost"] == 2
    assert len((await sandbox.api("GET", "/messages"))["items"]) == 3


async def test_webhooks_can_be_switched_off_altogether(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"webhooks_off": True})
    await sandbox.write(account_id, "unheard")
    await sandbox.control("PUT", "/faults", json={})
    await sandbox.write(account_id, "heard")
    await receiver.until(lambda items: items)
    assert [item.body["message"] for item in receiver.deliveries] == ["heard"]


async def test_first_deliveries_can_fail_and_the_retry_succeeds(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"fail_first": 5})
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    log = (await sandbox.control("GET", "/deliveries"))["log"]
    assert [item["outcome"] for item in log][:5] == ["withheld"] * 5


async def test_reordered_events_are_overtaken(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"reorder": 1})
    await sandbox.write(account_id, "first")
    await sandbox.control("PUT", "/faults", json={})
    await sandbox.write(account_id, "second")
    await receiver.until(lambda items: len(items) == 2)
    assert [item.body["message"] for item in receiver.deliveries] == ["second", "first"]


async def test_delayed_events_wait(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"delay_ms": 120})
    begun = time.monotonic()
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    assert time.monotonic() - begun >= 0.115


async def test_the_same_seed_drops_the_same_events(start: Start, receiver: Receiver) -> None:
    async def received() -> list[str]:
        sandbox = await start()
        account_id = await sandbox.account()
        await sandbox.register(receiver)
        await sandbox.control("PUT", "/faults", json={"seed": 7, "drop": 0.5})
        for index in range(20):
            await sandbox.write(account_id, str(index))
        await sandbox.control("PUT", "/faults", json={})
        await sandbox.write(account_id, "end")

        async def is_all_decided() -> bool:
            # A drop may be counted after the last event has arrived.
            lost: int = (await sandbox.control("GET", "/deliveries"))["webhooks"][0]["lost"]
            return len(receiver.deliveries) == 21 - lost

        await eventually(is_all_decided)
        texts = sorted(item.body["message"] for item in receiver.deliveries)
        receiver.deliveries.clear()
        return texts

    first, second = await received(), await received()
    assert first == second and 2 < len(first) < 20


@pytest.mark.parametrize(
    ("faults", "check"),
    [
        ({"attachments_as_object": True}, lambda body: body["attachments"]["file_size"].isdigit()),
        ({"unknown_keys": True}, lambda body: body["x_new_feature"] == {"beta": True}),
        ({"missing_keys": True}, lambda body: "attendees" not in body and body["sender"]),
    ],
)
async def test_webhook_bodies_can_be_odd(
    sandbox: Driver, receiver: Receiver, faults: dict[str, Any], check: Any
) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json=faults)
    await sandbox.write(account_id, attachments=[PICTURE])
    await receiver.until(lambda items: items)
    assert check(receiver.deliveries[0].body)


async def test_the_registered_content_type_can_be_withheld(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver, headers=[{"key": "content-type", "value": "application/json"}])
    await sandbox.control("PUT", "/faults", json={"no_content_type": True})
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    assert receiver.deliveries[0].headers["Content-Type"] == "application/x-www-form-urlencoded"


async def test_a_body_can_be_poisoned_for_one_message(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    poison = {"message": "a\ud800b\0c", "chat_id": 5, "attachments": {"id": "x"}}
    await sandbox.write(account_id, webhook_overrides=poison)
    await receiver.until(lambda items: items)
    body = receiver.deliveries[0].body
    assert {key: body[key] for key in poison} == poison


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, "too_many_requests"), (500, "unexpected_error"), (503, "service_unavailable")],
)
async def test_rejected_sends_are_not_delivered(sandbox: Driver, status: int, kind: str) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    await sandbox.control("PUT", "/faults", json={"send_status": status})
    answer = await sandbox.api("POST", f"/chats/{chat_id}/messages", status, json={"text": "x"})
    assert answer["type"] == f"errors/{kind}"
    assert len((await sandbox.api("GET", "/messages"))["items"]) == 1


async def test_an_accepted_send_can_hang_and_still_be_delivered(sandbox: Driver, receiver: Receiver) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    await sandbox.register(receiver)
    await sandbox.control("PUT", "/faults", json={"accept_then_timeout": 1, "hang_ms": 20})
    answer = await sandbox.api("POST", f"/chats/{chat_id}/messages", 504, json={"text": "went out"})
    assert answer["type"] == "errors/request_timeout"
    echo = await receiver.event("message_received")
    assert echo["message"] == "went out" and echo["is_sender"] is True


async def test_a_hanging_response_does_not_delay_the_shutdown(start: Start) -> None:
    sandbox = await start()
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    rule = {"path": "/chats/*/messages", "status": "hang", "times": 1}
    await sandbox.control("PUT", "/faults", json={"routes": [rule], "hang_ms": 600_000})
    path = f"/api/v1/chats/{chat_id}/messages"

    async def hang() -> int:
        async with sandbox.raw("POST", path, json={"text": "x"}) as answer:
            return int(answer.status)

    hanging = asyncio.create_task(hang())
    while (await sandbox.control("GET", "/faults"))["routes"][0]["times"]:
        pass
    begun = time.monotonic()
    await sandbox.client.server.close()
    assert time.monotonic() - begun < 20
    await asyncio.gather(hanging, return_exceptions=True)


async def test_any_route_can_fail_a_number_of_times(sandbox: Driver) -> None:
    rule = {"method": "GET", "path": "/chats*", "status": 503, "kind": "network_down", "times": 2}
    await sandbox.control("PUT", "/faults", json={"routes": [rule]})
    for _ in range(2):
        assert (await sandbox.api("GET", "/chats", 503))["type"] == "errors/network_down"
    await sandbox.api("GET", "/chats")
    await sandbox.api("GET", "/messages")


async def test_probabilities_affect_some_requests_only(sandbox: Driver) -> None:
    await sandbox.control(
        "PUT", "/faults", json={"seed": 3, "routes": [{"path": "/accounts", "probability": 0.5}]}
    )
    statuses: Counter[int] = Counter()
    for _ in range(30):
        async with sandbox.raw("GET", "/api/v1/accounts") as answer:
            statuses[answer.status] += 1
    assert set(statuses) == {200, 503} and statuses[200] > 5 and statuses[503] > 5


async def test_ticks_echoes_and_ids_can_be_suppressed(sandbox: Driver, receiver: Receiver) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    await sandbox.register(receiver)
    faults = {"no_delivered": True, "no_read": True, "no_echo": True, "null_message_id": True}
    await sandbox.control("PUT", "/faults", json=faults)
    answer = await sandbox.api("POST", f"/chats/{chat_id}/messages", 201, json={"text": "quiet"})
    assert answer["message_id"] is None
    await sandbox.control("POST", f"/chats/{chat_id}/read", json={})
    await sandbox.control("PUT", "/faults", json={})
    await sandbox.send(chat_id, "loud")
    await receiver.event("message_delivered")
    assert {item.body["message"] for item in receiver.deliveries} == {"loud"}


@pytest.mark.parametrize(("switch", "domain"), [("lid_only", "@lid"), ("hidden_phone", "@lid")])
async def test_new_customers_can_be_shown_by_lid(sandbox: Driver, switch: str, domain: str) -> None:
    account_id = await sandbox.account()
    await sandbox.control("PUT", "/faults", json={switch: True})
    written = await sandbox.write(account_id, sender={"phone_number": "+5511977776666"})
    assert written["provider_chat_id"].endswith(domain)
    # Contacts known before are identified as before.
    assert (await sandbox.write(account_id, sender=BIA))["provider_chat_id"].endswith("@s.whatsapp.net")


async def test_media_can_expire(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    written = await sandbox.write(account_id, None, attachments=[PICTURE])
    message = await sandbox.api("GET", f"/messages/{written['message_id']}")
    path = f"/messages/{message['id']}/attachments/{message['attachments'][0]['id']}"
    await sandbox.control("PUT", "/faults", json={"media_expired": True})
    await sandbox.api("GET", path, 404)
    await sandbox.control("PUT", "/faults", json={})
    async with sandbox.raw("GET", f"/api/v1{path}") as answer:
        assert answer.status == 200
    await sandbox.control("POST", f"/messages/{message['id']}/expire")
    await sandbox.api("GET", path, 404)
    message = await sandbox.api("GET", f"/messages/{message['id']}")
    assert message["attachments"][0]["unavailable"] is True


async def test_every_response_can_be_slow(sandbox: Driver) -> None:
    await sandbox.control("PUT", "/faults", json={"answer_delay_ms": 60})
    begun = time.monotonic()
    await sandbox.api("GET", "/accounts")
    assert time.monotonic() - begun >= 0.055

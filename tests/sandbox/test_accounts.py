"""An account's life at UniPile: QR code, scan, disconnect, reconnect, removal."""

import asyncio
from pathlib import Path

import pytest

from tests.sandbox.driver import Driver, Json, Receiver, Start


async def test_scanning_a_qr_code_connects_the_account_and_sends_events_in_order(
    sandbox: Driver, receiver: Receiver
) -> None:
    await sandbox.register(receiver, source="account_status")
    checkpoint = await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"})
    account_id = checkpoint["account_id"]
    assert checkpoint["object"] == "Checkpoint" and checkpoint["checkpoint"]["type"] == "QRCODE"
    assert checkpoint["checkpoint"]["qrcode"].startswith("2@") and len(account_id) == 22
    waiting = await sandbox.api("GET", f"/accounts/{account_id}")
    assert waiting["sources"] == [{"id": f"{account_id}_MESSAGING", "status": "CONNECTING"}]
    assert (await sandbox.api("GET", "/accounts"))["items"] == []

    await sandbox.control("POST", f"/accounts/{account_id}/scan", json={"phone_number": "+55 11 90000-0001"})

    await receiver.until(lambda items: len(items) == 3)
    assert receiver.statuses == ["CREATION_SUCCESS", "OK", "SYNC_SUCCESS"]
    assert receiver.deliveries[0].body == {
        "AccountStatus": {
            "account_id": account_id,
            "account_type": "WHATSAPP",
            "message": "CREATION_SUCCESS",
        }
    }
    account = await sandbox.api("GET", f"/accounts/{account_id}")
    assert account["sources"][0]["status"] == "OK"
    assert account["connection_params"] == {"im": {"phone_number": "5511900000001"}}
    assert (await sandbox.api("GET", "/accounts"))["items"] == [account]


async def test_a_qr_code_expires_and_the_pairing_ends_later(sandbox: Driver) -> None:
    account_id = (await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    sandbox.clock.now += 61
    problem = await sandbox.control("POST", f"/accounts/{account_id}/scan", 410, json={})
    assert problem["type"] == "errors/expired_link"
    await sandbox.api("GET", f"/accounts/{account_id}")
    sandbox.clock.now += 240
    await sandbox.api("GET", f"/accounts/{account_id}", 404)
    await sandbox.api("POST", f"/accounts/{account_id}", 404, json={"provider": "WHATSAPP"})
    await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"})
    sandbox.clock.now += 301
    newest = await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"})
    shown = (await sandbox.control("GET", "/state"))["accounts"]
    assert [account["id"] for account in shown] == [newest["account_id"]]


async def test_a_newer_code_replaces_the_older_one(sandbox: Driver) -> None:
    first = await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"})
    second = await sandbox.api("POST", f"/accounts/{first['account_id']}", 201, json={"provider": "WHATSAPP"})
    assert second["account_id"] == first["account_id"]
    assert second["checkpoint"]["qrcode"] != first["checkpoint"]["qrcode"]
    scan = f"/accounts/{first['account_id']}/scan"
    await sandbox.control("POST", scan, 409, json={"qrcode": first["checkpoint"]["qrcode"]})
    await sandbox.control("POST", scan, json={"qrcode": second["checkpoint"]["qrcode"]})
    await sandbox.control("POST", scan, 409, json={})


async def test_a_second_pairing_gets_425_when_the_switch_is_on(sandbox: Driver) -> None:
    account_id = (await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    await sandbox.control("PUT", "/faults", json={"auth_in_progress": True, "pending_account_404": True})
    problem = await sandbox.api("POST", f"/accounts/{account_id}", 425, json={"provider": "WHATSAPP"})
    assert problem["type"] == "errors/auth_in_progress"
    await sandbox.api("GET", f"/accounts/{account_id}", 404)


async def test_a_reconnect_delivers_missed_events_in_a_burst(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    first = await sandbox.write(account_id, "before")
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "CREDENTIALS"})
    await sandbox.register(receiver)
    missed = [await sandbox.write(account_id, text) for text in ("one", "two")]

    stale = await sandbox.api("GET", f"/chats/{first['chat_id']}/messages")
    assert [item["text"] for item in stale["items"]] == ["before"]
    assert (await sandbox.api("GET", f"/chats/{first['chat_id']}"))["unread_count"] == 1
    await sandbox.api("GET", f"/messages/{missed[0]['message_id']}", 404)
    assert receiver.deliveries == []

    again = await sandbox.api("POST", f"/accounts/{account_id}", 201, json={"provider": "WHATSAPP"})
    assert again["account_id"] == account_id
    await sandbox.control("POST", f"/accounts/{account_id}/scan", json={})
    burst = await receiver.until(lambda items: len(items) == 2)
    assert {item.body["message_id"] for item in burst} == {item["message_id"] for item in missed}
    assert (await sandbox.api("GET", f"/chats/{first['chat_id']}"))["unread_count"] == 3


async def test_a_reconnect_with_another_phone_number_is_rejected(sandbox: Driver) -> None:
    account_id = await sandbox.account(phone_number="+5511900000001")
    await sandbox.api("POST", f"/accounts/{account_id}", 201, json={"provider": "WHATSAPP"})
    path = f"/accounts/{account_id}/scan"
    assert (await sandbox.control("POST", path, 403, json={"phone_number": "+4915100000000"}))[
        "type"
    ] == "errors/account_mismatch"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("CREDENTIALS", 401, "disconnected_account"),
        ("CONNECTING", 503, "no_client_session"),
        ("STOPPED", 503, "no_client_session"),
        ("PERMISSIONS", 403, "insufficient_permissions"),
    ],
)
async def test_sends_fail_while_the_account_is_not_ok(
    sandbox: Driver, status: str, code: int, kind: str
) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": status})
    problem = await sandbox.api("POST", f"/chats/{chat_id}/messages", code, json={"text": "x"})
    assert problem["type"] == f"errors/{kind}"


async def test_status_events_come_on_real_transitions_only(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver, source="account_status")
    assert (await sandbox.api("POST", f"/accounts/{account_id}/restart"))["object"] == "AccountRestarted"
    for status in ("OK", "STOPPED", "STOPPED", "CREDENTIALS", "OK"):
        await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": status})
    await receiver.until(lambda items: len(items) == 4)
    assert receiver.statuses == ["STOPPED", "CREDENTIALS", "RECONNECTED", "OK"]


async def test_a_restart_brings_a_stopped_account_back_but_not_one_without_a_session(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account()
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "STOPPED"})
    await sandbox.register(receiver, source="account_status")
    assert (await sandbox.api("POST", f"/accounts/{account_id}/restart"))["object"] == "AccountRestarted"
    await receiver.until(lambda items: len(items) == 2)
    assert receiver.statuses == ["CONNECTING", "OK"]
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "CREDENTIALS"})
    failed = await sandbox.api("POST", f"/accounts/{account_id}/restart")
    assert failed["object"] == "AccountFailedToRestart"


async def test_removing_an_account_removes_its_chats(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    await sandbox.register(receiver, source="account_status")
    assert await sandbox.api("DELETE", f"/accounts/{account_id}") == {"object": "AccountDeleted"}
    await receiver.until(lambda items: len(items) == 1)
    assert receiver.statuses == ["DELETED"]
    for path in (f"/accounts/{account_id}", f"/chats/{chat_id}", f"/chats/{chat_id}/messages"):
        await sandbox.api("GET", path, 404)
    await sandbox.api("DELETE", f"/accounts/{account_id}", 404)
    assert (await sandbox.api("GET", "/messages"))["items"] == []


async def test_an_account_can_be_created_with_a_given_id(sandbox: Driver) -> None:
    body = {"id": "acme-1", "phone_number": "+5511900000001", "name": "Acme"}
    account = await sandbox.control("POST", "/accounts", 201, json=body)
    assert (account["id"], account["name"], account["groups"]) == ("acme-1", "Acme", [])
    chat_id = (await sandbox.write("acme-1"))["chat_id"]
    await sandbox.control("POST", "/accounts", 201, json={"id": "acme-1"})
    assert (await sandbox.api("GET", f"/chats/{chat_id}"))["account_id"] == "acme-1"
    await sandbox.control("POST", "/accounts", 400, json={"id": "with/slash"})
    await sandbox.control("POST", "/accounts", 400, json={"phone_number": "12"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"provider": 5}, 400),
        ({"provider": "PIGEON"}, 400),
        ({"provider": "WHATSAPP", "sync_limit": {}}, 400),
        ({"provider": "LINKEDIN"}, 501),
    ],
)
async def test_an_invalid_connect_is_rejected(sandbox: Driver, body: object, status: int) -> None:
    await sandbox.api("POST", "/accounts", status, json=body)


async def test_whatsapp_supports_neither_resync_nor_checkpoint_codes(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    await sandbox.api("GET", f"/accounts/{account_id}/sync", 501)
    await sandbox.api("POST", "/accounts/checkpoint", 400, json={"account_id": account_id, "code": "1"})
    await sandbox.api("GET", f"/accounts/{account_id}/resync", 404)


async def test_the_older_of_two_pairings_gets_409(sandbox: Driver) -> None:
    account_id = (await sandbox.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    await sandbox.control("PUT", "/faults", json={"connect_ms": 100})

    async def reconnect() -> int:
        path = f"/api/v1/accounts/{account_id}"
        async with sandbox.raw("POST", path, json={"provider": "WHATSAPP"}) as answer:
            return int(answer.status)

    assert sorted(await asyncio.gather(reconnect(), reconnect(), reconnect())) == [201, 409, 409]


async def test_a_scan_continues_after_a_sandbox_restart(start: Start, tmp_path: Path) -> None:
    first = await start(tmp_path, ok_seconds=60)
    account_id = (await first.api("POST", "/accounts", 201, json={"provider": "WHATSAPP"}))["account_id"]
    await first.control("POST", f"/accounts/{account_id}/scan", json={})
    await first.client.close()
    second = await start(tmp_path)
    assert (await second.api("GET", f"/accounts/{account_id}"))["sources"][0]["status"] == "OK"


async def test_a_code_works_only_on_the_phone_it_was_created_for(sandbox: Driver, receiver: Receiver) -> None:
    await sandbox.register(receiver, source="account_status")
    body = {"provider": "WHATSAPP", "pairing_phone_number": "5511900000001"}
    first = await sandbox.api("POST", "/accounts", 201, json=body)
    checkpoint = first["checkpoint"]
    assert (
        checkpoint["type"] == "PAIRING_CODE" and len(checkpoint["code"]) == 9 and "qrcode" not in checkpoint
    )
    newer = await sandbox.api("POST", f"/accounts/{first['account_id']}", 201, json=body)
    scan = f"/accounts/{first['account_id']}/scan"
    await sandbox.control("POST", scan, 409, json={"pairing_code": checkpoint["code"]})
    right = {"pairing_code": newer["checkpoint"]["code"].lower().replace("-", "")}
    await sandbox.control("POST", scan, 403, json=right | {"phone_number": "5511900000002"})
    sandbox.clock.now += 179
    await sandbox.control("POST", scan, json=right)
    await receiver.until(lambda items: len(items) == 3)
    assert receiver.statuses == ["CREATION_SUCCESS", "OK", "SYNC_SUCCESS"]
    account = await sandbox.api("GET", f"/accounts/{first['account_id']}")
    assert account["connection_params"] == {"im": {"phone_number": "5511900000001"}}


@pytest.mark.parametrize("number", ["+5511900000001", "055", "55 11", "abc", 17])
async def test_a_code_needs_digits_with_the_country_code(sandbox: Driver, number: object) -> None:
    body = {"provider": "WHATSAPP", "pairing_phone_number": number}
    await sandbox.api("POST", "/accounts", 400, json=body)


async def test_an_account_accepts_a_new_proxy_and_nothing_else(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    proxy = {"protocol": "https", "host": "proxy.example", "port": 8080}
    accepted: list[Json] = [{"country": "BR"}, {"proxy": proxy, "ip": "203.0.113.7"}, {}]
    for body in accepted:
        answer = await sandbox.api("PATCH", f"/accounts/{account_id}", json=body)
        assert answer == {"object": "AccountUpdated", "account_id": account_id}
    invalid: list[Json] = [{"country": "Brazil"}, {"proxy": {"host": "x"}}, {"name": "Loja"}]
    for body in invalid:
        await sandbox.api("PATCH", f"/accounts/{account_id}", 400, json=body)
    await sandbox.api("PATCH", "/accounts/nobody", 404, json={})


async def test_a_restart_repairs_an_account_unless_the_switch_is_off(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account()
    restart = f"/accounts/{account_id}/restart"
    await sandbox.register(receiver, source="account_status")
    assert await sandbox.api("POST", restart) == {"object": "AccountRestarted"}
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "ERROR"})
    await sandbox.control("PUT", "/faults", json={"restart_fails": True})
    assert await sandbox.api("POST", restart) == {"object": "AccountFailedToRestart"}
    await sandbox.control("PUT", "/faults", json={})
    assert await sandbox.api("POST", restart) == {"object": "AccountRestarted"}
    await receiver.until(lambda items: len(items) == 3)
    assert receiver.statuses == ["ERROR", "CONNECTING", "OK"]
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "CREDENTIALS"})
    assert await sandbox.api("POST", restart) == {"object": "AccountFailedToRestart"}

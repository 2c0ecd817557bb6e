"""Registering webhooks, and how events are delivered to them."""

from pathlib import Path

import pytest

from sandbox.web.keys import SIMULATOR
from tests.sandbox.driver import ALL_EVENTS, Driver, Json, Receiver, Start
from tests.support.peers import eventually

SECRET = [
    {"key": "Content-Type", "value": "application/json"},
    {"key": "Unipile-Auth", "value": "a-long-secret"},
]


async def test_registered_headers_are_sent_as_they_are(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account(phone_number="5511900000001", name="Acme")
    await sandbox.register(receiver, name="inbox-messages", headers=SECRET)
    written = await sandbox.write(account_id, "Oi, meu pedido chegou?")
    await receiver.until(lambda items: items)
    delivery = receiver.deliveries[0]
    assert delivery.headers["Unipile-Auth"] == "a-long-secret"
    assert delivery.headers["Content-Type"] == "application/json"
    assert delivery.headers["User-Agent"].startswith("axios/1.7")
    body = delivery.body
    person = {
        "attendee_id": body["sender"]["attendee_id"],
        "attendee_provider_id": body["sender"]["attendee_provider_id"],
        "attendee_name": "Bia Lima",
        "attendee_profile_url": None,
        "attendee_public_identifier": "5511988880000@s.whatsapp.net",
        "attendee_specifics": {
            "provider": "WHATSAPP",
            "phone_number": "+5511988880000",
            "lid": body["sender"]["attendee_provider_id"],
        },
    }
    assert person["attendee_provider_id"].endswith("@lid")
    assert body == {
        "event": "message_received",
        "account_id": account_id,
        "account_type": "WHATSAPP",
        "account_info": {"type": "WHATSAPP", "phone_number": "5511900000001"},
        "webhook_name": "inbox-messages",
        "chat_id": written["chat_id"],
        "provider_chat_id": "5511988880000@s.whatsapp.net",
        "message_id": written["message_id"],
        "provider_message_id": written["provider_message_id"],
        "timestamp": body["timestamp"],
        "message": "Oi, meu pedido chegou?",
        "subject": None,
        "sender": person,
        "attendees": [person],
        "attachments": [],
        "is_sender": False,
        "is_group": False,
        "is_event": 0,
        "event_type": None,
        "chat_pinned": 0,
        "quoted": None,
        "reply_to": None,
        "is_forwarded": None,
        "chat_content_type": None,
        "message_type": None,
        "folder": ["INBOX"],
    }


async def test_without_a_registered_content_type_json_comes_as_a_form(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    assert receiver.deliveries[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert receiver.deliveries[0].body["message"] == "Oi"


async def test_the_form_format_sends_the_keys_as_a_form(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver, format="form")
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    assert "event=message_received&account_id=" in receiver.deliveries[0].raw


@pytest.mark.parametrize("answer", [201, 204, 302, 400, 500, "hang"])
async def test_a_delivery_without_a_timely_200_is_retried(
    sandbox: Driver, receiver: Receiver, answer: int | str
) -> None:
    account_id = await sandbox.account()
    receiver.answers = [answer]
    await sandbox.register(receiver)
    await sandbox.write(account_id)
    first, second = await receiver.until(lambda items: len(items) == 2)
    assert first.raw == second.raw


async def test_an_event_is_lost_and_counted_after_five_retries(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    receiver.answers = [500] * 6
    await sandbox.register(receiver)
    await sandbox.write(account_id, "lost")
    await receiver.until(lambda items: len(items) == 6)
    await sandbox.write(account_id, "kept")
    await receiver.until(lambda items: len(items) == 7)
    assert receiver.deliveries[6].body["message"] == "kept"
    report = await settled(sandbox)
    assert report["pending"] == 0
    counts = [{key: item[key] for key in ("delivered", "failed", "lost")} for item in report["webhooks"]]
    assert counts == [{"delivered": 1, "failed": 6, "lost": 1}]
    assert [item["attempt"] for item in report["log"]] == [1, 2, 3, 4, 5, 6, 1]


async def settled(sandbox: Driver) -> Json:
    while (report := await sandbox.control("GET", "/deliveries"))["pending"]:
        pass
    return report


async def test_retries_back_off(start: Start, receiver: Receiver) -> None:
    sandbox = await start(webhook_retries=(2, 10, 30, 120, 600))
    account_id = await sandbox.account()
    receiver.answers = [500]
    await sandbox.register(receiver)
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    report = await sandbox.control("GET", "/deliveries")
    assert report["pending"] == 1
    # The clock stands still, so the two seconds before the first retry never pass.
    assert len(receiver.deliveries) == 1


async def test_waiting_retries_survive_a_restart(start: Start, receiver: Receiver, tmp_path: Path) -> None:
    first = await start(tmp_path, webhook_retries=(30,))
    account_id = await first.account()
    receiver.answers = [500]
    await first.register(receiver)
    await first.write(account_id, "kept")
    await receiver.until(lambda items: items)
    await first.client.close()
    clock = first.clock
    clock.now += 60
    second = await start(tmp_path, clock=clock)
    await receiver.until(lambda items: len(items) == 2)
    assert receiver.deliveries[1].body["message"] == "kept"
    assert (await settled(second))["pending"] == 0


async def test_shutdown_survives_a_delivery_that_fails_meanwhile(start: Start, receiver: Receiver) -> None:
    sandbox = await start(webhook_retries=(60, 60, 60, 60, 60))
    await sandbox.register(receiver)
    receiver.answers = [500]
    await sandbox.write(await sandbox.account())
    dispatcher = sandbox.client.app[SIMULATOR].dispatcher

    async def is_waiting() -> bool:
        return bool(dispatcher._retries) and not dispatcher._retry_wanted.is_set()

    await eventually(is_waiting)
    dispatcher._retry_wanted.set()  # as a failed delivery does, in the loop iteration of the shutdown
    await dispatcher.close()


async def test_only_the_registered_events_and_accounts_are_delivered(
    sandbox: Driver, receiver: Receiver
) -> None:
    wanted, other = await sandbox.account(), await sandbox.account()
    await sandbox.register(receiver, events=["message_edited"], account_ids=[wanted])
    for account_id in (other, wanted):
        message_id = (await sandbox.write(account_id))["message_id"]
        await sandbox.control("PATCH", f"/messages/{message_id}", json={"text": "new"})
    await receiver.until(lambda items: items)
    assert [(item.event, item.body["account_id"]) for item in receiver.deliveries] == [
        ("message_edited", wanted)
    ]


async def test_without_events_only_received_messages_are_delivered(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account()
    await sandbox.api("POST", "/webhooks", 201, json={"request_url": receiver.url, "source": "messaging"})
    message_id = (await sandbox.write(account_id))["message_id"]
    await sandbox.control("PATCH", f"/messages/{message_id}", json={"text": "new"})
    await sandbox.write(account_id, "second")
    await receiver.until(lambda items: len(items) == 2)
    assert receiver.events == ["message_received", "message_received"]


async def test_data_selects_and_renames_the_keys(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    data = [{"name": "text", "key": "message"}, {"name": "who", "key": "account_id"}]
    await sandbox.register(receiver, data=data)
    await sandbox.write(account_id)
    await receiver.until(lambda items: items)
    assert receiver.deliveries[0].body == {"text": "Oi", "who": account_id}


async def test_a_url_registered_twice_gets_everything_twice(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver, name="a")
    await sandbox.register(receiver, name="b")
    await sandbox.write(account_id)
    await receiver.until(lambda items: len(items) == 2)
    assert {item.body["webhook_name"] for item in receiver.deliveries} == {"a", "b"}


async def test_a_disabled_or_removed_webhook_gets_nothing(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    await sandbox.register(receiver, enabled=False)
    removed = await sandbox.register(receiver)
    assert await sandbox.api("DELETE", f"/webhooks/{removed}") == {"object": "WebhookDeleted"}
    await sandbox.write(account_id, "unheard")
    await sandbox.register(receiver)
    await sandbox.write(account_id, "heard")
    await receiver.until(lambda items: items)
    assert [item.body["message"] for item in receiver.deliveries] == ["heard"]


async def test_registrations_are_listed_with_their_headers_and_accounts_as_objects(
    sandbox: Driver, receiver: Receiver
) -> None:
    account_id = await sandbox.account(name="Acme")
    first = await sandbox.register(receiver, name="first", headers=SECRET, account_ids=[account_id])
    second = await sandbox.register(receiver, source="account_status")
    page = await sandbox.api("GET", "/webhooks?limit=1")
    rest = await sandbox.api("GET", "/webhooks", params={"cursor": page["cursor"]})
    assert [item["id"] for item in page["items"] + rest["items"]] == [second, first]
    assert rest["cursor"] is None and rest["object"] == "WebhookList"
    assert rest["items"][0] == {
        "object": "Webhook",
        "id": first,
        "name": "first",
        "enabled": True,
        "request_url": receiver.url,
        "format": "json",
        "type": "AUTO",
        "source": "messaging",
        "headers": SECRET,
        "data": [],
        "events": ALL_EVENTS,
        "account_ids": [{"id": account_id, "name": "Acme", "type": "WHATSAPP"}],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"request_url": None},
        {"request_url": "ftp://example.com"},
        {"request_url": "http://[broken"},
        {"request_url": "http://\ud800.example"},
        {"source": "gossip"},
        {"source": None},
        {"events": ["mail_received"]},
        {"events": "message_received"},
        {"format": "xml"},
        {"headers": [{"key": "X", "value": "line\nbreak"}]},
        {"headers": [{"key": "Bad Name", "value": "x"}]},
        {"headers": {"X": "y"}},
        {"headers": [{"key": "X", "value": "1"}, {"key": "x", "value": "2"}]},
        {"data": [{"name": "x", "key": "nothing"}]},
        {"data": [{"name": "x", "key": []}]},
        {"account_ids": [1]},
        {"enabled": "perhaps"},
    ],
)
async def test_an_undeliverable_registration_is_rejected(sandbox: Driver, change: dict[str, object]) -> None:
    body = {"request_url": "http://127.0.0.1:9/x", "source": "messaging"} | change
    await sandbox.api("POST", "/webhooks", 400, json=body)
    assert (await sandbox.api("GET", "/webhooks"))["items"] == []


async def test_a_webhook_can_be_neither_changed_nor_tested(sandbox: Driver, receiver: Receiver) -> None:
    webhook_id = await sandbox.register(receiver)
    await sandbox.api("PATCH", f"/webhooks/{webhook_id}", 405, json={})
    await sandbox.api("POST", f"/webhooks/{webhook_id}/test", 404, json={})
    await sandbox.api("DELETE", "/webhooks/unknown", 404)


async def test_hundreds_of_events_arrive_once_each(start: Start, receiver: Receiver) -> None:
    sandbox = await start(webhook_timeout=10)
    account_id = await sandbox.account()
    await sandbox.register(receiver)
    for index in range(300):
        await sandbox.write(account_id, f"message {index}")
    await receiver.until(lambda items: len(items) >= 300)
    assert len({item.body["message_id"] for item in receiver.deliveries}) == 300 == len(receiver.deliveries)

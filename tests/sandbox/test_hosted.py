"""Hosted links: the page, single use, the notify call, and rejected requests."""

from typing import Any

import pytest
from yarl import URL

from tests.sandbox.driver import Driver, Receiver

LINK = {
    "type": "create",
    "providers": ["WHATSAPP"],
    "api_url": "http://127.0.0.1:4000",
    "expiresOn": "2026-03-02T09:00:00.000Z",
    "name": "user_42",
}


async def test_a_hosted_link_connects_once_and_notifies(sandbox: Driver, receiver: Receiver) -> None:
    urls = {"notify_url": receiver.url, "success_redirect_url": "http://127.0.0.1:9/done"}
    link = await sandbox.api("POST", "/hosted/accounts/link", 201, json=LINK | urls)
    path = URL(link["url"]).path
    async with sandbox.client.get(path) as page:
        assert page.status == 200 and "Scan this code" in await page.text()
    async with sandbox.client.post(path, data={"choice": "scan"}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "http://127.0.0.1:9/done")
    await receiver.until(lambda items: items)
    account_id = (await sandbox.api("GET", "/accounts"))["items"][0]["id"]
    assert receiver.deliveries[0].body == {
        "status": "CREATION_SUCCESS",
        "account_id": account_id,
        "name": "user_42",
    }
    async with sandbox.client.get(path) as page:
        assert page.status == 401
    again = LINK | {"type": "reconnect", "reconnect_account": account_id, "notify_url": receiver.url}
    link = await sandbox.api("POST", "/hosted/accounts/link", 201, json=again)
    async with sandbox.client.post(URL(link["url"]).path, data={"choice": "scan"}) as page:
        assert "connected" in await page.text()
    await receiver.until(lambda items: len(items) == 2)
    assert receiver.deliveries[1].body["status"] == "RECONNECTED"


async def test_a_hosted_link_can_be_cancelled(sandbox: Driver) -> None:
    link = await sandbox.api("POST", "/hosted/accounts/link", 201, json=LINK)
    async with sandbox.client.post(URL(link["url"]).path, data={"choice": "cancel"}) as page:
        assert "Nothing was connected" in await page.text()
    assert (await sandbox.api("GET", "/accounts"))["items"] == []
    link = await sandbox.api("POST", "/hosted/accounts/link", 201, json=LINK)
    sandbox.clock.now += 3600
    async with sandbox.client.get(URL(link["url"]).path) as page:
        assert page.status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"type": "join"},
        {"providers": ["PIGEON"]},
        {"providers": "WHATSAPP"},
        {"providers": None},
        {"api_url": None},
        {"expiresOn": "2026-03-02T09:00:00Z"},
        {"expiresOn": "2020-03-02T09:00:00.000Z"},
        {"name": ""},
        {"notify_url": "javascript:alert(1)"},
        {"type": "reconnect"},
    ],
)
async def test_an_invalid_hosted_link_is_rejected(sandbox: Driver, change: Any) -> None:
    await sandbox.api("POST", "/hosted/accounts/link", 400, json=LINK | change)

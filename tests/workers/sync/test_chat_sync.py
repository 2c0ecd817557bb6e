"""Calls to UniPile: exactly our two webhooks, an account's state, a chat's name."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.accounts.webhook_registration import MESSAGES_WEBHOOK, STATUS_WEBHOOK
from server.rules.account_states import Seen
from server.unipile.answers import ProviderAccount
from tests.support.fixtures_stack import Stack
from tests.support.peers import WEBHOOK_SECRET, message_received
from tests.support.worker_harness import Listener, WorkerHarness, status_event
from workers.accounts.states import refresh_account
from workers.context import open_parts
from workers.sync.chat_sync import refresh_chat, register_webhooks

KEY = {"X-API-KEY": "sandbox-key"}


class Office:
    """Runs a worker's jobs, and reads UniPile's list of webhooks."""

    def __init__(self, stack: Stack, harness: WorkerHarness) -> None:
        self.stack = stack
        self.harness = harness

    async def unipile(self, method: str, path: str, body: Any = None) -> Any:
        return await self.stack.sandbox.ok(method, f"/api/v1{path}", body, headers=KEY)

    async def registered(self) -> list[tuple[str, str]]:
        items = (await self.unipile("GET", "/webhooks"))["items"]
        return sorted((item["name"], item["request_url"]) for item in items)

    async def add_webhook(self, name: str, url: str, secret: str = WEBHOOK_SECRET, **more: Any) -> None:
        headers = [{"key": "Unipile-Auth", "value": secret}]
        body = {"request_url": url, "source": "messaging", "name": name, "headers": headers} | more
        await self.unipile("POST", "/webhooks", body)

    def ours(self) -> list[tuple[str, str]]:
        base = f"{self.stack.config.web.public_url}/api/webhooks/unipile"
        return [(STATUS_WEBHOOK, f"{base}/account-status"), (MESSAGES_WEBHOOK, f"{base}/messages")]


@pytest.fixture
async def office(web_only: Stack) -> AsyncIterator[Office]:
    async with open_parts(web_only.config) as parts:
        yield Office(web_only, await WorkerHarness(parts).open())


async def test_both_webhooks_are_registered_once(office: Office) -> None:
    for _ in range(2):
        await register_webhooks(office.harness.context())
        assert await office.registered() == office.ours()


async def test_a_correct_webhook_is_left_alone(office: Office) -> None:
    await register_webhooks(office.harness.context())
    before = {item["id"] for item in (await office.unipile("GET", "/webhooks"))["items"]}
    await register_webhooks(office.harness.context())
    assert {item["id"] for item in (await office.unipile("GET", "/webhooks"))["items"]} == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://old.example/hook"},
        {"secret": "the-secret-of-last-year"},
        {"enabled": False},
    ],
)
async def test_a_wrong_webhook_is_replaced(office: Office, wrong: dict[str, Any]) -> None:
    right = {"url": office.ours()[1][1]}
    await office.add_webhook(MESSAGES_WEBHOOK, **(right | wrong))
    await register_webhooks(office.harness.context())
    assert await office.registered() == office.ours()


async def test_duplicates_are_removed_and_other_webhooks_left(office: Office) -> None:
    stranger = ("somebody-elses", "http://elsewhere.example/hook")
    await office.add_webhook(*stranger)
    for _ in range(3):
        await office.add_webhook(*office.ours()[1])
    await register_webhooks(office.harness.context())
    assert await office.registered() == [*office.ours(), stranger]


@pytest.mark.parametrize("instances", [2, 5])
async def test_instances_that_start_together_leave_one_of_each(office: Office, instances: int) -> None:
    """Each finds none and creates its own: every message would then be delivered twice."""
    await asyncio.gather(*(register_webhooks(office.harness.context()) for _ in range(instances)))
    assert await office.registered() == office.ours()
    # Each with our secret, and with the type without which UniPile says that JSON is a form (§4.1).
    for item in (await office.unipile("GET", "/webhooks"))["items"]:
        headers = {header["key"]: header["value"] for header in item["headers"]}
        assert headers == {"Content-Type": "application/json", "Unipile-Auth": WEBHOOK_SECRET}


async def test_an_account_takes_unipiles_state_and_is_published_once(office: Office) -> None:
    agent = await office.stack.sign_in()
    account = await office.stack.make_account(agent)
    await office.harness.execute("update channels_account set status = 'connecting', name = null")
    listener = await Listener(office.harness.parts.redis, account["id"]).open()
    for _ in range(2):
        await refresh_account(office.harness.context(), account["id"])
    ((_, frame),) = await listener.heard()
    assert (frame["event"], frame["data"]["status"]) == ("account:updated", "connected")
    assert frame["data"]["name"]
    await listener.close()


async def state(office: Office) -> tuple[str, str | None, str]:
    (row,) = await office.harness.fetch("select status, status_reason, next_step from channels_account")
    return row["status"], row["status_reason"], row["next_step"]


async def test_an_account_that_unipile_does_not_know_yet_stays_as_it_is(office: Office) -> None:
    account_id = await office.harness.make_account("unheard-of", Seen.CODE_SHOWN)
    await refresh_account(office.harness.context(), account_id)
    await refresh_account(office.harness.context(), account_id + 1)
    assert await state(office) == ("connecting", None, "scan")


async def test_an_account_unknown_to_unipile_needs_action_until_it_is_known(
    office: Office,
) -> None:
    """The wrong UniPile may be configured: do nothing that cannot be undone."""
    account_id = await office.harness.make_account("lost")
    await refresh_account(office.harness.context(), account_id)
    assert await state(office) == ("needs_action", "NOT_FOUND", "connect")
    await office.stack.sandbox.ok("POST", "/sandbox/accounts", {"id": "lost"})
    await refresh_account(office.harness.context(), account_id)
    assert await state(office) == ("connected", None, "none")


async def test_a_reading_that_was_overtaken_is_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UniPile reported OK a moment before the account was signed out: the webhook arrives first, and is newer."""
    agent = await office.stack.sign_in()
    account = await office.stack.make_account(agent)
    unipile, readings = office.harness.parts.unipile, 0
    fetch = unipile.fetch_account

    async def overtaken(external_account_id: str) -> ProviderAccount:
        nonlocal readings
        readings += 1
        found = await fetch(external_account_id)
        if readings == 1:
            path = "/sandbox/accounts/acc-1/status"
            await office.stack.sandbox.ok("POST", path, {"status": "CREDENTIALS"})
            await office.harness.store(status_event("CREDENTIALS"), source="account-status")
        return found

    monkeypatch.setattr(unipile, "fetch_account", overtaken)
    await refresh_account(office.harness.context(), account["id"])
    assert readings == 2
    assert await state(office) == ("needs_action", "CREDENTIALS", "reconnect")


async def test_a_late_status_event_is_corrected_by_reading_the_state(office: Office) -> None:
    agent = await office.stack.sign_in()
    account = await office.stack.make_account(agent)
    await office.harness.store(status_event("CREDENTIALS"), source="account-status")
    assert await state(office) == ("needs_action", "CREDENTIALS", "reconnect")
    await refresh_account(office.harness.context(), account["id"])
    assert await state(office) == ("connected", None, "none")


async def test_a_group_takes_its_subject(office: Office) -> None:
    agent = await office.stack.sign_in()
    account = await office.stack.make_account(agent)
    written = await office.stack.write("acc-1", "Oi", group={"name": "Família"})
    await office.harness.store(message_received("acc-1", is_group=True, chat_id=written["chat_id"]))
    (chat,) = await agent.chats(account["id"])
    assert chat["title"] is None
    await refresh_chat(office.harness.context(), chat["id"])
    (renamed,) = await agent.chats(account["id"])
    assert (renamed["title"], renamed["seq"]) == ("Família", chat["seq"] + 1)


async def test_a_chat_that_unipile_does_not_know_is_left_alone(office: Office) -> None:
    await office.harness.make_account()
    await office.harness.store(message_received("acc-1"))
    chat = await office.harness.chat()
    for chat_id in (chat["id"], chat["id"] + 1):
        await refresh_chat(office.harness.context(), chat_id)
    assert await office.harness.chat() == chat

"""Web push: encrypted, to devices of users without a tab, never of what is muted, read, in view or history."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from aiohttp import web

from server.config import Config
from server.store.notifying import deliveries
from server.store.people import notifications
from server.web.app_keys import DATABASE
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_notifications import make_pair, wait_for_lines, write_and_wait
from tests.server.handlers.test_user_feed import listen
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer, Socket, eventually
from tests.support.push_service import Pushed, PushService, push_service, pushing

DEVICES, PREFERENCES, TEST = "/api/me/devices", "/api/me/preferences", "/api/me/notifications/test"


@dataclass
class Pushing:
    """A Confab with a push service; Ana owns a chat of Bia's and has a phone, her colleague has a socket."""

    stack: Stack
    service: PushService
    agent: Peer
    ana: Peer
    socket: Socket
    account_id: int
    chat_id: int
    device_id: int

    async def write(self, text: str) -> None:
        """Bia writes; what that is to be pushed waits for."""
        await write_and_wait(self.stack, self.socket, text)

    async def until(self, check: Callable[[], Awaitable[Any]]) -> Any:
        """What the check finds, while the time is over in which a notification may be read."""

        async def find() -> Any:
            await self.stack.execute("update notification set push_due_at = now() where push_due_at > now()")
            return await check()

        return await eventually(find)

    async def next_push(self, count: int = 1) -> Pushed:
        """The push service has got this many."""

        async def are_there() -> list[Pushed]:
            return self.service.pushed[count - 1 :]

        found: list[Pushed] = await self.until(are_there)
        return found[0]

    async def settled(self) -> None:
        """All messages were looked at, and no delivery is pending."""

        async def is_settled() -> bool:
            due = """select from notification_due
                     union all select from notification where push_due_at is not null and read_at is null
                     union all select from webpush_delivery"""
            return not await self.stack.execute(f"select 1 where exists ({due})")

        await self.until(is_settled)

    async def read_all(self) -> None:
        await self.ana.ok("PATCH", "/api/me/notifications", {"all": True})

    async def devices(self, peer: Peer | None = None) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await (peer or self.ana).ok("GET", DEVICES))["items"]
        return items


@pytest.fixture
async def pushes(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pushing]:
    """A notification waits for `make_due`, however slow the machine is."""
    monkeypatch.setattr(notifications, "PUSH_SECONDS", 3600)
    async with push_service() as service, run_stack(pushing(config)) as stack:
        agent, ana, account_id, chat_id = await make_pair(stack)
        device_id = await service.subscribe(ana, "phone")
        await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
        yield Pushing(stack, service, agent, ana, await agent.listen(), account_id, chat_id, device_id)


async def test_a_push_is_encrypted_signed_and_quotes_only_on_request(pushes: Pushing) -> None:
    await pushes.write("Ainda?")
    first = await pushes.next_push()
    assert (first.browser, first.shown["title"], first.shown["body"]) == (
        "phone",
        "Bia Lima",
        "Message in your chat",
    )
    assert first.shown["path"].startswith(f"/inbox/{pushes.account_id}/{pushes.chat_id}#message-")
    assert (first.headers["Urgency"], first.headers["TTL"]) == ("high", "43200")
    await pushes.settled()
    (device,) = await pushes.devices()
    assert device["reached_at"] is not None
    await pushes.read_all()
    await pushes.ana.ok("PATCH", PREFERENCES, {"previews": True, "language": "de"})
    await pushes.write("Alô")
    second = await pushes.next_push(2)
    assert (second.shown["title"], second.shown["body"]) == ("Bia Lima", "Alô")
    assert second.headers["Topic"] == first.headers["Topic"]
    assert len(second.headers["Topic"]) == 32
    await pushes.read_all()
    team = {"user_id": pushes.ana.user_id}
    for user_id in (None, team["user_id"]):
        path = chat_path(pushes.account_id, pushes.chat_id, "/assignee")
        await pushes.agent.ok("PUT", path, {"user_id": user_id})
    assert (await pushes.next_push(3)).shown["body"] == "Ihnen zugewiesen"


async def test_a_user_at_a_tab_is_alerted_there_and_not_on_devices(pushes: Pushing) -> None:
    tab, _ = await listen(pushes.ana)
    await pushes.write("Ainda?")
    await pushes.settled()
    assert pushes.service.pushed == []
    await pushes.read_all()
    await tab.close()
    await pushes.write("Alô")
    await pushes.next_push()
    await pushes.settled()
    assert len(pushes.service.pushed) == 1


async def test_nothing_is_pushed_of_what_is_muted_read_unwanted_or_history(pushes: Pushing) -> None:
    path = chat_path(pushes.account_id, pushes.chat_id)
    later = "2036-01-01T00:00:00.000Z"
    for change in ({"muted_until": later}, {"muted_until": None, "archived": True}):
        await pushes.agent.ok("PATCH", path, change)
        await pushes.write(f"{change}")
        await pushes.settled()
    await pushes.agent.ok("PATCH", path, {"archived": False})
    await pushes.stack.write("acc-1", "From the phone", is_sender=True)
    await pushes.socket.wait_for_event("message:new", body="From the phone")
    await pushes.stack.write(
        "acc-1", "Before", silent=True, timestamp="2026-03-02T09:00:00.000Z", **{"from": STRANGER}
    )
    await pushes.settled()
    await pushes.ana.ok("PATCH", PREFERENCES, {"notifications": {"mine": {"push": False}}})
    await pushes.write("Unwanted")
    await wait_for_lines(pushes.ana, 1)
    await pushes.settled()
    await pushes.read_all()
    await pushes.ana.ok("PATCH", PREFERENCES, {"notifications": {"mine": {"push": True}}})
    await pushes.write("In view")
    await wait_for_lines(pushes.ana, 1)
    await pushes.ana.ok("PATCH", "/api/me/notifications", {"chat_id": pushes.chat_id})
    await pushes.settled()
    assert pushes.service.asked == 0
    await pushes.write("And now")
    await pushes.next_push()


STRANGER = {"phone_number": "5511977770000", "name": "Caio"}


async def test_nothing_is_pushed_of_a_chat_that_a_restricted_agent_lost(pushes: Pushing) -> None:
    await pushes.write("Ainda?")
    await wait_for_lines(pushes.ana, 1)
    member = f"{CHANNELS}/{pushes.account_id}/members/{pushes.ana.user_id}"
    await pushes.agent.ok("PUT", member, {"role": "agent", "restricted": True})
    path = chat_path(pushes.account_id, pushes.chat_id, "/assignee")
    await pushes.agent.ok("PUT", path, {"user_id": pushes.agent.user_id})
    await pushes.settled()
    assert pushes.service.pushed == []
    # Given back to them it is pushed, as before.
    await pushes.agent.ok("PUT", path, {"user_id": pushes.ana.user_id})
    assert (await pushes.next_push()).shown["title"] == "Bia Lima"


async def test_a_subscription_that_ended_removes_its_device(pushes: Pushing) -> None:
    other = await pushes.stack.sign_in("ana")
    await pushes.service.subscribe(other, "laptop")
    pushes.service.answers = [web.Response(status=410)]
    await pushes.write("Ainda?")
    await pushes.next_push()

    async def is_removed() -> bool:
        return len(await pushes.devices()) == 1

    await eventually(is_removed)
    await pushes.settled()
    assert (pushes.service.asked, len(pushes.service.pushed)) == (2, 1)


async def test_a_busy_service_is_asked_again_later_and_a_rejection_is_final(pushes: Pushing) -> None:
    pushes.service.answers = [
        web.Response(status=429, headers={"Retry-After": "900"}),
        web.Response(status=503),
    ]
    await pushes.write("Ainda?")
    await pushes.until(partial(is_due_after, pushes, 800))
    for asked in (2, 3):
        await pushes.stack.execute("update webpush_delivery set due_at = now()")
        await eventually(partial(was_asked, pushes, asked))
    assert len(pushes.service.pushed) == 1
    await pushes.settled()
    await pushes.read_all()
    pushes.service.answers = [web.Response(status=400)]
    await pushes.write("Alô")
    await pushes.until(partial(was_asked, pushes, 4))
    await pushes.settled()
    assert (pushes.service.asked, len(await pushes.devices())) == (4, 1)


async def was_asked(pushes: Pushing, times: int) -> bool:
    return pushes.service.asked == times


async def is_due_after(pushes: Pushing, seconds: int) -> bool:
    """Whether the push service is not asked again before this time."""
    due = "select due_at - now() > make_interval(secs => %s) from webpush_delivery"
    return await pushes.stack.execute(due, seconds) == [(True,)]


async def test_a_delivery_survives_a_killed_worker_and_ends_with_its_age(pushes: Pushing) -> None:
    database = pushes.stack.app[DATABASE]
    pushes.service.answers = [web.Response(status=500)]
    await pushes.write("Ainda?")
    await pushes.until(partial(was_asked, pushes, 1))
    ((notification_id,),) = await pushes.stack.execute("select notification_id from webpush_delivery")
    assert await database.write(deliveries.take_due, 10) == []  # taken once, due again later
    await pushes.stack.execute(
        "update webpush_delivery set created_at = now() - interval '2 hours', due_at = now()"
    )
    assert await database.read(deliveries.fetch_delivery, notification_id, pushes.device_id) is None
    await pushes.settled()
    assert pushes.service.asked == 1


async def test_a_test_reaches_every_device_also_from_a_tab(pushes: Pushing) -> None:
    await listen(pushes.ana)
    assert (await pushes.agent.call("POST", TEST, {"channel": "push"})).status == 404  # no device
    assert (await pushes.ana.call("POST", TEST, {"channel": "mail"})).status == 404  # no mail server
    for _ in range(3):
        assert (await pushes.ana.call("POST", TEST, {"channel": "push"})).status == 202
    assert (await pushes.ana.call("POST", TEST, {"channel": "push"})).status == 429
    assert (await pushes.next_push()).shown["body"] == "This is a test notification."

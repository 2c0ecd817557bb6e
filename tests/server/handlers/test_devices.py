"""Devices: one for each browser and session, at addresses of the internet only, and none where web push is off."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp.abc import ResolveResult
from aiohttp.resolver import DefaultResolver

from server.config import Config
from server.config.webpush import make_private_key, read_private_key
from server.store.people import users
from server.web.app_keys import DATABASE
from server.webpush.sender import Outcome, WebpushSender
from server.webpush.subscriptions import Subscription, read_point
from server.webpush.vapid import Vapid
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer
from tests.support.push_service import PushService, pushing

DEVICES, TEST = "/api/me/devices", "/api/me/notifications/test"


@dataclass
class Devices:
    """A web process with web push, and two users; Ana has a phone."""

    stack: Stack
    service: PushService
    agent: Peer
    ana: Peer
    device_id: int

    async def devices(self, peer: Peer | None = None) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await (peer or self.ana).ok("GET", DEVICES))["items"]
        return items


@pytest.fixture
async def web_push(config: Config) -> AsyncIterator[Devices]:
    service = PushService(1)
    async with run_stack(pushing(config), with_workers=False) as stack:
        agent, ana = await stack.sign_in(), await stack.sign_in("ana")
        yield Devices(stack, service, agent, ana, await service.subscribe(ana, "phone"))


async def test_a_device_lives_as_long_as_its_session(web_push: Devices) -> None:
    second = await web_push.stack.sign_in("ana")
    await web_push.service.subscribe(second, "laptop")
    assert [device["is_current"] for device in await web_push.devices(second)] == [True, False]
    await second.ok("POST", "/api/auth/logout")
    assert [device["id"] for device in await web_push.devices()] == [web_push.device_id]
    await web_push.stack.app[DATABASE].write(users.set_active, web_push.ana.user_id, False)
    await web_push.stack.app[DATABASE].write(users.set_active, web_push.ana.user_id, True)
    assert await web_push.devices(await web_push.stack.sign_in("ana")) == []


async def test_a_browser_belongs_to_who_uses_it_last_and_others_cannot_remove_it(web_push: Devices) -> None:
    assert (await web_push.agent.call("DELETE", f"{DEVICES}/{web_push.device_id}")).status == 404
    assert await web_push.service.subscribe(web_push.agent, "phone") == web_push.device_id
    assert (await web_push.devices(), len(await web_push.devices(web_push.agent))) == ([], 1)
    assert (await web_push.ana.call("DELETE", f"{DEVICES}/{web_push.device_id}")).status == 404
    await web_push.agent.ok("DELETE", f"{DEVICES}/{web_push.device_id}")
    # A new subscription of the same session takes the place of the old one.
    for name in ("phone", "phone-again"):
        await web_push.service.subscribe(web_push.ana, name)
    assert len(await web_push.devices()) == 1


PRIVATE = ["http://push.x.example/1", "https://127.0.0.1/1", "https://localhost/1", "https://10.0.0.8/1"]
PRIVATE += [
    "https://[::1]/1",
    "https://[::ffff:192.168.0.1]/1",
    "https://169.254.169.254/1",
    "https://2130706433/1",
]
PRIVATE += [
    "https://push.x.example:8443/1",
    "https://a:b@push.x.example/1",
    "https://push/1",
    "nonsense",
    "https://",
]


async def test_private_addresses_and_wrong_keys_are_rejected(config: Config) -> None:
    public_only = replace(pushing(config).webpush, private_endpoints=False)
    service = PushService(1)
    async with run_stack(replace(config, webpush=public_only), with_workers=False) as stack:
        ana, good = await stack.sign_in("ana"), service.browser("phone").body()
        for endpoint in PRIVATE:
            answer = await ana.call("POST", DEVICES, good | {"endpoint": endpoint})
            assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["endpoint"]), endpoint
        public = good | {"endpoint": "https://push.x.example/1"}
        for keys in ({"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "B" + "A" * 86}, {"auth": "*" * 22}):
            answer = await ana.call("POST", DEVICES, public | {"keys": good["keys"] | keys})
            assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["keys"]), keys
        assert (await ana.call("POST", DEVICES, public)).status == 201
        shown = (await stack.stranger.ok("GET", "/api/config"))["webpush_key"]
        assert len(shown) == 87


async def test_a_name_that_leads_into_our_network_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: Any) -> list[ResolveResult]:
        return [
            ResolveResult(hostname="push.x.example", host="127.0.0.1", port=443, family=2, proto=0, flags=0)
        ]

    monkeypatch.setattr(DefaultResolver, "resolve", resolve)
    sender = WebpushSender(
        Vapid(read_private_key(make_private_key()), "mailto:a@x.example"), allows_private=False
    )
    browser = PushService(1).browser("phone")
    point = read_point(browser.body()["keys"]["p256dh"])
    assert point is not None
    subscription = Subscription("https://push.x.example/1", point, browser.auth)
    answer = await sender.send(subscription, b"{}", subject="chat 1", urgency="normal")
    await sender.close()
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, "PrivateAddress")


async def test_without_a_key_there_is_no_web_push(web_only: Stack) -> None:
    ana = await web_only.sign_in("ana")
    assert (await web_only.stranger.ok("GET", "/api/config"))["webpush_key"] is None
    body = PushService(1).browser("phone").body()
    assert (await ana.call("POST", DEVICES, body)).status == 404
    assert (await ana.call("POST", TEST, {"channel": "push"})).status == 404

"""Transfer of an account: permissions, to whom, the new payer's plan, and when instances see it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from server.config import Config
from server.errors import Unavailable
from server.rules.account_states import Seen
from server.schemas.errors import Error
from server.store.accounts import states
from server.web.app_keys import DATABASE, ENTITLEMENTS
from tests.support.factories import (
    CHANNELS,
    add_member,
    audit_lines,
    make_account,
    make_chat,
    revoke_entitlement,
    set_role,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.fixtures_tiny import give_plan
from tests.support.peers import Answer, Peer, eventually
from tests.support.ports import free_port

CONNECT = f"{CHANNELS}/connect"


@dataclass
class House:
    """An account that Ana pays for, with Bia as a member (agent)."""

    stack: Stack
    ana: Peer
    bia: Peer
    account_id: int

    @property
    def path(self) -> str:
        return f"{CHANNELS}/{self.account_id}"

    async def give(self, by: Peer, to: Peer, account_id: int | None = None) -> Answer:
        path = f"{CHANNELS}/{account_id or self.account_id}/payer"
        return await by.call("PUT", path, {"user_id": to.user_id})

    async def members(self) -> dict[int, tuple[str, bool]]:
        members = (await self.ana.ok("GET", f"{self.path}/members"))["items"]
        return {member["user_id"]: (member["role"], member["is_payer"]) for member in members}

    async def payer(self, by: Peer) -> int:
        payer_id: int = (await by.ok("GET", self.path))["account"]["payer_id"]
        return payer_id


@pytest.fixture
async def house(tiny: Stack) -> AsyncIterator[House]:
    """Every user's plan has one account and five messages."""
    ana, bia = await tiny.sign_in("ana"), await tiny.sign_in("bia")
    account_id = await make_account(tiny, ana)
    await add_member(tiny, account_id, bia, "agent")
    yield House(tiny, ana, bia, account_id)


def assert_code(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (status, code), answer.raw


async def test_the_payer_transfers_an_account_and_can_be_removed(house: House) -> None:
    ana, bia = house.ana, house.bia
    listening = [await peer.listen() for peer in (ana, bia)]
    answer = await house.give(ana, bia)
    assert answer.status == 200, answer.raw
    assert (
        answer.body["member"].items() >= {"user_id": bia.user_id, "role": "owner", "is_payer": True}.items()
    )
    for socket in listening:
        await socket.wait_for_event("account:updated", id=house.account_id, payer_id=bia.user_id)
    assert await house.members() == {ana.user_id: ("owner", False), bia.user_id: ("owner", True)}
    (line,) = await audit_lines(house.stack)
    assert (line.action, line.actor_id, line.target) == (
        "account.handed_over",
        ana.user_id,
        ("account", str(house.account_id)),
    )
    assert line.details == {"from": ana.user_id, "to": bia.user_id}
    # The previous payer is an owner like any other: cannot transfer the account, and can be removed.
    assert_code(await house.give(ana, ana), 403, "forbidden")
    remove = f"{house.path}/members"
    assert (await ana.call("DELETE", f"{remove}/{bia.user_id}")).status == 409
    assert (await bia.call("DELETE", f"{remove}/{ana.user_id}")).status == 204


async def test_an_admin_transfers_an_account_whose_chats_they_cannot_see(house: House) -> None:
    admin = await sign_in_as(house.stack, "admin")
    assert (await admin.call("GET", house.path)).status == 404
    assert (await house.give(admin, house.bia)).status == 200
    assert await house.payer(house.bia) == house.bia.user_id
    assert (await house.give(admin, house.ana)).status == 200


async def test_other_roles_cannot_transfer_an_account(house: House) -> None:
    """Neither another owner of the account, nor the payer as a viewer in the team, nor their API key."""
    ana, bia = house.ana, house.bia
    owner, stranger = await house.stack.sign_in("another"), await house.stack.sign_in("stranger")
    await add_member(house.stack, house.account_id, owner, "owner")
    assert_code(await house.give(owner, bia), 403, "forbidden")
    assert_code(await house.give(owner, owner), 403, "forbidden")
    assert_code(await house.give(bia, bia), 403, "forbidden")
    assert_code(await house.give(stranger, bia), 404, "not_found")
    scopes = ["read", "send", "manage"]
    for peer, status in ((ana, 403), (await sign_in_as(house.stack, "admin"), 404)):
        key = await peer.ok("POST", "/api/keys", {"name": "program", "scopes": scopes})
        program = Peer(ana.session, ana.url, key["secret"], peer.user_id)
        assert (await house.give(program, bia)).status == status
    may = (await ana.ok("GET", "/api/auth/me"))["number_permissions"]
    assert [role for role in may if "hand_over_number" in may[role]] == ["payer"]
    await set_role(house.stack, ana, "viewer")
    assert_code(await house.give(ana, bia), 403, "forbidden")
    assert await house.payer(ana) == ana.user_id


async def test_an_account_is_transferred_only_to_an_active_member(house: House) -> None:
    owner, stranger = await sign_in_as(house.stack, "owner"), await house.stack.sign_in("stranger")
    for no_member in (stranger.user_id, 10**15):
        answer = await house.ana.call("PUT", f"{house.path}/payer", {"user_id": no_member})
        assert_code(answer, 422, "invalid")
        assert "user_id" in answer.body["error"]["fields"]
    for wrong in ({}, {"user_id": "1"}, {"user_id": True}, {"user_id": 2**63}, {"user_id": 0}):
        assert_code(await house.ana.call("PUT", f"{house.path}/payer", wrong), 422, "invalid")
    assert_code(await house.give(owner, house.bia, 10**15), 404, "not_found")
    await owner.ok("PATCH", f"/api/users/{house.bia.user_id}", {"is_active": False})
    assert_code(await house.give(house.ana, house.bia), 409, "conflict")
    assert await house.members() == {
        house.ana.user_id: ("owner", True),
        house.bia.user_id: ("agent", False),
    }
    assert [line.action for line in await audit_lines(house.stack)] == ["user.disabled"]


async def test_a_transfer_to_the_payer_changes_nothing(house: House) -> None:
    before = await house.ana.ok("GET", house.path)
    for by in (house.ana, await sign_in_as(house.stack, "admin")):
        answer = await house.give(by, house.ana)
        assert (answer.status, answer.body["member"]["is_payer"]) == (200, True)
    assert await house.ana.ok("GET", house.path) == before
    assert await audit_lines(house.stack) == []


async def test_the_new_payers_plan_needs_a_slot(house: House) -> None:
    ana, bia, stack = house.ana, house.bia, house.stack
    own = await make_account(stack, bia, "acc-bia")
    answer = await house.give(ana, bia)
    assert_code(answer, 402, "plan_limit")
    assert not Error().validate(answer.body)
    wanted = {"what": "accounts", "plan": "tiny", "allowed": 1, "used": 1, "wanted": 1, "until": None}
    assert answer.body["error"]["limit"] == wanted
    assert "bia" in answer.body["error"]["message"]
    assert (await house.members())[bia.user_id] == ("agent", False)
    await revoke_entitlement(stack, bia)
    assert_code(await house.give(ana, bia), 403, "not_entitled")
    await give_plan(stack, bia, "tiny")
    await stack.app[DATABASE].write(states.observe, own, Seen.UNLINKED)
    # The plan of whom it leaves does not matter: that may be why it is handed over.
    await revoke_entitlement(stack, ana)
    assert (await house.give(ana, bia)).status == 200
    # A disconnected account takes no slot until it is connected again.
    await add_member(stack, own, ana, "agent")
    await give_plan(stack, ana, "tiny")
    (plan,) = (await ana.ok("GET", "/api/entitlements"))["items"]
    assert plan["accounts"] == {"allowed": 1, "used": 0}
    await make_account(stack, ana, "acc-ana")
    assert (await house.give(bia, ana, own)).status == 200
    reconnect = await ana.call("POST", f"{CHANNELS}/{own}/reconnect")
    assert_code(reconnect, 402, "plan_limit")


async def test_of_concurrent_transfers_one_takes_the_last_slot(house: House) -> None:
    """Concurrent transfers and connects, repeatedly: never one account more than the plan has."""
    bia, stack = house.bia, house.stack
    givers = [await stack.sign_in(f"giver-{n}") for n in range(4)]
    account_ids = [await make_account(stack, giver, f"acc-given-{n}") for n, giver in enumerate(givers)]
    for given in account_ids:
        await add_member(stack, given, bia, "viewer")
    for n in range(2):
        await stack.sandbox.ok("POST", "/sandbox/accounts", {"id": f"acc-own-{n}"})
    own: list[dict[str, Any]] = [{"external_account_id": f"acc-own-{n}"} for n in range(2)]
    answers = await asyncio.gather(
        *(house.give(giver, bia, given) for giver, given in zip(givers, account_ids, strict=True)),
        *(bia.call("POST", CONNECT, body) for body in own),
        house.give(house.ana, bia),
    )
    assert sorted(answer.status for answer in answers)[1:] == [402] * 6
    assert sorted(answer.status for answer in answers)[0] in (200, 201)
    (plan,) = (await bia.ok("GET", "/api/entitlements"))["items"]
    assert plan["accounts"] == {"allowed": 1, "used": 1}


async def test_of_two_concurrent_transfers_of_one_account_one_succeeds(house: House) -> None:
    """The second user is no longer the payer, whatever was known when their request arrived."""
    others = [house.bia, *[await house.stack.sign_in(f"other-{n}") for n in range(4)]]
    for other in others[1:]:
        await add_member(house.stack, house.account_id, other, "agent")
    answers = await asyncio.gather(*(house.give(house.ana, other) for other in others))
    assert sorted(answer.status for answer in answers) == [200] + [403] * 4
    assert [member for member in (await house.members()).values() if member[1]] == [("owner", True)]
    # A request that arrives later is denied before the transaction, which is in the audit log too.
    lines = [line for line in await audit_lines(house.stack) if line.action != "access.refused"]
    assert [line.action for line in lines] == ["account.handed_over"]


async def test_a_member_removed_concurrently_does_not_become_payer(house: House) -> None:
    """Either they became the payer first and stay, or they were removed first."""
    owner = await sign_in_as(house.stack, "owner")
    path = f"{house.path}/members/{house.bia.user_id}"
    for _ in range(6):
        handed, removed = await asyncio.gather(house.give(owner, house.bia), owner.call("DELETE", path))
        assert (handed.status, removed.status) in ((200, 409), (422, 204))
        if handed.status == 200:
            await owner.ok("PUT", f"{house.path}/payer", {"user_id": house.ana.user_id})
        await owner.ok("PUT", path, {"role": "agent"})


async def test_a_transfer_succeeds_though_it_cannot_be_published(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Redis away, clients find it in `changes`, where it has a seq."""

    async def away(*_: object) -> None:
        raise Unavailable

    before = (await house.ana.ok("GET", house.path))["account"]["seq"]
    monkeypatch.setattr("server.realtime.broker.publish", away)
    assert (await house.give(house.ana, house.bia)).status == 200
    changed = await house.ana.ok("GET", f"{house.path}/changes?since={before}")
    assert [(item["event"], item["data"]["payer_id"]) for item in changed["items"]] == [
        ("account:updated", house.bia.user_id)
    ]


async def test_an_instance_that_misses_the_broadcast_sees_the_new_payer(
    small_plans: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan that applies changes with the transfer: at once by the broadcast, without it after the TTL."""
    other_config = replace(small_plans, web=replace(small_plans.web, port=free_port()))
    monkeypatch.setattr("server.plans.entitlement_cache.PAYER_CACHE_SECONDS", 3600.0)
    async with run_stack(small_plans, with_workers=False) as here:
        monkeypatch.setattr("server.plans.entitlement_cache.PAYER_CACHE_SECONDS", 0.2)
        async with run_stack(other_config, with_workers=False) as there:
            await _is_heard(here, there, by_message=True)
            monkeypatch.setattr("server.resources.forget_cached_roles", lambda app: None)
            await _is_heard(here, there, by_message=False)


async def _is_heard(here: Stack, there: Stack, *, by_message: bool) -> None:
    """Ana has no plan; her sends work again as soon as Bia is the payer."""
    name = "told" if by_message else "deaf"
    ana, bia = await here.sign_in(f"ana-{name}"), await here.sign_in(f"bia-{name}")
    account_id = await make_account(here, ana, f"acc-{name}")
    await add_member(here, account_id, bia, "agent")
    send = f"{CHANNELS}/{account_id}/chats/{await make_chat(here, account_id, name)}/send"
    # The instance whose cache never expires gets the broadcast; the other one reads again after its TTL.
    asked, other = (here, there) if by_message else (there, here)
    far = Peer(asked.stranger.session, asked.stranger.url, ana.token, ana.user_id)
    near = Peer(other.stranger.session, other.stranger.url, ana.token, ana.user_id)
    await far.ok("POST", send, {"text": "Oi"})
    await revoke_entitlement(here, ana)
    await there.app[ENTITLEMENTS].forget(ana.user_id, "whatsapp")
    assert_code(await far.call("POST", send, {"text": "Oi"}), 403, "not_entitled")
    assert (await near.call("PUT", f"{CHANNELS}/{account_id}/payer", {"user_id": bia.user_id})).status == 200

    async def is_open() -> bool:
        return (await far.call("POST", send, {"text": "Oi"})).status == 201

    await eventually(is_open)

"""The seats of the team's plan: invited, registered and enabled users take one, never more than there are."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from server.config import Config
from server.config.plans import Plan, Plans
from server.schemas.errors import Error
from server.store.plans import entitlements
from server.web.app_keys import DATABASE
from tests.support.factories import revoke_entitlement, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.fixtures_tiny import WHATSAPP, give_plan
from tests.support.peers import Answer, Peer

USERS, REGISTER, PASSWORD = "/api/users", "/api/auth/register", "correct horse battery"
SEATS = 4
PLANS = Plans(
    default="four",
    named={
        "four": Plan(providers=WHATSAPP, seats=SEATS),
        "six": Plan(providers=WHATSAPP, messages_per_month=1, seats=6),
        "open": Plan(providers=WHATSAPP),
    },
)


@pytest.fixture
async def team(config: Config) -> AsyncIterator[Stack]:
    """The web process, with four seats and open registration."""
    opened = replace(config, plans=PLANS, auth=replace(config.auth, open_registration=True))
    async with run_stack(opened, with_workers=False) as running:
        yield running


async def invite(owner: Peer, name: str) -> Answer:
    return await owner.call("POST", USERS, {"email": f"{name}@example.com", "role": "viewer"})


async def register(team: Stack, name: str) -> Answer:
    body = {"email": f"{name}@example.com", "name": name, "password": PASSWORD}
    return await team.stranger.call("POST", REGISTER, body)


async def enable(owner: Peer, user_id: int, is_active: bool = True) -> Answer:
    return await owner.call("PATCH", f"{USERS}/{user_id}", {"is_active": is_active})


def assert_full(answer: Answer, **limit: Any) -> None:
    assert (answer.status, answer.body["error"]["code"]) == (402, "plan_limit"), answer.raw
    assert not Error().validate(answer.body)
    wanted = {"what": "seats", "plan": "four", "allowed": SEATS, "used": SEATS, "wanted": 1, "until": None}
    assert answer.body["error"]["limit"] == wanted | limit


async def seats(peer: Peer) -> dict[str, Any]:
    (plan,) = (await peer.ok("GET", "/api/entitlements"))["items"]
    shown: dict[str, Any] = plan["seats"]
    return shown


async def test_no_user_is_added_beyond_the_seats(team: Stack) -> None:
    owner = await sign_in_as(team, "owner")
    disabled = (await invite(owner, "gone")).body["user"]["id"]
    assert (await enable(owner, disabled, False)).status == 200  # a disabled user frees the seat
    for name in ("ana", "bia", "eva"):
        assert (await invite(owner, name)).status == 201  # an invited one has it already
    assert await seats(owner) == {"allowed": SEATS, "used": SEATS}
    assert_full(await invite(owner, "one-more"))
    assert_full(await register(team, "one-more"))
    assert_full(await register(team, "ana"))  # and learns nothing of Ana
    assert_full(await enable(owner, disabled))
    names = {person["email"] for person in (await owner.ok("GET", USERS))["items"]}
    assert "one-more@example.com" not in names
    # What takes no seat is still allowed: a new link, another role, enabling an enabled user.
    people = {person["name"]: person["id"] for person in (await owner.ok("GET", USERS))["items"]}
    assert (await owner.call("POST", f"{USERS}/{people['ana']}/link")).status == 201
    body = {"role": "agent", "is_active": True}
    assert (await owner.call("PATCH", f"{USERS}/{people['ana']}", body)).status == 200
    assert (await enable(owner, people["bia"], False)).status == 200
    assert (await enable(owner, disabled)).status == 200


async def test_of_concurrent_users_as_many_are_added_as_there_are_seats(team: Stack) -> None:
    """Invitations, registrations and enabling concurrently, one of them by two admins for the same user."""
    owner = await sign_in_as(team, "owner")
    disabled = (await invite(owner, "gone")).body["user"]["id"]
    await enable(owner, disabled, False)
    for round_ in range(3):
        before = await seats(owner)
        answers = await asyncio.gather(
            *(invite(owner, f"invited-{round_}-{n}") for n in range(5)),
            *(register(team, f"registered-{round_}-{n}") for n in range(2)),
            *(enable(owner, disabled) for _ in range(2)),
        )
        assert {answer.status for answer in answers} <= {200, 201, 402}
        people = (await owner.ok("GET", USERS))["items"]
        assert sum(person["status"] != "disabled" for person in people) == SEATS, before
        # Room for the next round: from none but the owner, over one, to two seats that are left.
        others = [p["id"] for p in people if p["status"] != "disabled" and p["id"] != owner.user_id]
        for user_id in {disabled, *others[: round_ + 1]}:
            await enable(owner, user_id, False)


async def test_the_largest_plan_in_the_team_sets_the_seats(team: Stack) -> None:
    owner, admin = await sign_in_as(team, "owner"), await sign_in_as(team, "admin")
    await give_plan(team, owner, "six", "billing")  # beside the four of the trial
    assert await seats(admin) == {"allowed": 6, "used": 2}
    for n in range(4):
        assert (await invite(admin, f"n-{n}")).status == 201
    assert_full(await invite(admin, "one-more"), plan="six", allowed=6, used=6)
    # A smaller plan removes no user; it only admits none.
    await team.app[DATABASE].write(entitlements.revoke, owner.user_id, "whatsapp", "billing")
    assert await seats(admin) == {"allowed": SEATS, "used": 6}
    assert_full(await invite(admin, "one-more"), used=6)
    await give_plan(team, admin, "open")
    assert (await invite(admin, "one-more")).status == 201
    assert (await seats(owner))["allowed"] is None


async def test_without_plans_seats_are_unlimited(team: Stack) -> None:
    owner = await sign_in_as(team, "owner")
    await revoke_entitlement(team, owner)
    for n in range(SEATS + 1):
        assert (await invite(owner, f"n-{n}")).status == 201
    assert await seats(owner) == {"allowed": None, "used": SEATS + 2}
    await give_plan(team, owner, "four")
    assert_full(await register(team, "one-more"), used=SEATS + 2)

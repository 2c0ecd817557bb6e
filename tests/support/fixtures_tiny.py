"""A Confab with small plans, and helpers for tests of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from server.config import Config
from server.config.plans import Plan, Plans
from server.store.plans import entitlements
from server.web.app_keys import DATABASE, ENTITLEMENTS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer

WHATSAPP = ("whatsapp",)
SMALL = Plans(
    default="tiny",
    named={
        "tiny": Plan(providers=WHATSAPP, accounts=1, messages_per_month=5, features=("new_chats",)),
        "closed": Plan(providers=WHATSAPP, accounts=1, messages_per_month=5),
        "open": Plan(providers=WHATSAPP, features=("new_chats",)),
    },
)


@pytest.fixture
def small_plans(config: Config) -> Config:
    return replace(config, plans=SMALL)


@pytest.fixture
async def tiny(small_plans: Config) -> AsyncIterator[Stack]:
    """The web process alone, where each user may have one account and send five messages."""
    async with run_stack(small_plans, with_workers=False) as running:
        yield running


@pytest.fixture
async def tiny_working(small_plans: Config) -> AsyncIterator[Stack]:
    """The same with workers."""
    async with run_stack(small_plans) as running:
        yield running


async def give_plan(stack: Stack, user: Peer, plan: str, source: str = "trial", **more: Any) -> None:
    """Change the user's entitlement, as an operator does."""
    await stack.app[DATABASE].write(entitlements.grant, user.user_id, "whatsapp", source, plan=plan, **more)
    await stack.app[ENTITLEMENTS].forget(user.user_id, "whatsapp")


async def used(user: Peer) -> tuple[int, int, int]:
    """(sent, received, sent here) of this month."""
    (month,) = (await user.ok("GET", "/api/usage"))["items"]
    return month["messages_sent"], month["messages_rcvd"], month["sent_here"]

"""Roles are cached briefly on each instance, and dropped by all instances when they change."""

from dataclasses import replace

import pytest

from server.config import Config
from tests.support.factories import CHANNELS, add_member, make_account, make_chat, sign_in_as
from tests.support.fixtures_stack import run_stack
from tests.support.peers import Peer, eventually
from tests.support.ports import free_port

USERS = "/api/users"


@pytest.fixture(autouse=True)
def _for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the drop that is tested, the cache would never expire in this test."""
    monkeypatch.setattr("server.resources.CACHED_ROLES_SECONDS", 3600.0)


async def test_a_change_applies_to_the_next_request_on_this_instance(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the broadcast through Redis, which arrives a moment later."""
    async with run_stack(config, with_workers=False) as stack:
        owner, eva = await sign_in_as(stack, "owner"), await sign_in_as(stack, "agent")
        account_id = await make_account(stack, eva)
        chat = f"{CHANNELS}/{account_id}/chats/{await make_chat(stack, account_id)}"
        monkeypatch.setattr("server.resources.forget_cached_roles", lambda app: None)
        assert (await eva.call("PATCH", chat, {"pinned": True})).status == 200
        await owner.ok("PATCH", f"{USERS}/{eva.user_id}", {"role": "viewer"})
        assert (await eva.call("PATCH", chat, {"pinned": False})).status == 403


async def test_a_change_reaches_other_instances(config: Config) -> None:
    other_config = replace(config, web=replace(config.web, port=free_port()))
    async with (
        run_stack(config, with_workers=False) as here,
        run_stack(other_config, with_workers=False) as there,
    ):
        owner, eva = await sign_in_as(here, "owner"), await sign_in_as(here, "agent")
        account_id = await make_account(here, owner)
        await add_member(here, account_id, eva, "agent")
        elsewhere = Peer(there.stranger.session, there.stranger.url, eva.token, eva.user_id)
        chat = f"{CHANNELS}/{account_id}/chats/{await make_chat(here, account_id)}"
        assert (await elsewhere.call("PATCH", chat, {"pinned": True})).status == 200
        # Rows of others are also rejected by the query; what a role may do is decided by the table alone.
        await owner.ok("PUT", f"{CHANNELS}/{account_id}/members/{eva.user_id}", {"role": "viewer"})

        async def is_heard() -> bool:
            return (await elsewhere.call("PATCH", chat, {"pinned": False})).status == 403

        await eventually(is_heard)

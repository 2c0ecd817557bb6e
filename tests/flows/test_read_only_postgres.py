"""Postgres is read-only for a while, as after a failover: nothing is lost, and everything recovers by itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.config import Config
from server.store.db import outages
from tests.support.fixtures_pgbouncer import PgBouncer
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import WEBHOOK_SECRET, Peer, eventually, message_received
from tests.support.services import Services

WEBHOOKS = "/api/webhooks/unipile/messages"


@dataclass
class Scene:
    """A running Confab on its own database, which can be made read-only."""

    stack: Stack
    services: Services
    database: str

    def take_writes(self, *, on: bool) -> None:
        """For new sessions; existing ones are terminated when writes are disabled."""
        change = "reset default_transaction_read_only" if on else "set default_transaction_read_only = on"
        self.services.command(f"alter database {self.database} {change}")
        if not on:
            self.services.command(
                f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self.database}'"
            )

    async def post_webhook(self, text: str) -> Any:
        headers = {"Unipile-Auth": WEBHOOK_SECRET}
        return await self.stack.stranger.call(
            "POST", WEBHOOKS, message_received("acc-1", text), headers=headers
        )


@pytest.fixture
async def scene(config: Config, own_database_url: str, services: Services) -> AsyncIterator[Scene]:
    own = replace(config, database=replace(config.database, url=own_database_url))
    async with run_stack(own) as stack:
        yield Scene(stack, services, own_database_url.rpartition("/")[2])


async def test_a_read_only_postgres_loses_nothing_and_recovers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the reads succeed for longer than this before the next write: another outage would begin.
    monkeypatch.setattr(outages, "QUIET_SECONDS", 120.0)
    agent = await scene.stack.sign_in()
    account = await scene.stack.make_account(agent)
    with capture_logs() as lines:
        scene.take_writes(on=False)
        await eventually(lambda: is_ready(scene, 503))
        rejected = await agent.call(
            "PATCH", f"/api/channels/whatsapp/{account['id']}", {"read_receipts": False}
        )
        assert (rejected.status, rejected.headers["Retry-After"]) == (503, "1")
        assert rejected.body["error"]["code"] == "unavailable"
        ready = await scene.stack.stranger.call("GET", "/health/ready")
        assert ready.body["checks"]["database"] == {"ok": False, "error": "ReadOnly"}
        assert (await agent.call("GET", "/api/channels/whatsapp/accounts")).status == 200
        assert (await scene.post_webhook("kept meanwhile")).status == 200
        scene.take_writes(on=True)
        await eventually(lambda: arrived(agent, account, "kept meanwhile"))
        await eventually(lambda: is_ready(scene, 200))
    assert [line for line in lines if line["log_level"] in ("error", "critical") or "exc_info" in line] == []
    begun = [line for line in lines if line["event"] == "database_unavailable"]
    assert 1 <= len(begun) <= 2, "one a pool: the web's and the workers'"


async def is_ready(scene: Scene, status: int) -> bool:
    return (await scene.stack.stranger.call("GET", "/health/ready")).status == status


async def arrived(agent: Peer, account: dict[str, Any], text: str) -> bool:
    return any(text in str(chat) for chat in await agent.chats(account["id"]))


async def test_everything_works_behind_a_pooler(
    config: Config, own_database_url: str, pgbouncer: PgBouncer
) -> None:
    """Web and workers through PgBouncer in transaction mode, configured as documented."""
    url = pgbouncer.url(own_database_url)
    own = replace(config, database=replace(config.database, url=url, prepare=False))
    async with run_stack(own) as stack:
        agent = await stack.sign_in()
        account = await stack.make_account(agent)
        socket = await agent.listen()
        await stack.write("acc-1", "through the pooler")
        await socket.wait_for_event("message:new", body="through the pooler")
        (chat,) = await agent.chats(account["id"])
        chat_path = f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}"
        await agent.ok("POST", f"{chat_path}/send", {"text": "answered", "client_id": "c-1"})
        await socket.wait_for_event("message:updated", client_id="c-1", status="delivered")
        found = await agent.ok("GET", "/api/search?q=pooler")
        assert "through the pooler" in str(found)

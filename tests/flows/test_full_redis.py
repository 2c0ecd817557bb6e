"""A full disk of Redis: webhooks that it cannot keep are left to UniPile, and what was acknowledged is stored once."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import redis

from server.config import Config
from tests.flows.rows import Rows, watching
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer, eventually, message_received
from tests.support.services import Services, run_valkey

# What Redis writes: each change to the append-only file, or all of it to a snapshot, here a second after a change.
APPENDED = {"appendonly": "yes", "save": ""}
SNAPSHOT = {"appendonly": "no", "save": "1 1"}


class Disk:
    """The room for Redis's files, which is played by the limit for a file of its process."""

    def __init__(self, url: str, written: dict[str, str]) -> None:
        with redis.Redis.from_url(url, decode_responses=True) as client:
            self._pid = int(client.info("server")["process_id"])
            folder = Path(client.config_get("dir")["dir"])
            for name, value in written.items():
                client.config_set(name, value)
        self._appended = folder / "appendonlydir" if written["appendonly"] == "yes" else None

    def fill(self) -> None:
        """Not one further byte is appended, and no snapshot has room."""
        files = self._appended.iterdir() if self._appended else ()
        self._limit(str(max((path.stat().st_size for path in files), default=1)))

    def make_room(self) -> None:
        self._limit("unlimited")

    def _limit(self, most: str) -> None:
        """As the user of the process: another one may not, not even root in a container."""
        owner = Path(f"/proc/{self._pid}").stat()
        command = ["prlimit", "--pid", str(self._pid), f"--fsize={most}:unlimited"]
        if os.geteuid() == 0:
            subprocess.run(command, check=True, user=owner.st_uid, group=owner.st_gid, extra_groups=[])
        else:
            subprocess.run(command, check=True)


@dataclass
class Scene:
    """A Confab with a Redis of its own, and what UniPile has to deliver."""

    stack: Stack
    disk: Disk
    rows: Rows
    agent: Peer
    chat: str
    acknowledged: list[str] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    async def deliver(self, event: dict[str, Any]) -> int:
        """As UniPile does: it delivers again what is not acknowledged."""
        status = (await self.stack.stranger.deliver(event)).status
        if status == 200:
            self.acknowledged.append(event["message_id"])
        else:
            self.rejected.append(event)
        return status

    async def is_rejected(self) -> bool:
        return await self.deliver(message_received("acc-1", "meanwhile")) == 503

    async def deliver_again(self) -> bool:
        waiting, self.rejected = self.rejected, []
        for event in waiting:
            await self.deliver(event)
        return not self.rejected

    async def is_sent(self, text: str) -> bool:
        """Whether UniPile has it from us."""
        found = await asyncio.to_thread(
            self.rows.ask, "select provider_msg_id from channels_message where body = %s", text
        )
        return bool(found and found[0][0])

    def holds_acknowledged(self) -> bool:
        """Each is stored, and counted once; so is what was stored without an acknowledgement. One message is ours."""
        stored = self.rows.stored()
        is_once = self.rows.counted() == len(stored) - 1 == len(set(stored)) - 1
        return set(self.acknowledged) <= set(stored) and is_once

    async def is_counted(self, answer: str) -> bool:
        """As the alert ConfabWebhooksNotTaken counts it."""
        metrics = (await self.stack.stranger.call("GET", "/metrics")).raw.decode()
        return f'confab_webhooks_total{{answer="{answer}"}}' in metrics

    async def check_of_redis(self) -> dict[str, Any]:
        answer = await self.stack.stranger.call("GET", "/health/ready")
        found: dict[str, Any] = answer.body["checks"]["redis"]
        return found


@pytest.fixture(params=[APPENDED, SNAPSHOT], ids=["appended", "snapshot"])
async def scene(
    config: Config, database_url: str, services: Services, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    with run_valkey(is_limitable=True) as valkey, watching(services.superuser_url_of(database_url)) as rows:
        # A send counts as forgotten once UniPile cannot be answering it any longer.
        own = replace(
            config,
            redis=replace(config.redis, url=valkey.url),
            unipile=replace(config.unipile, total_timeout_seconds=2.0),
        )
        async with run_stack(own) as stack:
            agent = await stack.sign_in()
            account = await stack.make_account(agent)
            await stack.write("acc-1", "Oi")
            (chat,) = await eventually(lambda: agent.chats(account["id"]))
            path = f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}"
            disk = await asyncio.to_thread(Disk, valkey.url, request.param)
            yield Scene(stack, disk, rows, agent, path)


async def test_a_full_disk_of_redis_loses_nothing(scene: Scene) -> None:
    """What is read goes on, sends are accepted and wait; it recovers by itself, of a snapshot with the next try."""
    assert await scene.deliver(message_received("acc-1", "before")) == 200
    scene.disk.fill()
    await eventually(scene.is_rejected)
    assert await scene.is_counted("unavailable")
    found = await scene.check_of_redis()
    assert not found["ok"]
    assert "disk" in found["reason"]
    assert (await scene.agent.call("GET", f"{scene.chat}/messages")).status == 200
    sent = await scene.agent.call(
        "POST", f"{scene.chat}/send", {"text": "meanwhile, by us", "client_id": "c-1"}
    )
    assert sent.status < 300
    assert not await scene.is_sent("meanwhile, by us")
    scene.disk.make_room()
    await eventually(scene.deliver_again)
    await eventually(lambda: asyncio.to_thread(scene.holds_acknowledged))
    await eventually(lambda: scene.is_sent("meanwhile, by us"))
    assert (await scene.check_of_redis())["ok"]
    assert scene.rows.dead() == 0

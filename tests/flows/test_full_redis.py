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


class Disk:
    """The room for the append-only file, which is played by the limit for a file of Redis's process."""

    def __init__(self, url: str) -> None:
        with redis.Redis.from_url(url, decode_responses=True) as client:
            self._pid = int(client.info("server")["process_id"])
            folder = Path(client.config_get("dir")["dir"])
        self._files = folder / "appendonlydir"

    def fill(self) -> None:
        """Not one further byte is appended."""
        largest = max(path.stat().st_size for path in self._files.iterdir())
        self._limit(str(largest))

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
    chats: str
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

    async def check_of_redis(self) -> dict[str, Any]:
        answer = await self.stack.stranger.call("GET", "/health/ready")
        found: dict[str, Any] = answer.body["checks"]["redis"]
        return found


@pytest.fixture
async def scene(config: Config, database_url: str, services: Services) -> AsyncIterator[Scene]:
    with run_valkey(is_limitable=True) as valkey, watching(services.superuser_url_of(database_url)) as rows:
        own = replace(config, redis=replace(config.redis, url=valkey.url))
        async with run_stack(own) as stack:
            agent = await stack.sign_in()
            account = await stack.make_account(agent)
            yield Scene(stack, Disk(valkey.url), rows, agent, f"/api/channels/whatsapp/{account['id']}/chats")


async def test_a_full_disk_of_redis_loses_nothing(scene: Scene) -> None:
    assert await scene.deliver(message_received("acc-1", "before")) == 200
    scene.disk.fill()
    await eventually(scene.is_rejected)
    found = await scene.check_of_redis()
    assert not found["ok"]
    assert "disk" in found["reason"]
    assert (await scene.agent.call("GET", scene.chats)).status == 200
    assert 'status="503"' in (await scene.stack.stranger.call("GET", "/metrics")).raw.decode()
    scene.disk.make_room()
    await eventually(scene.deliver_again)
    await eventually(lambda: asyncio.to_thread(scene.rows.holds_all, scene.acknowledged))
    assert (await scene.check_of_redis())["ok"]
    assert scene.rows.dead() == 0

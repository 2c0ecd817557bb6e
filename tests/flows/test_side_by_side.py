"""A rolling upgrade from the version before, under traffic: both side by side, nothing lost, nothing answered 5xx."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.flows.processes import Running, Site, environment_of
from tests.flows.rows import Rows, watching
from tests.flows.traffic import Traffic
from tests.support.peers import Peer, Socket, eventually
from tests.support.programs import run
from tests.support.release import NoHistoryError, unpack_version_before
from tests.support.services import Services

PHONE = "5511977770000"


@dataclass
class Upgrade:
    """The processes of both versions on one database, and the traffic at those that are open."""

    old: Site
    new: Site
    rows: Rows
    traffic: Traffic
    unipile: Peer

    async def open(self, web: Running) -> Socket:
        """Let traffic come to this instance, and a browser listen there."""
        first = self.traffic.users[0] if self.traffic.users else await self.old.sign_in(web)
        user = Peer(first.session, web.url, first.token, first.user_id)
        self.traffic.users.append(user)
        return await user.listen()

    def close(self, web: Running) -> None:
        """As a load balancer does before an instance is stopped."""
        self.traffic.users = [user for user in self.traffic.users if user.url != web.url]


async def has_all(socket: Socket, received: list[str], sent: list[str]) -> bool:
    """Whether the browser was pushed every message of the phase."""
    pushed = (*socket.events("message:new"), *socket.events("message:updated"))
    return {*received, *sent} <= {frame["data"]["body"] for frame in pushed}


@pytest.fixture
async def upgrade(
    services: Services, redis_url: str, client: aiohttp.ClientSession, unipile: Peer, tmp_path: Path
) -> AsyncIterator[Upgrade]:
    before = tmp_path / "before"
    try:
        await asyncio.to_thread(unpack_version_before, before)
    except NoHistoryError as error:
        pytest.skip(str(error))
    url = services.create_database(template=None)
    # The sandbox is on this machine, where pacing is off.
    settings = environment_of(url, redis_url, unipile.url, tmp_path)
    with watching(url) as rows:
        old, new = Site(client, before, settings, root=before), Site(client, tmp_path, settings)
        yield Upgrade(old, new, rows, Traffic([], ""), unipile)
        await old.close()
        await new.close()
    services.drop_database(url)


async def start_before(upgrade: Upgrade) -> tuple[Running, Running, Socket]:
    """The version before, with its own schema, a number and a chat."""
    web, worker = await upgrade.old.web(), await upgrade.old.worker()
    socket = await upgrade.open(web)
    (user,) = upgrade.traffic.users
    account = await user.link_account("acc-1")
    # A chat that UniPile knows, so that it accepts what is sent there.
    begun = {"account_id": "acc-1", "from": {"phone_number": PHONE, "name": "Bia Lima"}, "text": "Oi"}
    await upgrade.unipile.ok("POST", "/sandbox/messages", begun)
    ((chat,),) = await eventually(
        lambda: asyncio.to_thread(upgrade.rows.ask, "select chat_id from channels_message limit 1")
    )
    upgrade.traffic.chat = f"/api/channels/whatsapp/{account['id']}/chats/{chat}"
    return web, worker, socket


async def test_an_upgrade_from_the_version_before_loses_nothing(upgrade: Upgrade) -> None:
    traffic = upgrade.traffic
    old_web, old_worker, old_socket = await start_before(upgrade)
    traffic.start()
    try:
        await traffic.phase()
        migrated = await asyncio.to_thread(run, "migrate", settings=upgrade.new.environment)
        assert migrated.returncode == 0, migrated.stderr
        # The old processes alone on the new schema; then the new web with the old worker; then all four.
        await traffic.phase()
        new_web = await upgrade.new.web()
        sockets = [old_socket, await upgrade.open(new_web)]
        await see_all(sockets, await traffic.phase())
        await upgrade.new.worker()
        await see_all(sockets, await traffic.phase())
        assert await old_worker.stop() == 0
        await see_all(sockets, await traffic.phase())
        upgrade.close(old_web)
        await see_all(sockets, await traffic.phase())
        assert await old_web.stop() == 0
        await see_all(sockets[1:], await traffic.phase())
    finally:
        await traffic.stop()
    assert {status for status in traffic.statuses if status >= 300} == set()
    await eventually(lambda: asyncio.to_thread(is_settled, upgrade.rows, traffic))
    assert upgrade.rows.dead() == 0
    for running in (*upgrade.old.started, *upgrade.new.started):
        assert "Traceback" not in running.output.read_text(), running.output.read_text()


async def see_all(sockets: list[Socket], phase: tuple[list[str], list[str]]) -> None:
    for socket in sockets:
        await eventually(lambda socket=socket: has_all(socket, *phase))  # type: ignore[misc]


def is_settled(rows: Rows, traffic: Traffic) -> bool:
    """Each webhook is one row, and each send went out."""
    received, sent = Counter[str](), set[str]()
    for body, direction, status in rows.ask("select body, direction, status from channels_message"):
        if direction == "in":
            received[body] += 1
        elif status in ("sent", "delivered", "read"):
            sent.add(body)
    return max(received.values()) == 1 and {*traffic.received} <= received.keys() and {*traffic.sent} <= sent

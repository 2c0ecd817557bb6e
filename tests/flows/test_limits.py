"""What is used up (connections, disks, open files) rejects new work, loses nothing, and recovers by itself."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import psycopg2
import pytest

from server.config import Config
from tests.flows.processes import Site
from tests.flows.rows import Rows, watching
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.media_files import form, post
from tests.support.peers import Peer, eventually, message_received
from tests.support.services import Services

# As Postgres reports it; the statement fails in the same way, whatever the disk has.
FULL_DISK = """
    create function fill_the_disk() returns trigger language plpgsql as $$ begin
        raise exception 'could not extend file "base/1/2": No space left on device' using errcode = 'disk_full';
    end $$;
    create trigger fill_the_disk before insert on channels_message for each row execute function fill_the_disk()"""
SPARE_FILES, IDLE_CLIENTS = 12, 40
FILE_BYTES, MOST_BYTES = 2_000_000, 1_000_000


@dataclass
class Scene:
    """A running Confab on its own database, with a chat."""

    stack: Stack
    services: Services
    rows: Rows
    url: str
    agent: Peer
    chat: str

    async def change(self, statement: str) -> None:
        """Run a statement in its database as the superuser. In a thread: it may wait for a lock that the product holds,
        whose event loop is this one.
        """
        await asyncio.to_thread(self._change, statement)

    def _change(self, statement: str) -> None:
        with closing(psycopg2.connect(self.services.superuser_url_of(self.url))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    async def post_webhook(self, text: str) -> int:
        return (await self.stack.stranger.deliver(message_received("acc-1", text))).status

    async def send(self, client_id: str) -> int:
        body = {"text": client_id, "client_id": client_id}
        return (await self.agent.call("POST", f"{self.chat}/send", body)).status

    async def is_stored(self, text: str) -> bool:
        statement = "select 1 from channels_message where body = %s"
        return bool(await asyncio.to_thread(self.rows.ask, statement, text))


@pytest.fixture
async def scene(config: Config, own_database_url: str, services: Services) -> AsyncIterator[Scene]:
    own = replace(config, database=replace(config.database, url=own_database_url))
    with watching(services.superuser_url_of(own_database_url)) as rows:
        async with run_stack(own) as stack:
            agent = await stack.sign_in()
            account = await stack.make_account(agent)
            await stack.write("acc-1", "Oi")
            (chat,) = await eventually(lambda: agent.chats(account["id"]))
            path = f"/api/channels/whatsapp/{account['id']}/chats/{chat['id']}"
            yield Scene(stack, services, rows, own_database_url, agent, path)


async def test_a_full_disk_of_postgres_loses_nothing(scene: Scene) -> None:
    """What is read goes on; webhooks wait in Redis, and become no dead letters."""
    await scene.change(FULL_DISK)
    assert await scene.send("rejected") == 503
    assert await scene.post_webhook("kept meanwhile") == 200
    assert (await scene.agent.call("GET", f"{scene.chat}/messages")).status == 200
    await eventually(lambda: is_retried(scene))
    await scene.change("drop trigger fill_the_disk on channels_message")
    await eventually(lambda: scene.is_stored("kept meanwhile"))
    assert await scene.send("accepted") < 300
    assert not await scene.is_stored("rejected")
    assert scene.rows.dead() == 0


async def is_retried(scene: Scene) -> bool:
    metrics = (await scene.stack.stranger.call("GET", "/metrics")).raw.decode()
    return "confab_job_retries_total{" in metrics


async def test_a_postgres_without_connections_loses_nothing(scene: Scene) -> None:
    """`max_connections`, or the limit of the role or the database, when all pools have to reconnect."""
    database = scene.url.rpartition("/")[2]
    await scene.change(f"alter database {database} connection limit 0")
    await scene.change(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        f" where datname = '{database}' and usename = 'confab'"
    )
    assert await scene.post_webhook("kept meanwhile") == 200
    await eventually(lambda: is_not_ready(scene))
    rejected = await scene.agent.call("GET", f"{scene.chat}/messages")
    assert (rejected.status, rejected.headers["Retry-After"]) == (503, "1")
    await scene.change(f"alter database {database} connection limit -1")
    await eventually(lambda: scene.is_stored("kept meanwhile"))
    assert await scene.send("accepted") < 300
    assert scene.rows.dead() == 0


async def is_not_ready(scene: Scene) -> bool:
    answer = await scene.stack.stranger.call("GET", "/health/ready")
    return answer.status == 503 and not answer.body["checks"]["database"]["ok"]


async def test_a_full_disk_of_media_rejects_files_and_nothing_else(scene: Scene) -> None:
    """Played by the limit for a file: the system's answer comes in the middle of writing it."""
    file = ("video.mp4", bytes(FILE_BYTES), "video/mp4")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, before[1]))
    try:
        rejected = await post(scene.agent, f"{scene.chat}/send", form(file, client_id="rejected"))
        assert await scene.send("text") < 300
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (rejected.status, rejected.body["error"]["code"]) == (503, "unavailable")
    media = scene.stack.config.data_dir / "media"
    assert [path for path in media.rglob("*") if path.is_file()] == []
    accepted = await post(scene.agent, f"{scene.chat}/send", form(file, client_id="accepted"))
    assert accepted.status < 300


async def test_a_process_without_free_files_keeps_its_sockets(site: Site) -> None:
    """New clients are turned away; those that are there go on, and the next ones are accepted once files are free."""
    web = await site.web()
    await site.worker()
    await eventually(lambda: is_ready(web.url))
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-1")
    socket = await agent.listen()
    limit_files(web.process.pid)
    idle = [await connect(web.url) for _ in range(SPARE_FILES - 4)]
    open_files, most = await files_of(agent)
    assert open_files / most > 0.8
    try:
        idle += [await connect(web.url) for _ in range(IDLE_CLIENTS)]
        await eventually(lambda: is_turned_away(web.url))
        assert (await socket.command("join-account", account_id=account["id"]))["ack"]
    finally:
        for writer in idle:
            writer.close()
    await eventually(lambda: is_ready(web.url))
    with watching(site.environment["DATABASE_URL"]) as rows:
        event = message_received("acc-1", "after it")
        assert (await site.peer(web).deliver(event)).status == 200
        await eventually(lambda: asyncio.to_thread(rows.holds_all, [event["message_id"]]))
    await socket.wait_for_event("message:new", body="after it")


def limit_files(pid: int) -> None:
    """To few more than are open."""
    used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + SPARE_FILES, hard))


async def connect(url: str) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    return writer


async def files_of(peer: Peer) -> tuple[float, float]:
    """The process's open files and their limit, as the alert compares them."""
    lines: dict[str, Any] = dict(
        line.rsplit(" ", 1)
        for line in (await peer.call("GET", "/metrics")).raw.decode().splitlines()
        if line.startswith("process_")
    )
    return float(lines["process_open_fds"]), float(lines["process_max_fds"])


async def is_ready(url: str) -> bool:
    return await status_of(url) == 200


async def is_turned_away(url: str) -> bool:
    return await status_of(url) is None


async def status_of(url: str) -> int | None:
    """Of a request over a connection of its own; None if that is refused, closed, or not answered."""
    timeout = aiohttp.ClientTimeout(total=2)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{url}/health/ready") as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return None

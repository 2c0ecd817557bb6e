"""Two web processes behind one socket: they act as one, each may die, and all are replaced without an error."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.flows.load import Load
from tests.flows.processes import Running, Site
from tests.flows.rows import watching
from tests.flows.siblings import answered, children, has_ended, holder, lines
from tests.support.peers import WEBHOOK_SECRET, Peer, Socket, eventually, message_received
from tests.support.ports import free_port
from tests.support.programs import servers_on

TWO = {"CONFAB_WEB_PROCESSES": "2", "CONFAB_WEB_ACCESS_LOG": "true"}
RESTART = 1012
BURST = 10
POOL = 8
RECEIVED = re.compile(r'^confab_webhooks_total\{answer="received"\} (\d+)', re.MULTILINE)
CONNECTIONS = re.compile(r"^confab_database_connections (\d+)", re.MULTILINE)
SOCKETS = re.compile(r"^confab_sockets (\d+)", re.MULTILINE)


@pytest.fixture
async def web(site: Site) -> Running:
    return await start(site)


@pytest.fixture
async def fresh() -> AsyncIterator[aiohttp.ClientSession]:
    """Opens a connection for each request: any of the processes accepts it."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def start(site: Site, **changes: str) -> Running:
    running = await site.web(**(TWO | changes))
    await eventually(lambda: is_running(running))
    return running


async def is_running(running: Running) -> bool:
    return running.says("is running")


async def have_both_answered(peer: Peer, running: Running) -> bool:
    assert (await peer.call("GET", "/health")).status == 200
    return answered(running) >= children(running)


async def sockets_on_both(user: Peer, web: Running) -> list[Socket]:
    """Sockets of one user, at least one on each process."""
    opened: list[Socket] = []

    async def are_on_both() -> bool:
        opened.append(await user.listen())
        return {holder(one, web) for one in opened} == children(web)

    await eventually(are_on_both)
    return opened


async def shown(peer: Peer, pattern: re.Pattern[str]) -> int:
    found = pattern.search((await peer.call("GET", "/metrics")).raw.decode())
    return int(found[1]) if found else 0


async def test_two_processes_act_as_one(site: Site, web: Running, fresh: aiohttp.ClientSession) -> None:
    """What one of them takes reaches the sockets of both, presence too, and either shows the metrics of both."""
    await site.worker()
    agent = await site.sign_in(web)
    account = await agent.link_account("acc-1")
    opened = await sockets_on_both(agent, web)
    unipile = Peer(fresh, web.url)
    await eventually(lambda: have_both_answered(unipile, web))
    for index in range(12):
        assert (await unipile.deliver(message_received("acc-1", f"text {index}"))).status == 200
    for socket in opened:
        await socket.wait_for_event("message:new", count=12)
    (chat,) = await agent.chats(account["id"])
    assert (await opened[0].command("join-chat", chat_id=chat["id"]))["ok"]
    for socket in opened:
        await socket.wait_for_event("presence", chat_id=chat["id"])
    for _ in range(4):
        assert await shown(unipile, RECEIVED) == 12
        assert await shown(unipile, SOCKETS) == len(opened)
    assert await shown(unipile, CONNECTIONS) == POOL, "both share one pool's size"


async def test_what_a_killed_process_has_counted_stays(
    site: Site, web: Running, fresh: aiohttp.ClientSession
) -> None:
    """A sum that falls looks like a counter that began anew, and wakes a person."""
    unipile = Peer(fresh, web.url)
    await eventually(lambda: have_both_answered(unipile, web))
    for _ in range(12):
        await unipile.deliver(message_received("acc-1", "counted"))
    assert await shown(unipile, RECEIVED) == 12
    killed = min(children(web))
    os.kill(killed, signal.SIGSTOP)
    assert await shown(unipile, RECEIVED) == 12, "a process that does not answer is shown as it was"
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: is_replaced(web, {killed}))
    assert await shown(unipile, RECEIVED) == 12
    await unipile.deliver(message_received("acc-1", "counted"))
    assert await shown(unipile, RECEIVED) == 13


async def test_metrics_are_of_all_processes_or_of_none(web: Running, fresh: aiohttp.ClientSession) -> None:
    peer = Peer(fresh, web.url)
    web.process.send_signal(signal.SIGSTOP)
    try:
        assert (await peer.call("GET", "/metrics")).status == 503
        assert (await peer.call("GET", "/health")).status == 200
    finally:
        web.process.send_signal(signal.SIGCONT)
    assert (await peer.call("GET", "/metrics")).status == 200


async def is_replaced(web: Running, pids: set[int]) -> bool:
    return len(children(web) - pids) == 2 and not children(web) & pids


async def test_a_killed_process_loses_nothing_that_was_acknowledged(
    site: Site, fresh: aiohttp.ClientSession
) -> None:
    web = await start(site, CONFAB_WORKER_EMBEDDED="true", CONFAB_WORKER_LEASE_SECONDS="2")
    agent = await site.sign_in(web)
    await agent.link_account("acc-1")
    before = children(web)
    assert len(before) == 3, "two web processes and one with the workers"
    async with Load(Peer(fresh, web.url), posters=8) as load:
        for killed in sorted(before):
            reached = len(load.acknowledged) + 60
            await eventually(lambda reached=reached: load.reached(reached))  # type: ignore[misc]
            os.kill(killed, signal.SIGKILL)
        await eventually(lambda: are_three_others(web, before))
        reached = len(load.acknowledged) + 60
        await eventually(lambda: load.reached(reached))
    with watching(site.environment["DATABASE_URL"]) as rows:
        await eventually(lambda: asyncio.to_thread(rows.holds_all, load.acknowledged))
        assert rows.dead() == 0
    assert {line["process"] for line in lines(web, "process_died")} == {"web-1", "web-2", "worker"}
    assert "SIGKILL" in lines(web, "process_died")[0]["reason"]


async def are_three_others(web: Running, before: set[int]) -> bool:
    return len(children(web) - before) == 3


async def test_sighup_replaces_the_processes_and_fails_no_request(
    site: Site, web: Running, client: aiohttp.ClientSession, fresh: aiohttp.ClientSession
) -> None:
    """Neither on new connections nor on those that are kept alive; the sockets move."""
    await site.worker()
    agent = await site.sign_in(web)
    await agent.link_account("acc-1")
    before, opened = children(web), await sockets_on_both(agent, web)
    async with Load(Peer(fresh, web.url)) as one, Load(Peer(client, web.url)) as other:
        loads = (one, other)
        await eventually(lambda: have_reached(loads, 60))
        web.process.send_signal(signal.SIGHUP)
        assert await asyncio.gather(*(socket.wait_closed() for socket in opened)) == [RESTART] * len(opened)
        await eventually(lambda: has_ended(before))
        after = max(len(load.acknowledged) for load in loads)
        await eventually(lambda: have_reached(loads, after + 60))
    assert [(load.rejected, load.unanswered) for load in loads] == [({}, 0)] * 2
    assert len(children(web)) == 2
    assert [line["count"] for line in lines(web, "processes_reloaded")] == [2]
    assert lines(web, "process_died") == []
    again = await agent.listen()
    await site.peer(web).deliver(message_received("acc-1", "after it"))
    await again.wait_for_event("message:new", body="after it")


async def have_reached(loads: tuple[Load, ...], count: int) -> bool:
    return all([await load.reached(count) for load in loads])


async def test_a_reload_reads_the_settings_again_and_keeps_the_old_ones_if_they_are_wrong(
    site: Site, tmp_path: Path, fresh: aiohttp.ClientSession
) -> None:
    secret = tmp_path / "webhook_secret"
    secret.write_text(WEBHOOK_SECRET)
    web = await start(site, WEBHOOK_SECRET="", WEBHOOK_SECRET_FILE=str(secret))
    unipile, before = Peer(fresh, web.url), children(web)

    async def status() -> int:
        return (await unipile.deliver(message_received("acc-1"))).status

    assert await status() == 200
    secret.write_text("short")
    web.process.send_signal(signal.SIGHUP)
    await eventually(lambda: is_logged(web, "reload_rejected"))
    assert "WEBHOOK_SECRET" in lines(web, "reload_rejected")[0]["reason"]
    assert (children(web), await status()) == (before, 200)
    secret.write_text("another-secret-of-some-length")
    web.process.send_signal(signal.SIGHUP)
    await eventually(lambda: has_ended(before))
    assert await status() == 401


async def test_a_process_that_does_not_become_ready_ends_the_reload(
    site: Site, tmp_path: Path, fresh: aiohttp.ClientSession
) -> None:
    address = tmp_path / "redis_url"
    address.write_text(site.environment["REDIS_URL"])
    changes = {"REDIS_URL": "", "REDIS_URL_FILE": str(address), "CONFAB_REDIS_START_SECONDS": "0"}
    web = await start(site, **changes)
    before = children(web)
    address.write_text(f"redis://127.0.0.1:{free_port()}/0")
    web.process.send_signal(signal.SIGHUP)
    await eventually(lambda: is_logged(web, "reload_failed"))
    assert lines(web, "reload_failed")[0]["reason"] == "web-1 exited with code 1."
    await eventually(lambda: is_same(web, before))
    assert (await Peer(fresh, web.url).deliver(message_received("acc-1"))).status == 200
    address.write_text(site.environment["REDIS_URL"])
    web.process.send_signal(signal.SIGHUP)
    await eventually(lambda: has_ended(before))


async def is_same(web: Running, pids: set[int]) -> bool:
    return children(web) == pids


async def is_logged(web: Running, event: str) -> bool:
    return bool(lines(web, event))


async def test_sigterm_ends_all_processes_and_moves_the_sockets(site: Site, web: Running) -> None:
    agent = await site.sign_in(web)
    await agent.link_account("acc-1")
    before, opened = children(web), await sockets_on_both(agent, web)
    # As systemd does it, which signals every process of the unit.
    for pid in before:
        os.kill(pid, signal.SIGTERM)
    assert await web.stop(signal.SIGTERM) == 0
    assert await asyncio.gather(*(socket.wait_closed() for socket in opened)) == [RESTART] * len(opened)
    assert await has_ended(before)
    assert "Traceback" not in web.output.read_text()


async def test_the_embedded_servers_end_with_the_processes(
    client: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """After all others on SIGTERM; also when the supervisor, or the process that holds them, is killed."""
    site = Site(client, tmp_path, {"DATA_DIR": str(tmp_path / "data"), "SANDBOX_PORT": str(free_port())})

    async def begin() -> tuple[Running, set[int]]:
        web = await start(site, CONFAB_WORKER_EMBEDDED="true")
        assert servers_on(tmp_path / "data")
        return web, children(web)

    web, before = await begin()
    assert await web.stop(signal.SIGTERM) == 0
    assert (await has_ended(before), servers_on(tmp_path / "data")) == (True, [])
    assert "process_died" not in web.output.read_text()
    web, before = await begin()
    await web.kill()
    await eventually(lambda: has_ended(before))
    web, before = await begin()
    os.kill(min(before), signal.SIGKILL)  # the first child
    assert await web.ended() == 1
    assert "confab: The process of the embedded servers has ended" in web.output.read_text()
    await eventually(lambda: has_ended(before))
    assert servers_on(tmp_path / "data") == []


async def test_a_limit_against_guessing_holds_over_both(site: Site, fresh: aiohttp.ClientSession) -> None:
    web = await start(site, CONFAB_LIMITS_LOGIN_USER_PER_MINUTE="1")
    peer = Peer(fresh, web.url)
    await eventually(lambda: have_both_answered(peer, web))
    body = {"email": "ana@example.com", "password": "not the password"}
    statuses = [(await peer.call("POST", "/api/auth/login", body)).status for _ in range(2 * BURST)]
    assert set(statuses) == {401, 429}
    # One more for each minute that a busy machine takes; two limits would let all of them through.
    assert BURST <= statuses.count(401) < 2 * BURST - 5
    assert {line["pid"] for line in lines(web, "request") if line["path"] == "/api/auth/login"} == children(
        web
    )

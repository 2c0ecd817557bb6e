"""deploy/nginx.conf in a real nginx: two instances agree, one may die, nothing is sent twice."""

import asyncio
import random
import re
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from server.app import MAX_BODY_BYTES
from server.config import ROOT, Config
from server.handlers.sockets import SOCKET_HEARTBEAT_SECONDS
from server.web.app_keys import APP_PAGE, CONFIG
from server.web.edge import MAX_HEADER_BYTES
from tests.faults.checker import check
from tests.faults.followers import Follower
from tests.faults.traffic import Traffic
from tests.flows.nginx import CONFIGURATION, running_nginx
from tests.flows.processes import Running, Site
from tests.flows.rows import watching
from tests.support.fixtures_stack import serving
from tests.support.peers import Peer, eventually, message_received
from tests.support.ports import free_port

TABS = 6
# A proxied socket takes two.
FEW_CONNECTIONS = 16
SOCKETS = re.compile(r"^confab_sockets (\d+)", re.MULTILINE)
SEND = "/api/channels/whatsapp/1/chats/1/send"
WEBHOOK = "/api/webhooks/unipile/messages"


@pytest.fixture(scope="session")
def nginx_path() -> str:
    """The nginx of this machine; without one the tests fail with the finder's message."""
    found = subprocess.run([ROOT / ".ci" / "nginx"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.fail(found.stderr.strip(), pytrace=False)
    return found.stdout.strip()


@pytest.fixture
async def trusting() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that accepts any certificate."""
    connector = aiohttp.TCPConnector(limit=0, ssl=False)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


def port_of(running: Running) -> int:
    return int(running.url.rpartition(":")[2])


async def sockets_of(site: Site, webs: Sequence[Running]) -> list[int]:
    texts = [(await site.peer(running).call("GET", "/metrics")).raw.decode() for running in webs]
    return [int(SOCKETS.findall(text)[0]) for text in texts]


async def posted(traffic: Traffic, count: int) -> bool:
    return len(traffic.acknowledged) >= count


async def test_tabs_on_two_instances_agree_and_survive_the_loss_of_one(
    site: Site, trusting: aiohttp.ClientSession, nginx_path: str, tmp_path: Path
) -> None:
    rng = random.Random(4)
    webs = [await site.web(), await site.web()]
    await site.worker()
    async with running_nginx(nginx_path, [port_of(one) for one in webs], tmp_path) as (url, _):
        ana = await Peer(trusting, url).sign_in("ana")
        account_id = (await ana.link_account("acc-1"))["id"]
        tabs = [
            Follower(trusting, [url], str(ana.token), ana.user_id, {account_id}, random.Random(n)).start()
            for n in range(TABS)
        ]

        async def on_both() -> bool:
            return sum(await sockets_of(site, webs)) == TABS

        await eventually(on_both)
        assert min(await sockets_of(site, webs)) > 0
        traffic = Traffic(rng, ["acc-1"], lambda: [Peer(trusting, url)])
        living = asyncio.create_task(traffic.live(150, 2.0))
        await eventually(lambda: posted(traffic, 50))
        await webs[0].kill()
        await living
        assert traffic.rejected == 0  # each webhook for the dead instance was retried on the other
        with watching(site.environment["DATABASE_URL"]) as rows:
            await check(rows, traffic, [(ana, {"acc-1": account_id})], tabs)
        assert any(tab.joins > 1 for tab in tabs)
        for tab in tabs:
            await tab.stop()


async def test_without_free_connections_nginx_turns_new_clients_away_and_keeps_the_others(
    site: Site, trusting: aiohttp.ClientSession, nginx_path: str, tmp_path: Path
) -> None:
    web = await site.web()
    await site.worker()
    async with running_nginx(nginx_path, [port_of(web)] * 2, tmp_path, FEW_CONNECTIONS) as (url, _):
        ana = await Peer(trusting, url).sign_in("ana")
        await ana.link_account("acc-1")
        tab = await ana.listen()
        port = int(url.rpartition(":")[2])
        idle = [(await asyncio.open_connection("127.0.0.1", port))[1] for _ in range(FEW_CONNECTIONS)]
        await eventually(lambda: is_out_of_connections(tmp_path))
        # Past nginx: what is open already goes on.
        assert (await site.peer(web).deliver(message_received("acc-1", "meanwhile"))).status == 200
        await tab.wait_for_event("message:new", body="meanwhile")
        for writer in idle:
            writer.close()
        await eventually(lambda: is_answered(f"{url}/health"))
        await tab.close()


async def is_out_of_connections(folder: Path) -> bool:
    return "worker_connections are not enough" in await asyncio.to_thread((folder / "nginx.log").read_text)


async def is_answered(url: str) -> bool:
    """Over a connection of its own."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url, ssl=False) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@asynccontextmanager
async def two_that_die(met: list[str], nginx_path: str, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """nginx in front of two instances that read each request and then hang up, unless asked for its size."""

    async def hang_up(request: web.Request) -> web.Response:
        body = await request.read()
        if "size" in request.query:
            return web.Response(text=str(len(body)))
        met.append(
            f"{request.method} {request.headers['X-Forwarded-For']} {request.headers['X-Forwarded-Proto']}"
        )
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    def instance() -> web.Application:
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", hang_up)
        return app

    ports = [free_port(), free_port()]
    async with (
        serving(instance(), ports[0]),
        serving(instance(), ports[1]),
        running_nginx(nginx_path, ports, folder) as urls,
    ):
        yield urls


@pytest.mark.parametrize(
    ("method", "path", "times"),
    [("POST", SEND, 1), ("PATCH", "/api/x", 1), ("POST", WEBHOOK, 2), ("GET", "/api/x", 2)],
)
async def test_only_idempotent_requests_are_retried_on_the_other_instance(
    trusting: aiohttp.ClientSession, nginx_path: str, tmp_path: Path, method: str, path: str, times: int
) -> None:
    met: list[str] = []
    async with two_that_die(met, nginx_path, tmp_path) as (url, _):
        forged = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "http"}
        body = None if method == "GET" else b"{}"
        async with trusting.request(method, url + path, data=body, headers=forged) as answer:
            assert answer.status == 502
    assert met == [f"{method} 127.0.0.1 https"] * times


async def test_size_limits_match_the_application_and_http_redirects_to_https(
    trusting: aiohttp.ClientSession, nginx_path: str, tmp_path: Path
) -> None:
    async with two_that_die([], nginx_path, tmp_path) as (url, plain):
        for path, size, status in (
            (WEBHOOK, 9_000_000, 413),
            (SEND, 20_000_000, 200),
            (WEBHOOK, 8_000_000, 200),
            ("/api/x", 2_000_000, 413),
        ):
            async with trusting.post(f"{url}{path}?size", data=BytesIO(b"x" * size)) as answer:
                assert answer.status == status
        async with trusting.get(f"{plain}/login?next=1", allow_redirects=False) as answer:
            assert answer.status == 301
            assert answer.headers["Location"].endswith("/login?next=1")


async def test_json_is_compressed_except_beside_secrets_and_large_cookies_pass(
    config: Config, trusting: aiohttp.ClientSession, nginx_path: str, tmp_path: Path
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(["a message"] * 500)

    app, ports = web.Application(), [free_port(), free_port()]
    app[CONFIG], app[APP_PAGE] = config, ""
    app.router.add_get("/{path:.*}", answer)
    async with serving(app, ports[0]), running_nginx(nginx_path, ports, tmp_path) as (url, _):
        for path, coding in (
            ("/api/openapi.json", "gzip"),
            ("/api/channels/whatsapp/1/chats", "gzip"),
            ("/api/auth/login", None),
            ("/api/keys", None),
            ("/api/users/1/link", None),
        ):
            headers = {"Accept-Encoding": "gzip", "Cookie": "x=" + "a" * 20_000}
            async with trusting.get(url + path, headers=headers) as got:
                assert (got.status, got.headers.get("Content-Encoding")) == (200, coding), path
                assert len(await got.json()) == 500


def test_the_limits_match_the_configuration(config: Config) -> None:
    text = CONFIGURATION.read_text()
    sizes = sorted(int(size) * 2**20 for size in re.findall(r"client_max_body_size (\d+)m", text))
    assert sizes[0] >= MAX_BODY_BYTES
    assert sizes[1] >= config.webhooks.max_body_bytes
    assert f"large_client_header_buffers 4 {MAX_HEADER_BYTES // 1024}k;" in text
    assert sizes[-1] > config.media.max_upload_bytes * config.media.max_upload_files
    waits = [int(seconds) for seconds in re.findall(r"proxy_read_timeout (\d+)s", text)]
    assert max(waits) > max(2 * SOCKET_HEARTBEAT_SECONDS, config.unipile.pairing_timeout_seconds)
    assert min(waits) > config.webhooks.ack_timeout_seconds
